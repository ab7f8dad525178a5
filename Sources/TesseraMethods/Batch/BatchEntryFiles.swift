import Foundation
import TesseraFormats

/// What became of single images since `batch.json` was last written: a small file for each, so that an image costs the same however
/// many there are, and so that several runs never write one file.
struct BatchEntryFiles: Sendable {
  /// The hidden folder in that of the batch.
  let folder: String

  init(of batch: String) { folder = (batch as NSString).appendingPathComponent(Self.name) }

  static let name = ".entries"
  private static let ending = ".json"

  /// The file whose locks tell which images are at work.
  var locks: String { "\(folder)/locks" }

  func make() throws { try AtomicOutput.makeFolder(at: folder) }

  private func path(of index: Int) -> String { "\(folder)/\(index)\(Self.ending)" }

  /// - Parameter index: of the image in `batch.json`, from 0.
  func write(_ entry: BatchEntry, at index: Int) throws {
    let path = path(of: index)
    // No other run writes the entry of an image that is at work here.
    let unfinished = "\(path)-unfinished"
    try AtomicOutput.write(try JSONEncoder.forResults().encode(entry), to: unfinished)
    guard rename(unfinished, path) == 0 else {
      throw FormatError(.cannotWrite, "\(path): cannot be put in place (\(String(cString: strerror(errno))))")
    }
  }

  /// Nil where nothing became of the image since, or the file is none of these.
  func entry(at index: Int) -> BatchEntry? {
    guard let data = FileManager.default.contents(atPath: path(of: index)) else { return nil }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try? decoder.decode(BatchEntry.self, from: data)
  }

  /// All entries with their places in `batch.json`.
  func all() -> [(index: Int, entry: BatchEntry)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { name in
      guard name.hasSuffix(Self.ending), let index = Int(name.dropLast(Self.ending.count)) else { return nil }
      return entry(at: index).map { (index, $0) }
    }
  }

  /// Takes the files away, after `batch.json` has what they say.
  func remove() { try? FileManager.default.removeItem(atPath: folder) }
}
