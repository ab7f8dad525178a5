import Foundation
import Synchronization
import TesseraImaging
import TesseraNumerics

/// The files of a result that stays in memory, for programs that go on with its numbers.
public final class MemoryFiles: Sendable {
  /// A file that would have been written to the result folder.
  public struct File: Sendable {
    /// Path below the result folder: `sites.csv`, `strain.tif`.
    public var name: String
    /// What the file would hold, as the method gave it.
    public var content: Content

    /// A file of this name and content.
    package init(name: String, content: Content) { (self.name, self.content) = (name, content) }
  }

  /// The kinds of content that a result folder holds.
  public enum Content: Sendable {
    /// Tables, JSON and whatever else is text.
    case bytes(Data)
    /// A row-major array of float32.
    case array([Float], shape: [Int])
    /// Images of one size, each with its name.
    case images([Raster<Float>], names: [String])
    /// A label map.
    case labels(Raster<UInt16>)
    /// 0 and 1.
    case mask(Raster<UInt8>)
  }

  private let content = Mutex<[File]>([])

  /// No files yet; pass the value to `ResultFiles(inMemory:)`.
  public init() {}

  /// In the order in which they were written.
  public var files: [File] { content.withLock { $0 } }

  func add(_ content: Content, as name: String) {
    self.content.withLock { $0.append(File(name: name, content: content)) }
  }
}
