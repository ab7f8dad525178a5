import Foundation
import Synchronization

/// Says, with `--verbose`, how long each stage of a command took.
final class StageLog: Sendable {
  private let name: String
  private let running = Mutex<(stage: String, since: ContinuousClock.Instant)?>(nil)

  /// - Parameter name: of the file that the stages work on.
  init(of name: String) { self.name = name }

  /// Ends the stage that runs, if any, and begins another.
  func begin(_ stage: String) {
    let ended = running.withLock { running in
      defer { running = (stage, .now) }
      return running
    }
    say(ended)
  }

  /// Ends the stage that runs.
  func finish() {
    let ended = running.withLock { running in
      defer { running = nil }
      return running
    }
    say(ended)
  }

  /// Runs one stage.
  func run<Value>(_ stage: String, _ body: () throws -> Value) rethrows -> Value {
    begin(stage)
    defer { finish() }
    return try body()
  }

  private func say(_ ended: (stage: String, since: ContinuousClock.Instant)?) {
    guard let ended else { return }
    Messages.detail("\(name): \(ended.stage), \(Self.text(ContinuousClock.now - ended.since))")
  }

  /// A time as messages have it.
  static func text(_ time: Duration) -> String { String(format: "%.2f s", time / .seconds(1)) }
}
