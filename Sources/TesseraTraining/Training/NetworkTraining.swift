import TesseraNetworks
import TesseraNumerics

/// A training: which network, on which images, in which steps. `TrainingRun` carries it out.
public protocol NetworkTraining: Sendable, Codable, Equatable {
  /// What the network finds.
  static var kind: NetworkModel.Kind { get }

  /// Levels, channels and branches of the network.
  var architecture: UNetArchitecture { get }
  /// What is done to an image before the network sees it.
  var normalization: InputNormalization { get }
  /// Steps of Adam, 1 or more.
  var steps: Int { get }
  /// Images of a step, 1 ... 256.
  var batchSize: Int { get }
  /// Rate of Adam at first, above 0 and at most 1.
  var learningRate: Double { get }
  /// Share of each weight that is added to its gradient, 0 ... 1.
  var weightDecay: Double { get }
  /// Share of the numbers that the hidden layers of the spacing branch leave out while training, 0 ..< 1.
  var dropout: Double { get }
  /// Steps between two validations, 1 or more.
  var validationInterval: Int { get }
  /// Images of a validation, 1 ... 100,000.
  var validationCount: Int { get }
  /// Training ends when this many validations in a row have not lowered the loss by a thousandth; nil: never early.
  var patience: Int? { get }
  /// Of all random choices.
  var seed: UInt64 { get }
  /// Whether batch normalisations keep their statistics: so a network that is trained on begins as good as it was.
  var keepsStatistics: Bool { get }

  /// Throws unless every number is in range.
  func check() throws(ParameterError)
  /// What step `step` pays, and how fast it learns.
  func factors(_ step: Int) -> TrainingStep
  /// Training images with these numbers; the same number always gives the same image.
  func batch(_ indices: Range<Int>) -> TrainingBatch
  /// The same of images that are never trained on.
  func validationBatch(_ indices: Range<Int>) -> TrainingBatch
}

extension NetworkTraining {
  /// With labelled images, one image in so many is still a simulated one, so that what the network knew is not forgotten.
  static var simulatedEvery: Int { 4 }

  /// The examples with these numbers, in parallel: simulated ones, or, where there are labelled images, three parts of them in four; those
  /// that are held back are all of labelled images.
  func examples(
    _ indices: Range<Int>, areHeld: Bool, hasLabels: Bool,
    _ example: @Sendable (_ index: Int, _ isLabelled: Bool) -> TrainingBatch.Example
  ) -> TrainingBatch {
    TrainingBatch(
      concurrentMap(count: indices.count) { offset in
        let index = indices.lowerBound + offset
        return example(index, hasLabels && (areHeld || index % Self.simulatedEvery != 0))
      })
  }

  /// The rate of step `step`: it falls by ten at half, three quarters and nine tenths of all steps.
  public func rate(of step: Int) -> Double {
    let share = Double(step) / Double(max(1, steps))
    return learningRate * (share < 0.5 ? 1 : share < 0.75 ? 0.1 : share < 0.9 ? 0.01 : 0.001)
  }

  /// Throws unless the width of the network, in channels, the numbers of the schedule and the side of an image, in pixels, are in range.
  func checkNetwork(width: Int, side: Int) throws(ParameterError) {
    try require((1...64).contains(width), setting("width"), is: width, mustBe: "between 1 and 64 channels")
    try checkSchedule()
    try require(
      (32...1024).contains(side) && side % architecture.multiple == 0, "side of a training image", is: side,
      mustBe: "a multiple of \(architecture.multiple) between 32 and 1024 pixels")
  }

  private func checkSchedule() throws(ParameterError) {
    try require((1...10_000_000).contains(steps), setting("steps"), is: steps, mustBe: "between 1 and 10000000")
    try require((1...256).contains(batchSize), "images of a step", is: batchSize, mustBe: "between 1 and 256")
    try require(
      learningRate > 0 && learningRate <= 1, setting("learning rate"), is: learningRate, mustBe: "above 0 and at most 1"
    )
    try require(weightDecay >= 0 && weightDecay <= 1, "weight decay", is: weightDecay, mustBe: "between 0 and 1")
    try require(dropout >= 0 && dropout < 1, "dropout", is: dropout, mustBe: "0 or more and below 1")
    try require(validationInterval > 0, "steps between validations", is: validationInterval, mustBe: "1 or more")
    try require(
      (1...100_000).contains(validationCount), "images of a validation", is: validationCount,
      mustBe: "between 1 and 100000")
    try require(patience.map { $0 > 0 } ?? true, "patience", is: patience ?? 0, mustBe: "1 or more validations")
  }
}

/// What a step pays for errors, and how fast it learns.
public struct TrainingStep: Sendable, Equatable {
  /// How the difference between a map of the network and the wanted one is paid for.
  public enum Loss: Int32, Sendable {
    /// The sum over the pixels that count of the squared difference.
    case squares = 0
    /// The mean over the pixels that count of the cross-entropy; the network's output is a softmax.
    case crossEntropy = 1
  }

  /// The loss of the maps.
  public var loss: Loss
  /// Factor of the loss of the maps.
  public var mapFactor: Double
  /// The branch pays ((found − wanted) / wanted · unit)².
  public var spacingUnit: Double
  /// Rate of Adam.
  public var learningRate: Double

  /// What a step pays; without a spacing branch `spacingUnit` is 0.
  public init(loss: Loss, mapFactor: Double, spacingUnit: Double = 0, learningRate: Double) {
    (self.loss, self.mapFactor) = (loss, mapFactor)
    (self.spacingUnit, self.learningRate) = (spacingUnit, learningRate)
  }
}
