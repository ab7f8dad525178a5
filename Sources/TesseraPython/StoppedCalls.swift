import Synchronization

/// Calls whose callers wait no longer, by the numbers that the callers gave them.
///
/// A caller that stops may be about to end with its interpreter, and nothing of that may run then: so the work asks here, and not there,
/// whether it is to go on.
enum StoppedCalls {
  private static let numbers = Mutex<Set<Int>>([])

  /// From now on the work of this call stops as its next stage begins.
  static func stop(_ number: Int) { numbers.withLock { _ = $0.insert(number) } }

  static func contains(_ number: Int?) -> Bool {
    number.map { number in numbers.withLock { $0.contains(number) } } ?? false
  }

  /// The call has ended.
  static func forget(_ number: Int?) {
    if let number { numbers.withLock { _ = $0.remove(number) } }
  }
}
