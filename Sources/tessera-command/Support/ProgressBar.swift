import Foundation
import Synchronization

/// A line on the terminal that shows how far a long job is and how long it still takes.
///
/// Nothing is drawn during the first two seconds, nor when standard error is not a terminal or messages wait for their turn.
final class ProgressBar: Sendable {
  private struct State {
    var stage = ""
    var lastDrawing = ContinuousClock.now
    var isVisible = false
  }

  private let start = ContinuousClock.now
  private let state = Mutex(State())
  private let isTerminal =
    isatty(STDERR_FILENO) == 1 && Messages.level.withLock { $0 } != .quiet && Messages.held == nil

  /// What clears the line under a bar before a message is printed; empty where no bar can be.
  static let eraser = isatty(STDERR_FILENO) == 1 ? "\r\u{1B}[K" : ""

  /// Says that `fraction` (0 ... 1) of the whole job is done and which stage runs. Cheap; call it as often as you like.
  func report(_ stage: String, _ fraction: Double) {
    guard isTerminal else { return }
    state.withLock { state in
      let now = ContinuousClock.now
      guard now - start > .seconds(2) else { return }
      guard stage != state.stage || now - state.lastDrawing > .milliseconds(100) else { return }
      (state.stage, state.lastDrawing, state.isVisible) = (stage, now, true)
      let done = max(0, min(1, fraction.isFinite ? fraction : 0))
      let bar = String(repeating: "#", count: Int(done * 24)) + String(repeating: ".", count: 24 - Int(done * 24))
      var line = "[\(bar)] \(Int(done * 100)) % \(stage)"
      if done > 0.02 {
        let left = (now - start) / .seconds(1) * (1 - done) / done
        line += ", \(Self.words(seconds: left)) left"
      }
      try? FileHandle.standardError.write(contentsOf: Data("\(Self.eraser)\(line)".utf8))
    }
  }

  /// Removes the line; call it before the result is printed.
  func finish() {
    state.withLock { state in
      if state.isVisible { try? FileHandle.standardError.write(contentsOf: Data(Self.eraser.utf8)) }
      state.isVisible = false
    }
  }

  private static func words(seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    return whole < 120 ? "\(whole) s" : whole < 7200 ? "\(whole / 60) min" : "\(whole / 3600) h"
  }
}
