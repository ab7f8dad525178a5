import Foundation
import TesseraFormats

/// A folder for as long as the program runs, for this user alone.
final class WorkFolder: Sendable {
  let url: URL

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
  }

  func remove() { try? FileManager.default.removeItem(at: url) }
}
