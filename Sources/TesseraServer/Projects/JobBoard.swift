import Foundation
import Synchronization
import TesseraNumerics

/// The long job of a project: one at a time, on a thread of its own, with progress, and to be cancelled.
final class JobBoard: Sendable {
  /// What the page shows of a job.
  struct Job: Sendable, Encodable {
    /// `analysis`, `map`, or the command of a measurement.
    var kind: String
    var stage: String
    /// 0 ... 1.
    var share: Double
    /// Why it ended without a result; nil while it runs.
    var failed: String?
  }

  private struct State {
    var number = 0
    var job: Job?
    var isRunning = false
    /// Of the job that runs, or ran last.
    var signal = StopSignal()

    func refuseWhileRunning() throws {
      guard !isRunning else { throw DataError("another job is running; wait for its end, or cancel it") }
    }
  }
  private let state = Mutex(State())
  private let listener: @Sendable (Job?) -> Void

  /// - Parameter listener: told of each change, on any thread.
  init(listener: @escaping @Sendable (Job?) -> Void) { self.listener = listener }

  var job: Job? { state.withLock { $0.job } }

  /// The kind of the job that runs; nil where none does.
  var running: String? { state.withLock { $0.isRunning ? $0.job?.kind : nil } }

  /// - Throws: `DataError` where a job runs.
  func refuseWhileRunning() throws { try state.withLock { try $0.refuseWhileRunning() } }

  /// Begins a job.
  ///
  /// - Parameters:
  ///   - sentence: of an error.
  ///   - body: calls `progress` as each stage begins; what that throws ends the job.
  /// - Throws: `DataError` where another job runs.
  func start(
    _ kind: String, sentence: @escaping @Sendable (any Error) -> String,
    _ body: @escaping @Sendable (_ progress: @escaping ScreenTools.Progress) throws -> Void
  ) throws {
    let (number, signal) = try state.withLock { state in
      try state.refuseWhileRunning()
      state.number += 1
      (state.isRunning, state.signal) = (true, StopSignal())
      state.job = Job(kind: kind, stage: "begins", share: 0)
      return (state.number, state.signal)
    }
    listener(job)
    // A thread of its own: the job waits for parallel loops and must not take one of the few threads of the server.
    let thread = Thread { [self] in
      do {
        try StopSignal.$current.withValue(signal) {
          try body { [self] stage, share in try report(stage, share, of: number) }
        }
        end(number, failure: nil)
      } catch {
        // What was stopped may fail at what its last stage left.
        end(number, failure: error is CancellationError || signal.isStopped ? nil : sentence(error))
      }
    }
    thread.stackSize = 16 << 20
    thread.start()
  }

  /// Ends the job, between two stages or in the midst of a long one.
  func cancel() {
    state.withLock { state in
      state.signal.stop()
      if state.isRunning { state.job?.stage = "stops" } else { state.job = nil }
    }
    listener(job)
  }

  private func report(_ stage: String, _ share: Double, of number: Int) throws {
    try state.withLock { state in
      guard state.number == number, !state.signal.isStopped else { throw CancellationError() }
      state.job?.stage = stage
      state.job?.share = share
    }
    listener(job)
  }

  private func end(_ number: Int, failure: String?) {
    state.withLock { state in
      guard state.number == number else { return }
      state.isRunning = false
      if let failure { state.job?.failed = failure } else { state.job = nil }
    }
    listener(job)
  }
}
