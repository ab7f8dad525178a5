import ArgumentParser
import Foundation
import Synchronization
import TesseraFormats

/// Standard input as a file, where a command line has `-` in the place of an image or a table.
///
/// All formats need to look back and forth in a file, so what comes in is kept in a file for as long as the program runs.
enum StandardInput {
  /// What results and messages call it.
  static let stem = "standard-input"

  private static let kept = Mutex<String?>(nil)

  /// The file that a word of the command line means.
  ///
  /// - Throws: a sentence where nothing is piped in, or no file can be made for it.
  static func file(for word: String) throws -> String {
    guard word == StandardOutput.name else { return word }
    return try kept.withLock { kept in
      if let kept { return kept }
      let file = try keep()
      kept = file
      return file
    }
  }

  private static func keep() throws -> String {
    guard isatty(STDIN_FILENO) == 0 else {
      throw ValidationError(
        "- is standard input, but nothing is piped into it; write `tessera info - < scan.tif`, for example, or name a file"
      )
    }
    let scratch = try OwnedFolder("input")
    AtExit.run { scratch.remove() }
    let folder = scratch.url
    let path = folder.appendingPathComponent(stem).path
    let target = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard target >= 0 else { throw failure("cannot be kept in \(folder.path)") }
    defer { close(target) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure("cannot be read") }
      if count == 0 { return path }
      var written = 0
      while written < count {
        let more = buffer.withUnsafeBytes { Foundation.write(target, $0.baseAddress! + written, count - written) }
        if more < 0 && errno == EINTR { continue }
        guard more > 0 else { throw failure("cannot be kept in \(folder.path)") }
        written += more
      }
    }
  }

  private static func failure(_ fact: String) -> FormatError {
    FormatError(.inputOutput, "standard input: \(fact) (\(String(cString: strerror(errno))))")
  }
}
