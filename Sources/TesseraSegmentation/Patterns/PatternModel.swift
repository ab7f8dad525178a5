import Foundation
import TesseraNumerics

/// Patterns that one image has shown, by which others of the same kind are divided: frames of a video, images of a series, a second
/// region of the specimen.
///
/// The components of a descriptor are those of the first image, and a point is of the pattern whose group of descriptors is nearest.
/// A point farther from all of them than the points of the first image are from theirs is of none. Noise makes all correlations smaller
/// by about one factor; it is found for each image, as that with which descriptors lie nearest to the groups.
public struct PatternModel: Sendable, Codable, Equatable {
  /// Of this description.
  public static let version = 2
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
  /// How probable each pattern is for a descriptor.
  let mixture: PatternMixture
  /// What places boundaries; nil where nothing does.
  let discriminant: BoundaryDiscriminant?

  /// How many times farther than `reaches` a descriptor is of no pattern: noise that is somewhat stronger than in the first image
  /// moves descriptors, another lattice moves them by more.
  static let novelty = 2.0

  /// - Parameter leastReaches: of each group, where something else than its points says that too; nil: nothing does.
  init(
    operations: [Segmenter.Operations], scales: Segmenter.Scales, field: DescriptorField,
    outcome: PatternFinder.Outcome, labels: [Int], mixture: PatternMixture, discriminant: BoundaryDiscriminant?,
    leastReaches: [Double]? = nil
  ) {
    (self.mixture, self.discriminant) = (mixture, discriminant)
    (self.operations, self.scales, basis) = (operations, scales, field.basis)
    (centres, self.labels) = (outcome.centres, labels)
    count = labels.max() ?? 0
    var distances = [[Double]](repeating: [], count: centres.rows)
    for point in outcome.labels.values.indices where outcome.labels.values[point] > 0 {
      let (centre, distance) = Self.nearest(
        to: field.components.row(point), among: outcome.centres, origin: field.origin)
      distances[centre].append(distance)
    }
    let least = 0.01 * field.scale
    reaches = distances.enumerated().map { group, distances in
      max(least, leastReaches?[group] ?? 0, distances.isEmpty ? 0 : Statistics.quantile(distances, 0.99))
    }
  }

  /// The label of each point, 1 ... `count`; `count + 1` of points that fit none.
  /// - Parameter gain: by what the descriptors of the first image are longer.
  func labels(of field: DescriptorField, gain: Double) -> Raster<Int> {
    let found = concurrentMap(chunksOf: 4096, of: field.grid.count) { points in
      points.map { point -> Int in
        let (centre, distance) = nearest(to: field.components.row(point), gain: gain)
        return distance <= Self.novelty ? labels[centre] : count + 1
      }
    }
    return Raster(width: field.grid.columns, height: field.grid.rows, values: found.flatMap { $0 })
  }

  /// Factors by which noise may have changed all correlations, and so many of them are tried.
  private static let gains = 0.6...2.0
  private static let gainSteps = 31
  /// Some thousand points tell the factor.
  private static let gainSample = 2_000

  /// By what the descriptors of the first image are longer than those of an image: with it the groups lie as near as possible to the
  /// descriptors. The mean distance, that of a point of no group counting as `novelty`, is least.
  /// - Parameter isCore: points that take part.
  func gain(of field: DescriptorField, core isCore: Raster<Bool>) -> Double {
    let points = isCore.values.indices.filter { isCore.values[$0] }
    guard !points.isEmpty else { return 1 }
    let sample = stride(from: 0, to: points.count, by: max(1, points.count / Self.gainSample)).map { points[$0] }
    let ratio = log(Self.gains.upperBound / Self.gains.lowerBound) / Double(Self.gainSteps - 1)
    let costs = concurrentMap(count: Self.gainSteps) { step -> (cost: Double, gain: Double) in
      let gain = Self.gains.lowerBound * exp(ratio * Double(step))
      let cost = sample.reduce(0.0) {
        $0 + min(Self.novelty, nearest(to: field.components.row($1), gain: gain).distance)
      }
      return (cost, gain)
    }
    return costs.min { ($0.cost, abs(log($0.gain))) < ($1.cost, abs(log($1.gain))) }?.gain ?? 1
  }

  /// The nearest group to a descriptor, the groups being as far from that of nothing as noise leaves them, and the distance in units of
  /// the group's reach.
  private func nearest(to row: ArraySlice<Float>, gain: Double) -> (centre: Int, distance: Double) {
    Self.nearest(to: row, among: centres, origin: basis.origin, gain: gain, reaches: reaches)
  }

  private static func nearest(
    to row: ArraySlice<Float>, among centres: Matrix<Double>, origin: [Double], gain: Double = 1,
    reaches: [Double]? = nil
  ) -> (centre: Int, distance: Double) {
    var (best, least) = (0, Double.infinity)
    let (first, d, share) = (row.startIndex, centres.columns, 1 / gain)
    for centre in 0..<centres.rows {
      var sum = 0.0
      for k in 0..<d {
        let zero = origin[k]
        let difference = Double(row[first + k]) - zero - (centres.values[centre * d + k] - zero) * share
        sum += difference * difference
      }
      let distance = sum.squareRoot() / (reaches?[centre] ?? 1)
      if distance < least { (best, least) = (centre, distance) }
    }
    return (best, least)
  }

  /// Number of operations whose scores make the descriptor.
  public var operationCount: Int { basis.axes.mean.count }
  /// Whether these are a choice from all operations of their kinds.
  public var selectsOperations: Bool { basis.selection != nil }

  /// Whether the parts of a model that was read fit one another.
  package var isConsistent: Bool {
    let kinds = operations.count
    guard kinds >= 1, Set(operations).count == kinds, (3...4001).contains(scales.patchSize), scales.patchSize % 2 == 1,
      (1...2000).contains(scales.window), (1...2000).contains(scales.stride), scales.spacing.isFinite,
      scales.spacing > 0, scales.spacing <= 4000, nanometresPerPixel.map({ $0.isFinite && $0 > 0 }) ?? true
    else { return false }
    let scores = OperationScores(kinds: operations, scales: scales, selection: nil).totalCount
    let rows = centres.rows
    return basis.weights.count == kinds && basis.isConsistent(total: scores) && (1...1000).contains(rows)
      && centres.columns == basis.axes.axes.rows && centres.values.count == rows * centres.columns
      && centres.values.allSatisfy(\.isFinite) && labels.count == rows && reaches.count == rows
      && reaches.allSatisfy { $0.isFinite && $0 > 0 } && (1...1000).contains(count) && labels.max() == count
      && labels.allSatisfy { $0 >= 0 && $0 <= count }
      && mixture.isConsistent(patterns: count, components: centres.columns)
      && discriminant?.isConsistent(patterns: count, scales: scales) ?? true
  }
}
