import Foundation
import TesseraNetworks
import TesseraNumerics

/// Tries a network on images that it has never seen, and tells it what its numbers mean.
///
/// The images fall into three parts, the first twice as large as the others. The first shows where training images lie (`TrainingSpread`), the second how far
/// away others of their kind may lie, and what a value of the map is worth as a probability (`ProbabilityCalibration`); the third is
/// scored, with what the second has taught.
public struct AtomAssessment: Sendable, Codable, Equatable {
  /// Images of the second and of the third part: 8 or more.
  public var count = 256
  /// Width and height of an image in pixels: larger than those of the training, as the images of users are.
  public var side = 256
  /// From the map of the network to candidates.
  public var detector = MapDetector()

  /// An assessment on two parts of 256 images and one of 512, each of 256 x 256 pixels.
  public init() {}

  /// A candidate is a column if it is the nearest of one that is nearest to it, within this share of the spacing.
  private static let tolerance = 0.5

  /// What came of one image.
  private struct Trial: Sendable {
    var bottomMeans: [Float]
    /// Value of each candidate, and whether it is a column. Those at columns that are doubtful or not seen are left
    /// out.
    var candidates: [ProbabilityCalibration.Example] = []
    /// Distances of the matches in pixels.
    var errors: [Double] = []
    var columnCount = 0
    /// Predicted spacing over the wanted one.
    var spacingRatio: Double?
  }

  /// The model with calibration, spread and scores, tried on labelled images where the training had some.
  ///
  /// - Throws: `DataError` where the network says the same of every image.
  public func assessed(_ model: NetworkModel, after training: AtomTraining) throws -> NetworkModel {
    guard let labels = training.labels, !labels.entries.isEmpty else {
      return try assessed(model, on: training.validationImages)
    }
    return try LabelAssessment(images: labels, detector: detector).assessed(model, beside: training.validationImages)
  }

  /// The model with calibration, spread and scores.
  ///
  /// - Parameters:
  ///   - model: the trained network.
  ///   - images: simulated images of a seed that the network was not trained on; `side` is that of the assessment.
  /// - Throws: `DataError` where the network says the same of every image.
  public func assessed(_ model: NetworkModel, on images: AtomImages) throws -> NetworkModel {
    try require(count >= 8, "images of an assessment", is: count, mustBe: "8 or more")
    var (model, images) = (model, images)
    images.side = side
    // What the file will hold is what is judged.
    model.network = try UNet(model.network.architecture, weights: model.network.weights.map { Float(Float16($0)) })
    // Far from the images of validation, which have chosen among the weights.
    let first = 1_000_000
    let trials = try trials(of: model, on: images, first..<first + 4 * count)
    let (others, held, scored) = (trials[..<(2 * count)], trials[(2 * count)..<(3 * count)], trials[(3 * count)...])
    model.trainingSpread = try TrainingSpread(
      of: others.map(\.bottomMeans), heldOut: held.map(\.bottomMeans))
    model.calibration = ProbabilityCalibration(fitting: held.flatMap(\.candidates))
    model.training.scores.merge(Self.scores(Array(scored), model.calibration)) { $1 }
    return model
  }

  private func trials(of model: NetworkModel, on images: AtomImages, _ numbers: Range<Int>) throws -> [Trial] {
    try concurrentMap(count: numbers.count) { index in
      Result { try trial(of: model, on: images.image(numbers.lowerBound + index)) }
    }.map { try $0.get() }
  }

  private func trial(of model: NetworkModel, on image: AtomImage) throws -> Trial {
    let pixels = (try? model.normalization.normalized(image.pixels)) ?? image.pixels.map { _ in 0 }
    let maps = try model.network.maps(of: pixels)
    let candidates = try detector.candidates(in: maps.maps[0], spacing: maps.spacing)
    var trial = Trial(bottomMeans: maps.bottomMeans, columnCount: image.columns.count)
    if let wanted = image.spacing { trial.spacingRatio = maps.spacing.map { $0 / wanted } }
    guard !candidates.isEmpty else { return trial }
    let found = PlanarIndex(candidates.map(\.position))
    let (columns, others) = (PlanarIndex(image.columns), PlanarIndex(image.doubtful + image.unseen))
    let limit = Self.tolerance * (image.spacing ?? 4 * image.sigma)
    for (number, candidate) in candidates.enumerated() {
      let nearest = image.columns.isEmpty ? nil : columns.nearest(1, to: candidate.position).first
      if let nearest, found.nearest(1, to: image.columns[nearest]).first == number {
        let distance = (image.columns[nearest] - candidate.position).length
        if distance <= limit {
          trial.errors.append(distance)
          trial.candidates.append(.init(value: candidate.value, isTrue: true))
          continue
        }
      }
      if others.points.isEmpty || others.neighbours(of: candidate.position, within: limit).isEmpty {
        trial.candidates.append(.init(value: candidate.value, isTrue: false))
      }
    }
    return trial
  }

  private static func scores(_ trials: [Trial], _ calibration: ProbabilityCalibration) -> [String: Double] {
    let all = trials.flatMap(\.candidates)
    let hits = Double(all.count { $0.isTrue })
    let columns = Double(trials.reduce(0) { $0 + $1.columnCount })
    let precision = hits / Double(max(1, all.count))
    let recall = hits / max(1, columns)
    let errors = trials.flatMap(\.errors)
    let ratios = trials.compactMap(\.spacingRatio)
    var scores = [
      "precision": precision, "recall": recall, "f1": 2 * precision * recall / max(1e-12, precision + recall),
      "position_rms_px": Statistics.mean(errors.map { $0 * $0 }).squareRoot(),
      "spacing_relative_rms": Statistics.mean(ratios.map { ($0 - 1) * ($0 - 1) }).squareRoot(),
      "calibration_error": expectedCalibrationError(
        of: all.map { calibration.probability(of: $0.value) }, areTrue: all.map(\.isTrue)),
    ]
    scores = scores.filter { $0.value.isFinite }
    return scores
  }
}
