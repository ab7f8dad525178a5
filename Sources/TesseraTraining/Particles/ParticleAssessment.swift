import Foundation
import TesseraNetworks
import TesseraNumerics

/// Tries a particle network on scenes that it has never seen, and finds the threshold from which on a pixel is a particle's.
///
/// Half of the scenes choose the threshold with the best F1, over all their pixels together; the other half is scored with it [P21].
public struct ParticleAssessment: Sendable, Codable, Equatable {
  /// Scenes of each half: 4 or more.
  public var count = 32

  /// An assessment on two halves of 32 scenes each.
  public init() {}

  /// Precision and recall of all pixels at a threshold.
  public struct Point: Sendable, Codable, Equatable {
    /// Value of the map from which on a pixel counts as a particle's, and the precision and recall of the pixels that
    /// this gives; all 0 ... 1.
    public var threshold, precision, recall: Double
    /// Harmonic mean of precision and recall, 0 ... 1; for pixels this is Dice's coefficient.
    public var f1: Double { 2 * precision * recall / max(1e-12, precision + recall) }
  }

  static let thresholds = stride(from: 0.05, through: 0.951, by: 0.025).map { $0 }

  /// The model with its threshold and scores, and the curve behind the threshold.
  ///
  /// - Parameters:
  ///   - model: the trained network.
  ///   - images: simulated scenes of a seed that the network was not trained on.
  public func assessed(
    _ model: NetworkModel, on images: ParticleImages
  ) throws -> (model: NetworkModel, curve: [Point]) {
    try require(count >= 4, "scenes of an assessment", is: count, mustBe: "4 or more")
    let first = 1_000_000
    return try assessed(model, count: 2 * count, chosenOn: 0..<count, scoredOn: count..<2 * count) { index in
      let scene = images.scene(first + index)
      return (scene.pixels, scene.mask)
    }
  }

  /// The same on labelled images: those that were trained on choose the threshold, and those that were held back are scored with it; of fewer than
  /// four images, all do both.
  public func assessed(
    _ model: NetworkModel, on labels: LabelledMasks
  ) throws -> (model: NetworkModel, curve: [Point]) {
    let (trained, held) = labels.split
    let numbers = labels.holdsBack ? trained + held : trained
    var (assessed, curve) = try assessed(
      model, count: numbers.count, chosenOn: 0..<trained.count,
      scoredOn: labels.holdsBack ? trained.count..<numbers.count : 0..<trained.count
    ) { index in (labels.entries[numbers[index]].pixels, labels.entries[numbers[index]].mask) }
    assessed.training.labelledImages = labels.entries.count
    assessed.training.scores["labels_were_held_back"] = labels.holdsBack ? 1 : 0
    return (assessed, curve)
  }

  private func assessed(
    _ model: NetworkModel, count: Int, chosenOn: Range<Int>, scoredOn: Range<Int>,
    image: @Sendable (Int) -> (pixels: Raster<Float>, mask: Raster<UInt8>)
  ) throws -> (model: NetworkModel, curve: [Point]) {
    var model = model
    // What the file will hold is what is judged.
    model.network = try UNet(model.network.architecture, weights: model.network.weights.map { Float(Float16($0)) })
    let network = model.network
    let tables = try concurrentMap(count: count) { index in
      Result { try Self.counts(network, image(index)) }
    }.map { try $0.get() }
    let curve = Self.curve(tables[chosenOn])
    let best = curve.max { $0.f1 < $1.f1 }!
    let scored = Self.curve(tables[scoredOn]).first { $0.threshold == best.threshold }!
    model.threshold = best.threshold
    model.training.scores.merge(
      ["dice": scored.f1, "precision": scored.precision, "recall": scored.recall]
    ) { $1 }
    return (model, curve)
  }

  /// True positives, false positives and false negatives of an image at each threshold.
  private static func counts(
    _ network: UNet, _ image: (pixels: Raster<Float>, mask: Raster<UInt8>)
  ) throws -> [SIMD3<Double>] {
    let map = try network.maps(of: image.pixels).maps[1]
    var result = [SIMD3<Double>](repeating: .zero, count: thresholds.count)
    for (value, isParticle) in zip(map.values, image.mask.values) {
      for (index, threshold) in thresholds.enumerated() {
        switch (Double(value) >= threshold, isParticle > 0) {
        case (true, true): result[index].x += 1
        case (true, false): result[index].y += 1
        case (false, true): result[index].z += 1
        case (false, false): break
        }
      }
    }
    return result
  }

  private static func curve(_ tables: ArraySlice<[SIMD3<Double>]>) -> [Point] {
    thresholds.indices.map { index in
      let sum = tables.reduce(SIMD3<Double>.zero) { $0 + $1[index] }
      return Point(
        threshold: (1000 * thresholds[index]).rounded() / 1000, precision: sum.x / max(1, sum.x + sum.y),
        recall: sum.x / max(1, sum.x + sum.z))
    }
  }
}
