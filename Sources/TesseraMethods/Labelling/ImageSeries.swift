import TesseraImaging

/// Images of one region, asked for one by one, so that a long series need not be in memory.
public struct ImageSeries {
  /// Names of the images, each once: those of their files, or `frame-0`, `frame-1`, ... of a stack. Files of a result have them.
  public let names: [String]
  private let read: (Int) throws -> Micrograph

  /// - Parameters:
  ///   - names: of the images, each once, in the order in which they were taken.
  ///   - read: gives image `0 ..< names.count`; is called several times for each.
  public init(names: [String], read: @escaping (Int) throws -> Micrograph) {
    precondition(Set(names).count == names.count, "every image has a name of its own")
    (self.names, self.read) = (names, read)
  }

  /// Number of images.
  public var count: Int { names.count }

  /// One of the images, `0 ..< count`.
  public func micrograph(_ index: Int) throws -> Micrograph { try read(index) }
}
