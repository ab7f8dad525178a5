import Foundation
import TesseraCommands
import TesseraImaging
import TesseraMethods
import TesseraNumerics

/// What Python gets: a body as JSON, and arrays that it copies into arrays of its own.
struct Reply {
  var body = Body()
  private let files: [MemoryFiles.File]

  init(files: [MemoryFiles.File] = []) {
    self.files = files
    body.items = files.map { Item($0) }
  }

  /// Why there is nothing else.
  init(_ error: any Error) {
    self.init()
    let (text, status) = EmbeddedCommand.sentence(for: error)
    (body.error, body.status) = (text, status)
  }

  /// Keys in snake case; those that have nothing to say are absent.
  struct Body: Encodable {
    var error: String?
    /// The exit status that the command would have had.
    var status: Int32?
    var version: String?
    /// Of each command on an image in memory, and on files.
    var settings, fileSettings: [String: [String: Bool]]?
    /// Of samples without a class, then of the classes 1, 2, ..., as in the figures: `#e69f00`.
    var classColors: [String]?
    var name: String?
    var pixelSize: [Double]?
    var metadata: [String: String]?
    var warnings: [String]?
    /// `summary.json` as a text.
    var summary: String?
    /// Number of the batch that was opened, and its inputs.
    var batch: Int?
    var jobs: [EmbeddedBatch.Job]?
    /// What the tiles of a large image share; rows of tiles, or rows of the table.
    var plan: String?
    var rows: Int?
    var items: [Item] = []
  }

  /// An array: its name is that of the file that a command would write.
  struct Item: Encodable {
    var name: String
    /// NumPy's name; `bytes` for tables and JSON.
    var type: String
    var shape: [Int]
    /// Of the pages of an image file; empty where they have no names.
    var pages: [String]?

    init(_ file: MemoryFiles.File) {
      name = file.name
      switch file.content {
      case .bytes(let data): (type, shape) = ("bytes", [data.count])
      case .array(_, let size): (type, shape) = ("float32", size)
      case .images(let images, let names):
        let size = [images.first?.height ?? 0, images.first?.width ?? 0]
        (type, shape, pages) = ("float32", images.count == 1 ? size : [images.count] + size, names)
      case .labels(let labels): (type, shape) = ("uint16", [labels.height, labels.width])
      case .mask(let mask): (type, shape) = ("uint8", [mask.height, mask.width])
      }
    }
  }

  /// Copies an array to a place that has room for all of it; false where the sizes differ.
  func copy(item index: Int, to target: UnsafeMutableRawBufferPointer) -> Bool {
    guard files.indices.contains(index) else { return false }
    switch files[index].content {
    case .bytes(let data):
      guard data.count == target.count else { return false }
      data.copyBytes(to: target)
      return true
    case .array(let values, _): return Self.copy([values], to: target)
    case .images(let images, _): return Self.copy(images.map(\.values), to: target)
    case .labels(let labels): return Self.copy([labels.values], to: target)
    case .mask(let mask): return Self.copy([mask.values], to: target)
    }
  }

  private static func copy<Value: BitwiseCopyable>(
    _ parts: [[Value]], to target: UnsafeMutableRawBufferPointer
  ) -> Bool {
    let size = MemoryLayout<Value>.stride
    guard parts.reduce(0, { $0 + $1.count * size }) == target.count else { return false }
    var offset = 0
    for part in parts where !part.isEmpty {
      part.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[offset...]).copyMemory(from: $0) }
      offset += part.count * size
    }
    return true
  }
}
