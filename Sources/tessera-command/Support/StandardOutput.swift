import Foundation
import TesseraFormats

/// What the command prints as its result. A result that does not arrive is an error, whoever printed it.
enum StandardOutput {
  /// The name by which users ask for standard output, or for standard input.
  static let name = "-"

  /// Makes the program end with a sentence and 74 where standard output took less than was printed: a full disk, or a pipe
  /// whose reader has gone. All text goes through the C library's buffer, which remembers a failure, so one look at the end
  /// sees every print of every command, of help and of the parser.
  static func begin() {
    // Otherwise the signal of a closed pipe ends the program without a word.
    signal(SIGPIPE, SIG_IGN)
    atexit {
      guard StandardOutput.hasFailed() else { return }
      let reason = errno == 0 ? "" : " (\(String(cString: strerror(errno))))"
      Messages.error("standard output cannot be written\(reason); what was printed is incomplete")
      _exit(ExitStatus.inputOutput)
    }
  }

  /// Prints a table, and nothing else.
  static func write(_ table: Data) { print(String(decoding: table, as: UTF8.self), terminator: "") }

  /// The buffer by the name of its variable: Swift takes a variable of C for unsafe to share.
  private static func hasFailed() -> Bool {
    errno = 0
    guard let symbol = dlsym(nil, "stdout") ?? dlsym(nil, "__stdoutp") else { return fflush(nil) != 0 }
    let stream = symbol.load(as: UnsafeMutablePointer<FILE>?.self)
    guard let stream else { return false }
    return fflush(stream) != 0 || ferror(stream) != 0
  }
}
