/// How often something is done whose cost grows with all that is there: at most so often, and at most so much of the time.
package struct Pacing: Sendable {
  /// Seconds between two times.
  package let least: Double
  /// Share of the time that it may take.
  package let share: Double
  private var end: ContinuousClock.Instant?
  private var cost = Duration.zero

  package init(least: Double, share: Double) { (self.least, self.share) = (least, share) }

  /// Whether the time has come; at first it has.
  package var isDue: Bool {
    guard let end else { return true }
    return ContinuousClock.now - end >= max(.seconds(least), cost / share)
  }

  /// Does it and takes its time.
  package mutating func measure<Value>(_ body: () throws -> Value) rethrows -> Value {
    let start = ContinuousClock.now
    defer {
      end = .now
      cost = .now - start
    }
    return try body()
  }
}
