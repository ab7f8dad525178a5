import Synchronization

/// Tells work that nobody waits for it any more.
///
/// It belongs to the work, as `Workers.limit` does. Long loops ask between their rounds, where asking costs nothing beside a round. What
/// cannot throw ends its rounds early, with a value that the stage around it throws away.
public final class StopSignal: Sendable {
  private let isSet = Atomic<Bool>(false)

  /// A signal that lets work go on.
  public init() {}

  /// From now on the work ends as soon as it asks; may be called from any thread.
  public func stop() { isSet.store(true, ordering: .relaxed) }

  /// Whether the work is to end.
  public var isStopped: Bool { isSet.load(ordering: .relaxed) }

  /// The signal of the work of this thread; nil: nothing stops it. Handed on as `Workers.limit` is.
  @TaskLocal public static var current: StopSignal?

  /// Whether the work of this thread is to end.
  public static var isStopped: Bool { current?.isStopped ?? false }

  /// Ends the work of this thread where it is to end.
  public static func check() throws(CancellationError) {
    if isStopped { throw CancellationError() }
  }
}
