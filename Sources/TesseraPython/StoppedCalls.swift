import Synchronization
import TesseraNumerics

/// What stops calls whose callers wait no longer, by the numbers that the callers gave them.
///
/// A caller that stops may be about to end with its interpreter, and nothing of that may run then: so the work asks here, and not there,
/// whether it is to go on.
enum StoppedCalls {
  private static let signals = Mutex<[Int: StopSignal]>([:])

  /// The signal of a call that begins; its caller may have stopped it by now.
  static func signal(of number: Int?) -> StopSignal {
    guard let number else { return StopSignal() }
    return signals.withLock { signals in
      let signal = signals[number] ?? StopSignal()
      signals[number] = signal
      return signal
    }
  }

  /// From now on the work of this call stops as soon as it can.
  static func stop(_ number: Int) { signal(of: number).stop() }

  /// The call has ended.
  static func forget(_ number: Int?) {
    if let number { signals.withLock { $0[number] = nil } }
  }
}
