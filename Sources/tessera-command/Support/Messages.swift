import Dispatch
import Foundation
import Logging
import Synchronization
import TesseraFormats
import TesseraNumerics

/// What the command says beside its result: all of it goes to standard error.
enum Messages {
  private static let logger = Logger(label: "tessera")
  nonisolated(unsafe) private static var signals: [any DispatchSourceSignal] = []  // Set once, before any work.

  /// How much is said.
  enum Level: Int, Sendable {
    /// Errors alone.
    case quiet
    /// Warnings and the progress of several inputs too.
    case usual
    /// Each stage and its time too.
    case verbose
  }

  static let level = Mutex(Level.usual)

  /// The exit status of a program that is told to stop (SIGINT, SIGTERM); nil: 128 and the number of the signal.
  static let statusWhenStopped = Mutex<Int32?>(nil)

  /// Whether a program that is told to stop ends without `exit`, which takes away what threads of libtorch are still using.
  static let endsAtOnce = Mutex(false)

  /// Sends logs to standard error and makes an interrupted program take its unfinished results away.
  static func begin() {
    LoggingSystem.bootstrap { _ in PlainLogHandler() }
    StandardOutput.begin()
    // A file that grows past its limit (ulimit -f) fails to be written, as on a full disk.
    signal(SIGXFSZ, SIG_IGN)
    signals = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        AtomicOutput.removeUnfinished()
        let status = statusWhenStopped.withLock { $0 } ?? 128 + number
        if endsAtOnce.withLock({ $0 }) { _exit(status) }
        exit(status)
      }
      source.resume()
      return source
    }
  }

  /// Where messages wait that are said later, of work beside which other work runs; nil: they are said at once.
  @TaskLocal static var held: HeldMessages?

  // The library's messages quote settings; users read the names of options.
  static func note(_ sentence: String) { say(.info, OptionNames.put(in: sentence), from: .usual) }
  static func warning(_ sentence: String) { say(.warning, OptionNames.put(in: sentence), from: .usual) }
  static func error(_ sentence: String) { say(.error, OptionNames.put(in: sentence), from: .quiet) }

  /// What only `--verbose` shows.
  static func detail(_ sentence: @autoclosure () -> String) { say(.info, sentence(), from: .verbose) }

  private static func say(_ kind: Logger.Level, _ sentence: @autoclosure () -> String, from level: Level) {
    guard Self.level.withLock({ $0.rawValue }) >= level.rawValue else { return }
    if let held { held.add(kind, sentence()) } else { say(kind, sentence()) }
  }

  /// Says it at once, whatever is held.
  static func say(_ kind: Logger.Level, _ sentence: String) { logger.log(level: kind, "\(sentence)") }

  /// Says that a result will be large, before the work for it begins.
  static func noteSize(of result: String, _ bytes: Int) {
    guard bytes > 1_000_000_000 else { return }
    note("\(result): will take up to \(String(format: "%.1f", Double(bytes) / 1e9)) GB")
  }

  /// Prints one JSON value on standard output: keys sorted, so that equal results are equal bytes, and in snake case unless
  /// they are those of a file.
  static func printJSON(_ value: some Encodable, keys: JSONEncoder.KeyEncodingStrategy = .convertToSnakeCase) throws {
    print(String(decoding: try JSONEncoder.forResults(keys: keys).encode(value), as: UTF8.self))
  }
}

/// One line a message: `tessera: warning: ...` on standard error.
private struct PlainLogHandler: LogHandler {
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let level = event.level == .info ? "" : "\(event.level): "
    // Where nobody hears a message, the exit status still tells.
    try? FileHandle.standardError.write(
      contentsOf: Data("\(ProgressBar.eraser)tessera: \(level)\(event.message)\n".utf8))
  }
}
