import Dispatch

/// A value that one piece of work at a time may touch, on a thread of its own: work that takes seconds does not keep the few
/// threads that answer requests.
final class SerialRoom<Value>: @unchecked Sendable {
  private let queue: DispatchQueue
  private var value: Value  // Touched on the queue alone.

  init(_ value: Value, label: String) {
    (self.value, queue) = (value, DispatchQueue(label: label, qos: .userInitiated))
  }

  func run<Answer: Sendable>(_ body: @escaping @Sendable (inout Value) throws -> Answer) async throws -> Answer {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try body(&self.value) }) }
    }
  }

  /// The same, without waiting for it.
  func later(_ body: @escaping @Sendable (inout Value) -> Void) { queue.async { body(&self.value) } }

  /// The same from a thread that may wait.
  func runAndWait<Answer: Sendable>(_ body: (inout Value) throws -> Answer) throws -> Answer {
    try queue.sync { try body(&self.value) }
  }
}
