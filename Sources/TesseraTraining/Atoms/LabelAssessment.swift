import Foundation
import TesseraNetworks
import TesseraNumerics

/// Tries a network on labelled images: which lower bound of the map meets the labels best, what a value is worth as a probability, and
/// where such images lie.
struct LabelAssessment {
  /// The images that are tried.
  let images: LabelledImages
  /// From the map of the network to candidates.
  var detector = MapDetector()

  /// Bounds that are tried.
  private static let bounds = stride(from: 0.1, through: 0.9, by: 0.05)
  /// Labels below which the images that are held back say too little: then all are asked.
  private static let fewestLabels = 40
  /// A candidate is a label if it is the nearest of one that is nearest to it, within this share of the spacing.
  private static let tolerance = 0.5
  /// Parts of the labelled images that show where such images lie, and their side in pixels.
  private static let (parts, partSide) = (128, 128)

  /// The model with lower bound, calibration, spread and scores.
  ///
  /// - Parameter simulated: images of the kind that the network was trained on before.
  func assessed(_ model: NetworkModel, beside simulated: AtomImages) throws -> NetworkModel {
    var model = model
    model.network = try UNet(model.network.architecture, weights: model.network.weights.map { Float(Float16($0)) })
    let held = images.split.held
    let labels = held.reduce(0) { $0 + images.entries[$1].columns.count }
    let areHeld = images.parts.holdsBack && labels >= Self.fewestLabels
    let tried = areHeld ? held : Array(images.entries.indices)
    let examples = try tried.map { try self.examples(of: model, images.entries[$0]) }
    let wanted = tried.reduce(0) { $0 + images.entries[$1].columns.count }
    let all = examples.flatMap { $0 }
    let scores = Self.bounds.map { bound in (bound, Self.score(all, from: bound, wanted: wanted)) }
    let best = scores.max { ($0.1.f1, $0.0) < ($1.1.f1, $1.0) }!
    model.threshold = best.0
    model.calibration = ProbabilityCalibration(fitting: all)
    let kept = all.filter { $0.value >= best.0 }
    model.training.labelledImages = images.entries.count
    model.training.scores.merge(
      [
        "labels": Double(wanted), "labels_were_held_back": areHeld ? 1 : 0, "precision": best.1.precision,
        "recall": best.1.recall, "f1": best.1.f1,
        "calibration_error": expectedCalibrationError(
          of: kept.map { model.calibration.probability(of: $0.value) }, areTrue: kept.map(\.isTrue)),
      ].filter { $0.value.isFinite }
    ) { $1 }
    model.trainingSpread = try spread(of: model, beside: simulated)
    return model
  }

  private static func score(
    _ examples: [ProbabilityCalibration.Example], from bound: Double, wanted: Int
  ) -> (precision: Double, recall: Double, f1: Double) {
    let kept = examples.filter { $0.value >= bound }
    let hits = Double(kept.count { $0.isTrue })
    let precision = hits / Double(max(1, kept.count))
    let recall = hits / Double(max(1, wanted))
    return (precision, recall, 2 * precision * recall / max(1e-12, precision + recall))
  }

  /// Candidates from the lowest bound on, and whether each is a label.
  private func examples(
    of model: NetworkModel, _ entry: LabelledImages.Entry
  ) throws -> [ProbabilityCalibration.Example] {
    let maps = try model.maps(of: entry.pixels)
    var detector = detector
    detector.filterLowerBound = 0.1
    let candidates = try detector.candidates(in: maps.maps[0], spacing: maps.spacing)
    guard !candidates.isEmpty else { return [] }
    let (found, labels) = (PlanarIndex(candidates.map(\.position)), PlanarIndex(entry.columns))
    let limit = Self.tolerance * (labels.medianSpacing ?? 4 * entry.sigma)
    return candidates.enumerated().map { number, candidate in
      let nearest = labels.nearest(1, to: candidate.position).first
      let isTrue =
        nearest.map { label in
          (entry.columns[label] - candidate.position).length <= limit
            && found.nearest(1, to: entry.columns[label]).first == number
        } ?? false
      return .init(value: candidate.value, isTrue: isTrue)
    }
  }

  private static func sized(_ images: AtomImages) -> AtomImages {
    var images = images
    images.side = partSide
    return images
  }

  private func spread(of model: NetworkModel, beside simulated: AtomImages) throws -> TrainingSpread {
    let simulated = Self.sized(simulated)
    let first = 1_000_000
    func means(_ numbers: Range<Int>, held: Bool) throws -> [[Float]] {
      try concurrentMap(count: 2 * numbers.count) { index -> Result<[Float], any Error> in
        Result {
          let number = numbers.lowerBound + index / 2
          let image =
            index % 2 == 0
            ? simulated.image(number)
            : images.part(number, side: Self.partSide, seed: simulated.seed, held: held)
          let pixels = (try? model.normalization.normalized(image.pixels)) ?? image.pixels.map { _ in 0 }
          return try model.network.maps(of: pixels).bottomMeans
        }
      }.map { try $0.get() }
    }
    return try TrainingSpread(
      of: means(first..<first + Self.parts, held: false),
      heldOut: means(first + Self.parts..<first + 2 * Self.parts, held: true))
  }
}
