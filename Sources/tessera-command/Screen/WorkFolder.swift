import Foundation
import Synchronization
import TesseraFormats

/// A folder for as long as the program runs, for this user alone.
final class WorkFolder: Sendable {
  let url: URL

  /// What is to go when the program is told to stop.
  private static let paths = Mutex<[String]>([])

  /// - Throws: `FormatError` where the folder for temporary files cannot be written.
  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "tessera-gui-\(UUID().uuidString)", isDirectory: true)
    do {
      try FileManager.default.createDirectory(
        at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw FormatError(.cannotWrite, "\(url.path): cannot be written; set TMPDIR to a folder for temporary files")
    }
    let isFirst = Self.paths.withLock { paths in
      paths.append(url.path)
      return paths.count == 1
    }
    // A signal ends the program through `exit`.
    if isFirst { atexit { WorkFolder.paths.withLock { $0 }.forEach { try? FileManager.default.removeItem(atPath: $0) } } }
  }

  func remove() {
    try? FileManager.default.removeItem(at: url)
    Self.paths.withLock { $0.removeAll { $0 == url.path } }
  }
}
