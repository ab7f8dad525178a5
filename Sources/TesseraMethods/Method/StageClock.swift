import TesseraNumerics

/// Runs the stages of a method: says that each begins, and measures how long it takes.
public struct StageClock {
  /// The seconds of the stages that have ended, in the order in which they ran; a stage that threw is among them.
  public private(set) var timings: [RunRecord.Timing] = []
  private let shares: [Stage: Double]
  private let progress: (Stage, Double) throws -> Void
  private var done = 0.0

  /// - Parameters:
  ///   - shares: of the whole time that each stage takes, about; they add up to 1.
  ///   - progress: called as each stage begins, with the share of the work that is done.
  public init(
    shares: [(stage: Stage, share: Double)] = [],
    progress: @escaping (_ stage: Stage, _ done: Double) throws -> Void = { _, _ in }
  ) {
    self.shares = Dictionary(shares.map { ($0.stage, $0.share) }, uniquingKeysWith: +)
    self.progress = progress
  }

  /// Runs one stage. The error of `body`, or of a progress closure that stops the work, is thrown; so is the end of work that was
  /// stopped (`StopSignal`), whatever the stage made of it.
  public mutating func run<Value>(_ stage: Stage, _ body: () throws -> Value) throws -> Value {
    try progress(stage, min(1, done))
    try StopSignal.check()
    let start = ContinuousClock.now
    defer {
      timings.append(.init(stage, since: start))
      done += shares[stage] ?? 0
    }
    let value = try body()
    try StopSignal.check()
    return value
  }
}
