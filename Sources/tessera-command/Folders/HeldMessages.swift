import Logging
import Synchronization

/// Messages of work that others run beside, until they are said together.
final class HeldMessages: Sendable {
  private let sentences = Mutex<[(kind: Logger.Level, sentence: String)]>([])

  func add(_ kind: Logger.Level, _ sentence: String) { sentences.withLock { $0.append((kind, sentence)) } }

  /// Says them in the order in which they came.
  func say() { for (kind, sentence) in sentences.withLock({ $0 }) { Messages.say(kind, sentence) } }
}
