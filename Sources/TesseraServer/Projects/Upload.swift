import Foundation
import Hummingbird
import TesseraHDF5

/// A file that comes through the page, written to disk as it comes.
enum Upload {
  /// Larger files are opened from the command line, which copies nothing.
  static let sizeLimit = 4 << 30

  /// - Returns: the file, alone in a new folder.
  /// - Throws: `HTTPError` for a name that is none or too many bytes, `FormatError` where the disk is full; nothing is left then.
  static func receive(_ request: Request, below folder: URL) async throws -> URL {
    let name = String(request.uri.queryParameters["name"] ?? "")
    guard !name.isEmpty, name.utf8.count <= 200, !name.hasPrefix("."),
      !name.contains(where: { "/\\\0\n\r".contains($0) })
    else { throw HTTPError(.badRequest, message: "the file has no name that could be used") }
    let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
    guard announced <= sizeLimit else { throw tooLarge }
    let own = folder.appendingPathComponent("upload-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
    do {
      let file = own.appendingPathComponent(name)
      try Data().write(to: file)
      let handle = try FileHandle(forWritingTo: file)
      defer { try? handle.close() }
      var count = 0
      for try await buffer in request.body {
        count += buffer.readableBytes
        guard count <= sizeLimit else { throw tooLarge }
        try handle.write(contentsOf: Data(buffer.readableBytesView))
      }
      return file
    } catch {
      try? FileManager.default.removeItem(at: own)
      throw error
    }
  }

  private static var tooLarge: HTTPError {
    HTTPError(
      .contentTooLarge,
      message: "the page takes files of at most 4 GiB; start tessera gui with the name of the file instead")
  }
}
