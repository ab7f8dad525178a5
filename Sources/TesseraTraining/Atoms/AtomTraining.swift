import Foundation
import TesseraNetworks
import TesseraNumerics

/// Trains a network that finds atom columns, on images that are simulated while it learns [A23].
///
/// The loss of an image is
///
///     L = 0.1 Σ w (m − m*)² + (16 (s − s*) / s*)²,
///
/// m the map and m* the wanted one, summed over the pixels that count (w), s the number of the spacing branch and s* the wanted one.
/// [A23] pays (s − s*)² in pixels: the same for neighbours 16 pixels apart, but here distances range from 4 to 60 pixels, and the
/// coarsest images would decide everything. The rate of Adam falls by ten at half, three quarters and nine tenths of the steps.
public struct AtomTraining: NetworkTraining {
  /// The images to train on.
  public var images = AtomImages()
  /// Channels at full resolution; 32 in [A23]. See `UNetArchitecture.atoms(width:)`.
  public var width = 8
  /// Steps of Adam, 1 or more.
  public var steps = 6000
  /// Images of a step, 1 ... 256.
  public var batchSize = 16
  /// Rate of Adam at first, above 0 and at most 1.
  public var learningRate = 1e-3
  /// Share of each weight that is added to its gradient, 0 ... 1.
  public var weightDecay = 1e-4
  /// Share of the numbers that the hidden layers of the spacing branch leave out while training, 0 ..< 1.
  public var dropout = 0.0
  /// Steps between two validations, 1 or more.
  public var validationInterval = 250
  /// Images of a validation, 1 ... 100,000.
  public var validationCount = 128
  /// Training ends when this many validations in a row have not lowered the loss by a thousandth; nil: never early.
  public var patience: Int? = 12
  /// Whether batch normalisations keep their statistics; see `NetworkTraining`.
  public var keepsStatistics = false
  /// Images whose columns a person has labelled; nil: simulated images alone.
  public var labels: LabelledImages?

  /// The training of a network of 8 channels in 6000 steps.
  public init() {}

  /// The training on labelled images: a network that finds columns already needs fewer and smaller steps.
  public static var labelled: AtomTraining {
    var training = AtomTraining()
    (training.steps, training.learningRate) = (400, 5e-4)
    (training.validationInterval, training.validationCount, training.patience) = (50, 64, 4)
    return training
  }

  /// Columns of atoms.
  public static let kind = NetworkModel.Kind.atoms
  /// The seed of the images, which is that of the first weights, too.
  public var seed: UInt64 { images.seed }
  /// The network for columns of this width: a map, and a branch for the spacing.
  public var architecture: UNetArchitecture { .atoms(width: width) }
  /// The local contrast of each image.
  public var normalization: InputNormalization { .local }

  /// Images that are never trained on.
  public var validationImages: AtomImages {
    var images = images
    images.seed = images.seed ^ 0x56_616C_6964
    return images
  }

  /// Squares of the differences of the map and the relative error of the spacing, as the type's comment states; the
  /// rate falls with the steps.
  public func factors(_ step: Int) -> TrainingStep {
    TrainingStep(loss: .squares, mapFactor: 0.1, spacingUnit: 16, learningRate: rate(of: step))
  }

  /// What the network sees of an image, and should say.
  func example(_ image: AtomImage) -> TrainingBatch.Example {
    // An image of equal pixels, a dose too low for a single count, has nothing to show.
    let pixels = (try? normalization.normalized(image.pixels)) ?? image.pixels.map { _ in 0 }
    return .init(pixels: pixels, maps: [image.map], weights: image.weights, spacing: image.spacing)
  }

  /// Simulates the training images with these numbers, in parallel; three in four are parts of labelled images, where there are such.
  public func batch(_ indices: Range<Int>) -> TrainingBatch { batch(indices, of: images, held: false) }

  /// Simulates the validation images with these numbers, in parallel; where there are labelled images, all are parts of those held back.
  public func validationBatch(_ indices: Range<Int>) -> TrainingBatch {
    batch(indices, of: validationImages, held: true)
  }

  private func batch(_ indices: Range<Int>, of images: AtomImages, held: Bool) -> TrainingBatch {
    examples(indices, areHeld: held, hasLabels: labels != nil) { index, isLabelled in
      guard isLabelled, let labels else { return example(images.image(index)) }
      return example(labels.part(index, side: images.side, seed: images.seed, held: held))
    }
  }

  /// Throws unless every number is in range.
  public func check() throws(ParameterError) {
    try checkNetwork(width: width, side: images.side)
    try require(
      images.spacings.lowerBound >= 2 && images.spacings.upperBound <= 200, "distances of neighbours",
      is: "\(images.spacings)", mustBe: "between 2 and 200 pixels")
  }
}
