import TesseraNetworks
import TesseraNumerics

/// Trains a network that finds nanoparticles [P21], on simulated images.
///
/// The loss is the cross-entropy of the two classes, background and particle, mean over the pixels. The network has the shape of [P21] with
/// more channels, and sees images whose pixels have been joined until they measure about 0.06 nm (`binning(pixel:)`).
public struct ParticleTraining: NetworkTraining {
  /// Nanoparticles.
  public static let kind = NetworkModel.Kind.particles

  /// The images to train on.
  public var images = ParticleImages()
  /// Images whose particles a person has marked; nil: simulated ones alone.
  public var labels: LabelledMasks?
  /// Channels at full resolution; 4 in [P21].
  public var width = 8
  /// Steps of Adam, 1 or more.
  public var steps = 3000
  /// Images of a step, 1 ... 256.
  public var batchSize = 16
  /// Rate of Adam at first, above 0 and at most 1.
  public var learningRate = 2e-3
  /// Share of each weight that is added to its gradient, 0 ... 1.
  public var weightDecay = 1e-5
  /// None: the network has no branch for a spacing.
  public var dropout: Double { 0 }
  /// Steps between two validations, 1 or more.
  public var validationInterval = 200
  /// Images of a validation, 1 ... 100,000.
  public var validationCount = 128
  /// Training ends when this many validations in a row have not lowered the loss by a thousandth; nil: never early.
  public var patience: Int? = 12
  /// Whether batch normalisations keep their statistics; see `NetworkTraining`.
  public var keepsStatistics = false

  /// The training of a network of 8 channels in 3000 steps.
  public init() {}

  /// The training on labelled images, which goes on from a network that knows simulated ones: fewer and smaller steps.
  public static var labelled: ParticleTraining {
    var training = ParticleTraining()
    (training.steps, training.learningRate, training.validationInterval) = (400, 5e-4, 50)
    return training
  }

  /// The seed of the images, which is that of the first weights, too.
  public var seed: UInt64 { images.seed }
  /// The network for particles of this width: a map of the background and one of particles.
  public var architecture: UNetArchitecture { .particles(width: width) }
  /// As the static property of the same name, for all trainings of particles.
  public var normalization: InputNormalization { Self.normalization }

  /// The contrast against Gaussian surroundings of 96 pixels, which are larger than a particle; spikes are kept.
  public static let normalization: InputNormalization = {
    var result = InputNormalization()
    (result.spikeLimit, result.surroundings) = (nil, 96)
    return result
  }()

  /// Side of a pixel in nm that the network knows best.
  public static let pixel = 0.06

  /// How many pixels are joined along each axis.
  /// - Parameter pixel: side of a pixel of the image in nm.
  static func binning(pixel: Double) -> Int { max(1, Int((Self.pixel / pixel).rounded())) }

  /// Images that are never trained on.
  public var validationImages: ParticleImages {
    var images = images
    images.seed = images.seed ^ 0x56_616C_6964
    images.sceneCount = 32
    return images
  }

  /// The mean cross-entropy over the pixels; the rate falls with the steps.
  public func factors(_ step: Int) -> TrainingStep {
    TrainingStep(loss: .crossEntropy, mapFactor: 1, learningRate: rate(of: step))
  }

  /// The training images with these numbers, parts of simulated scenes; three in four are parts of labelled images, where there are such.
  public func batch(_ indices: Range<Int>) -> TrainingBatch { batch(indices, of: images, held: false) }
  /// The validation images with these numbers, parts of scenes that are never trained on; where there are labelled images, all are parts of
  /// those held back.
  public func validationBatch(_ indices: Range<Int>) -> TrainingBatch {
    batch(indices, of: validationImages, held: true)
  }

  private func batch(_ indices: Range<Int>, of images: ParticleImages, held: Bool) -> TrainingBatch {
    examples(indices, areHeld: held, hasLabels: labels != nil) { index, isLabelled in
      guard isLabelled, let labels else { return images.example(index) }
      return labels.example(index, side: images.side, seed: images.seed, held: held)
    }
  }

  /// Throws unless every number is in range.
  public func check() throws(ParameterError) {
    try checkNetwork(width: width, side: images.side)
    try require(
      (images.side...2048).contains(images.sceneSide), "side of a scene", is: images.sceneSide,
      mustBe: "between \(images.side) and 2048 pixels")
    try require(
      (1...100_000).contains(images.sceneCount), "number of scenes", is: images.sceneCount,
      mustBe: "between 1 and 100000")
  }
}
