import Foundation
import TesseraNumerics

/// Patterns that one image has shown, by which others of the same kind are divided: frames of a video, images of a series, a second
/// region of the specimen.
///
/// The components of a descriptor are those of the first image, and a point is of the pattern whose group of descriptors is nearest.
/// A point farther from all of them than the points of the first image are from theirs is of none.
public struct PatternModel: Sendable, Codable, Equatable {
  /// Of this description.
  public static let version = 1
  /// Version of the description that this model follows.
  public var version = PatternModel.version
  /// Kinds of operations whose scores make a descriptor.
  public let operations: [Segmenter.Operations]
  /// The scales, in pixels; other images are divided at the same.
  public let scales: Segmenter.Scales
  /// Size of a pixel in nm, where the first image had a calibration.
  public var nanometresPerPixel: Double?
  /// Number of patterns. Labels are those of the first image: 1 was the largest there.
  public let count: Int
  let basis: DescriptorBasis
  /// Groups of descriptors: centres among the components, one row each; the label of each; and the distance that one in a hundred of
  /// its points exceeds.
  let centres: Matrix<Double>
  let labels: [Int]
  let reaches: [Double]

  /// How many times farther than `reaches` a descriptor is of no pattern: noise that is somewhat stronger than in the first image
  /// moves descriptors, another lattice moves them by more.
  static let novelty = 2.0

  init(
    operations: [Segmenter.Operations], scales: Segmenter.Scales, field: DescriptorField,
    outcome: PatternFinder.Outcome,
    labels: [Int]
  ) {
    (self.operations, self.scales, basis) = (operations, scales, field.basis)
    (centres, self.labels) = (outcome.centres, labels)
    count = labels.max() ?? 0
    var distances = [[Double]](repeating: [], count: centres.rows)
    for point in outcome.labels.values.indices where outcome.labels.values[point] > 0 {
      let (centre, distance) = Self.nearest(to: field.components.row(point), among: outcome.centres)
      distances[centre].append(distance)
    }
    let least = 0.01 * field.scale
    reaches = distances.map { $0.isEmpty ? least : max(least, Statistics.quantile($0, 0.99)) }
  }

  /// The label of each point, 1 ... `count`; `count + 1` of points that fit none.
  func labels(of field: DescriptorField) -> Raster<Int> {
    let found = concurrentMap(count: field.grid.count) { point -> Int in
      let (centre, distance) = Self.nearest(to: field.components.row(point), among: centres)
      return distance <= Self.novelty * reaches[centre] ? labels[centre] : count + 1
    }
    return Raster(width: field.grid.columns, height: field.grid.rows, values: found)
  }

  private static func nearest(to row: ArraySlice<Float>, among centres: Matrix<Double>) -> (
    centre: Int, distance: Double
  ) {
    var (best, least) = (0, Double.infinity)
    for centre in 0..<centres.rows {
      var sum = 0.0
      for (value, other) in zip(row, centres.row(centre)) { sum += (Double(value) - other) * (Double(value) - other) }
      if sum < least { (best, least) = (centre, sum) }
    }
    return (best, least.squareRoot())
  }

  /// Whether the parts of a model that was read fit one another.
  package var isConsistent: Bool {
    let kinds = operations.count
    guard kinds >= 1, Set(operations).count == kinds, (3...4001).contains(scales.patchSize), scales.patchSize % 2 == 1,
      (1...2000).contains(scales.window), (1...2000).contains(scales.stride), scales.spacing.isFinite,
      scales.spacing > 0, scales.spacing <= 4000, nanometresPerPixel.map({ $0.isFinite && $0 > 0 }) ?? true
    else { return false }
    let scores = operations.reduce(0) { $0 + Segmenter.scoreCount(of: $1, scales: scales) }
    let rows = centres.rows
    return basis.weights.count == kinds && basis.isConsistent(operations: scores) && (1...1000).contains(rows)
      && centres.columns == basis.axes.axes.rows && centres.values.count == rows * centres.columns
      && centres.values.allSatisfy(\.isFinite) && labels.count == rows && reaches.count == rows
      && reaches.allSatisfy { $0.isFinite && $0 > 0 } && (1...1000).contains(count) && labels.max() == count
      && labels.allSatisfy { $0 >= 0 && $0 <= count }
  }
}
