import TesseraFormats

/// The image of a project: where it is, and what tells that it is still the same.
public struct ImageReference: Sendable, Codable, Equatable {
  /// Without its folder.
  public var name: String
  /// Absolute; nil: the image is kept in the project, because it came through the page.
  public var path: String?
  /// Size, time and checksum of the file, by which a changed file is told.
  public var stamp: FileStamp

  /// An image that was read; `path` is nil for one that the project keeps itself.
  public init(name: String, path: String?, stamp: FileStamp) {
    (self.name, self.path, self.stamp) = (name, path, stamp)
  }
}
