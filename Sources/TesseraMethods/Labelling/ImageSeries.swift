import TesseraImaging

/// Images of one region, asked for one by one, so that a long series need not be in memory.
public struct ImageSeries {
  /// Names of the images, each once: those of their files, or `frame-0`, `frame-1`, ... of a stack. Files of a result have them.
  public let names: [String]
  /// What messages call the series: the file of which the images are the frames, or how many files there are.
  public let name: String
  /// Whether the images are frames of one file, among which a user chooses by their numbers.
  public let isStack: Bool
  private let read: (Int) throws -> Micrograph

  /// - Parameters:
  ///   - names: of the images, each once, in the order in which they were taken.
  ///   - stack: name of the file of which the images are the frames; nil: each has a file of its own.
  ///   - read: gives image `0 ..< names.count`; is called several times for each.
  public init(names: [String], framesOf stack: String? = nil, read: @escaping (Int) throws -> Micrograph) {
    precondition(Set(names).count == names.count, "every image has a name of its own")
    (self.names, self.read) = (names, read)
    (name, isStack) = (stack ?? "\(names.count) images", stack != nil)
  }

  /// Number of images.
  public var count: Int { names.count }

  /// One of the images, `0 ..< count`.
  public func micrograph(_ index: Int) throws -> Micrograph { try read(index) }
}
