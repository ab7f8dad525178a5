import Foundation

/// Random access to the bytes of a file, or of a block that was unpacked from one. Nothing outside is ever touched.
///
/// The file is read, not mapped: a file that shrinks while it is open costs an error instead of the process.
package final class FileBytes: Sendable {
  private enum Storage: Sendable {
    case descriptor(Int32)
    case memory([UInt8])
  }

  package let path: String
  /// Number of bytes when the file was opened.
  package let count: Int
  private let storage: Storage

  /// Opens a regular file.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - wanted: what a message asks for where the path leads to something else.
  package init(path: String, wanted: String = "an image file") throws(FormatError) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let reason = errno
      if reason == ENOENT, path.contains("\u{FFFD}") {
        throw FormatError(
          .missing,
          "\(path): the name has bytes that are not UTF-8 (shown as \u{FFFD}), by which it cannot be opened; rename the file or "
            + "folder, for example with the program convmv")
      }
      if reason == ENOENT, path == "-" {
        throw FormatError(
          .missing,
          "-: standard input is read in the place of an image or of a table of columns only; name a file (./- is one of that name)"
        )
      }
      if reason == ENOENT || reason == ENOTDIR {
        throw FormatError(
          .missing,
          path.isEmpty ? "the file name is empty; name a file" : "\(path): there is no such file; check the name")
      }
      throw FormatError(.missing, "\(path): cannot be opened (\(String(cString: strerror(reason))))")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      if names.contains(where: UnsupportedFormat.isZarrMark) {
        throw FormatError(in: path, UnsupportedFormat.zarrSentence)
      }
      throw FormatError(.unusable, "\(path): is a folder or a device, not a file; name \(wanted)")
    }
    count = Int(status.st_size)
    storage = .descriptor(descriptor)
  }

  /// Bytes in memory; `path` names the file that they come from.
  init(_ bytes: [UInt8], path: String) {
    (self.path, count, storage) = (path, bytes.count, .memory(bytes))
  }

  deinit {
    if case .descriptor(let descriptor) = storage { close(descriptor) }
  }

  /// Whether `count` bytes at `offset` lie inside.
  func holds(_ count: Int, at offset: Int) -> Bool {
    offset >= 0 && count >= 0 && offset <= self.count && count <= self.count - offset
  }

  /// The bytes at `offset`; throws when they do not all lie inside, before anything is allocated.
  package func bytes(at offset: Int, count: Int) throws(FormatError) -> [UInt8] {
    guard holds(count, at: offset) else { throw truncated(expected: count, at: offset) }
    if case .memory(let bytes) = storage { return Array(bytes[offset..<offset + count]) }
    guard case .descriptor(let descriptor) = storage else { return [] }
    var failure: FormatError?
    let result = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
        if got < 0 && errno == EINTR { continue }
        if got < 0 {
          failure = FormatError(
            .inputOutput, in: path, "reading failed (\(String(cString: strerror(errno)))); try again")
          return
        }
        if got == 0 {
          failure = truncated(expected: count, at: offset)
          return
        }
        filled += got
      }
    }
    if let failure { throw failure }
    return result
  }

  /// The first bytes, up to `count` of them.
  func head(_ count: Int) throws(FormatError) -> [UInt8] { try bytes(at: 0, count: min(count, self.count)) }

  private func truncated(expected: Int, at offset: Int) -> FormatError {
    FormatError(
      in: path,
      "is truncated (expected \(expected) bytes at \(offset), but the file ends at \(count)); copy or export it again")
  }
}
