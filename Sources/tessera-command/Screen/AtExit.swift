import Foundation
import Synchronization

/// What is done before the program ends, also where a signal ends it.
enum AtExit {
  private static let work = Mutex<[@Sendable () -> Void]>([])

  /// The latest first.
  static func run(_ body: @escaping @Sendable () -> Void) {
    let isFirst = work.withLock { work in
      work.append(body)
      return work.count == 1
    }
    // A signal ends the program through `exit`, as every error does.
    guard isFirst else { return }
    atexit { for body in AtExit.work.withLock({ $0 }).reversed() { body() } }
  }
}
