import Foundation

/// A file that is written from its first byte to its last; what was written may be replaced.
final class OutputBytes {
  private var descriptor: Int32
  private let result: String
  private(set) var count = 0

  /// Creates the file `path`; messages speak of `result`, the name that it will have.
  init(path: String, for result: String) throws(FormatError) {
    self.result = result
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw failure(.cannotWrite) }
  }

  deinit { if descriptor >= 0 { _ = Foundation.close(descriptor) } }

  func write(_ bytes: [UInt8]) throws(FormatError) { try write(bytes.span.bytes) }

  func write(_ bytes: RawSpan) throws(FormatError) {
    var position = 0
    while position < bytes.byteCount {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Foundation.write(descriptor, buffer.baseAddress! + position, buffer.count - position)
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw failure(.inputOutput) }
      position += written
    }
    count += position
  }

  /// Replaces bytes that were written before, such as an offset that was not known yet.
  func overwrite(_ bytes: [UInt8], at offset: Int) throws(FormatError) {
    precondition(offset >= 0 && offset + bytes.count <= count, "only bytes that were written can be replaced")
    let written = unsafe bytes.withUnsafeBytes { buffer in
      unsafe pwrite(descriptor, buffer.baseAddress!, buffer.count, off_t(offset))
    }
    guard written == bytes.count else { throw failure(.inputOutput) }
  }

  /// Ends the file; a full disk may show only now.
  func close() throws(FormatError) {
    let status = Foundation.close(descriptor)
    descriptor = -1
    if status != 0 { throw failure(.inputOutput) }
  }

  private func failure(_ kind: FormatError.Kind) -> FormatError {
    FormatError(kind, "\(result): cannot be written (\(String(cString: strerror(errno))))")
  }
}
