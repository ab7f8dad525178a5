import TesseraImaging

/// How a result came about: the input, what was chosen and why, how long it took, what the reader must know.
public struct RunRecord: Sendable {
  /// The image that the method was given.
  public var micrograph: Micrograph
  /// The image that was analysed, and what was done to it before.
  public var prepared: Preparation.Prepared
  /// The parameters that were chosen, in the order of the stages.
  public var choices: [Choice]
  /// In the order in which the stages ran.
  public var timings: [Timing]
  /// What the reader must know before trusting the numbers, in sentences.
  public var warnings: [String]
  /// Nil where nothing is random.
  public var seed: UInt64?

  /// - Parameters:
  ///   - input: what the method was given.
  ///   - prepared: the image that was analysed, and what was done to it before.
  ///   - choices: the parameters that were chosen, in the order of the stages.
  ///   - clock: of the stages, for the time that each took.
  ///   - warnings: of the method's own stages; those of the file and of the preparation are added before them.
  ///   - isRandom: whether the result depends on the seed, which the record then states.
  public init(
    _ input: MethodInput, prepared: Preparation.Prepared, choices: [Choice] = [], clock: StageClock,
    warnings: [String] = [], isRandom: Bool = false
  ) {
    (micrograph, self.prepared, self.choices) = (input.micrograph, prepared, choices)
    timings = clock.timings
    self.warnings = micrograph.warnings + prepared.warnings + warnings
    seed = isRandom ? input.seed : nil
  }

  /// A parameter, its value, and why it has it.
  public struct Choice: Sendable, Codable, Equatable {
    /// The name of the parameter, its value with its unit, and the reason for it, as texts for people.
    public var name, value, reason: String
    /// The parameter `name`, its `value` as text and the `reason` why it has that value.
    public init(_ name: String, _ value: String, _ reason: String) {
      (self.name, self.value, self.reason) = (name, value, reason)
    }
  }

  /// The seconds that a stage took.
  public struct Timing: Sendable, Codable, Equatable {
    /// What was done in that time.
    public var stage: Stage
    /// Wall-clock time in seconds.
    public var seconds: Double
    /// A stage that took this many seconds.
    public init(_ stage: Stage, seconds: Double) { (self.stage, self.seconds) = (stage, seconds) }
    /// From an instant until now.
    public init(_ stage: Stage, since start: ContinuousClock.Instant) {
      self.init(stage, seconds: (ContinuousClock.now - start) / .seconds(1))
    }
  }
}
