import Foundation

extension URL {
  /// Writes a file of a result folder, `name` being its path below this one: folders on the way are made.
  func write(_ data: Data, as name: String) throws {
    let place = appendingPathComponent(name)
    try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: place)
  }
}
