import Synchronization
import TesseraCommands
import TesseraNumerics

/// The batches that Python holds open, by number.
enum BatchCalls {
  private struct State {
    var batches: [Int: EmbeddedBatch] = [:]
    var last = 0
  }

  private static let state = Mutex(State())

  static func open(_ batch: EmbeddedBatch) -> Int {
    state.withLock { state in
      state.last += 1
      state.batches[state.last] = batch
      return state.last
    }
  }

  static func batch(_ number: Int) throws -> EmbeddedBatch {
    guard let batch = state.withLock({ $0.batches[number] }) else { throw ParameterError("the batch is closed") }
    return batch
  }

  /// Lets other runs work in the folder.
  static func close(_ number: Int) { state.withLock { $0.batches[number] = nil } }
}
