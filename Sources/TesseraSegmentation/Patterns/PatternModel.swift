import Foundation
import TesseraNumerics

/// Patterns that one image has shown, by which others of the same kind are divided: frames of a video, images of a series, a second
/// region of the specimen.
///
/// The components of a descriptor are those of the first image, and a point is of the pattern whose group of descriptors is nearest.
/// A point farther from it than the points of the first image are is of none, and so is one whose descriptor lies outside the space of the
/// components, or nearer to that of nothing than to any pattern that repeats itself. Noise makes all correlations smaller by about one
/// factor; it is found for each image, as that with which descriptors lie nearest to the groups.
public struct PatternModel: Sendable, Codable, Equatable {
  /// Of this description.
  public static let version = 3
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
  /// Groups of descriptors: centres among the components, one row each; the label of each; the distance that one in a hundred of
  /// its points exceeds; and the remainder (`DescriptorField`) that one in a hundred exceeds.
  let centres: Matrix<Double>
  let labels: [Int]
  let reaches, remainders: [Double]
  /// How each pattern repeats itself in the first image; nil of narrow ones, which are not asked.
  var orders: [Segmentation.Pattern.Order?]
  /// What places boundaries; nil where nothing does.
  let discriminant: BoundaryDiscriminant?

  /// How many times farther than `reaches` a descriptor is of no pattern: noise that is somewhat stronger than in the first image
  /// moves descriptors, another lattice moves them by more.
  static let novelty = 2.0
  /// Shorter than this share of the usual length, a descriptor is that of nothing: those of white noise are. Neither is a smaller
  /// difference one of patterns, however little noise there is in the first image.
  static let nothing = 0.04

  /// All patterns have no order at first, so that nothing is refused for it.
  /// - Parameter leastReaches: of each group, where something else than its points says that too; nil: nothing does.
  init(
    operations: [Segmenter.Operations], scales: Segmenter.Scales, field: DescriptorField,
    outcome: PatternFinder.Outcome, labels: [Int], discriminant: BoundaryDiscriminant?, leastReaches: [Double]? = nil
  ) {
    self.discriminant = discriminant
    (self.operations, self.scales, basis) = (operations, scales, field.basis)
    (centres, self.labels) = (outcome.centres, labels)
    count = labels.max() ?? 0
    orders = [Segmentation.Pattern.Order?](repeating: Segmentation.Pattern.Order.none, count: count)
    let space = Space(basis: basis, centres: outcome.centres, gain: 1)
    var distances = [[Double]](repeating: [], count: centres.rows)
    var remainders = distances
    for point in outcome.labels.values.indices where outcome.labels.values[point] > 0 {
      let place = space.place(of: point, in: field)
      distances[place.centre].append(place.distance)
      remainders[place.centre].append(place.remainder)
    }
    func usual(_ values: [[Double]], least: Double) -> [Double] {
      values.enumerated().map { group, values in
        max(least, leastReaches?[group] ?? 0, values.isEmpty ? 0 : Statistics.quantile(values, 0.99))
      }
    }
    reaches = usual(distances, least: Self.nothing * basis.scale)
    self.remainders = usual(remainders, least: space.remainderOfNothing)
  }

  /// The label of each point, 1 ... `count`; `count + 1` of points that fit none.
  /// - Parameter gain: by what the descriptors of the first image are longer.
  func labels(of field: DescriptorField, gain: Double) -> Raster<Int> {
    let space = Space(basis: basis, centres: centres, gain: gain)
    let leastReach = Self.nothing * basis.scale
    let found = concurrentMap(chunksOf: 4096, of: field.grid.count) { points in
      points.map { point -> Int in
        let place = space.place(of: point, in: field)
        let label = labels[place.centre]
        // The scatter within a pattern shrinks with its descriptor; that of noise does not.
        let reach = max(leastReach, reaches[place.centre] / gain)
        let remainder = max(space.remainderOfNothing, remainders[place.centre] / gain)
        guard place.distance <= Self.novelty * reach, place.remainder <= Self.novelty * remainder else {
          return count + 1
        }
        let isNothing = place.length < max(leastReach, place.distance)
        return isNothing && isOrdered(label) ? count + 1 : label
      }
    }
    return Raster(width: field.grid.columns, height: field.grid.rows, values: found.flatMap { $0 })
  }

  /// Whether a pattern repeats itself, as narrow ones do, so that it is not nothing.
  private func isOrdered(_ label: Int) -> Bool { label < 1 || orders[label - 1] != Segmentation.Pattern.Order.none }

  /// Factors by which noise may have changed all correlations, and so many of them are tried. At the largest, descriptors are hardly
  /// longer than those of noise alone.
  static let gains = 0.5...12.0
  private static let gainSteps = 81
  /// Some thousand points tell the factor.
  private static let gainSample = 2_000
  /// Farther from all groups than this share of its length, a point says nothing of the factor: it is of another pattern.
  private static let farthest = 0.5

  /// The best factor explains something where the mean distance is less than this share of the farthest that counts.
  private static let unlike = 0.95
  /// The factors that are tried are 4 % apart; one nearer than this to the first or the last is that one.
  private static let boundTolerance = 0.01

  /// By what the descriptors of the first image are longer than those of an image: with it the groups lie as near as possible to the
  /// descriptors. The mean distance, in units of the length of a point's descriptor, is least. 1 where hardly a point lies near a group
  /// with any factor.
  /// - Parameter isCore: points that take part, without those of nothing.
  func gain(of field: DescriptorField, core isCore: Raster<Bool>) -> Double {
    let unscaled = Space(basis: basis, centres: centres, gain: 1)
    let points = isCore.values.indices.filter {
      isCore.values[$0] && unscaled.length(of: $0, in: field) > Self.nothing * basis.scale
    }
    guard !points.isEmpty else { return 1 }
    let sample = stride(from: 0, to: points.count, by: max(1, points.count / Self.gainSample)).map { points[$0] }
    let ratio = log(Self.gains.upperBound / Self.gains.lowerBound) / Double(Self.gainSteps - 1)
    let costs = concurrentMap(count: Self.gainSteps) { step -> (cost: Double, gain: Double) in
      let gain = Self.gains.lowerBound * exp(ratio * Double(step))
      let space = Space(basis: basis, centres: centres, gain: gain)
      let cost = sample.reduce(0.0) { sum, point in
        let place = space.place(of: point, in: field)
        let square = place.remainder * place.remainder
        let distance = (place.distance * place.distance + square).squareRoot()
        return sum + min(Self.farthest, distance / (place.length * place.length + square).squareRoot())
      }
      return (cost / Double(sample.count), gain)
    }
    guard let best = costs.min(by: { ($0.cost, abs(log($0.gain))) < ($1.cost, abs(log($1.gain))) }),
      best.cost < Self.unlike * Self.farthest
    else { return 1 }
    return best.gain
  }

  /// Whether a factor is the largest or the smallest of those that are tried, so that the true one may lie beyond.
  package static func isBound(_ gain: Double) -> Bool {
    gain > gains.upperBound * (1 - boundTolerance) || gain < gains.lowerBound * (1 + boundTolerance)
  }

  /// Where descriptors lie among the groups.
  private struct Space: Sendable {
    /// Where nothing lies among the components, how far each group lies from it, so many times nearer than in the first image, group by
    /// group, and the height of all groups.
    private let origin, offsets: [Double]
    private let height: Double
    /// The remainder that noise of the length `nothing` in the components and the height has, being alike in all directions.
    let remainderOfNothing: Double

    /// - Parameter gain: the groups are so many times nearer to nothing.
    init(basis: DescriptorBasis, centres: Matrix<Double>, gain: Double) {
      let (width, share) = (centres.columns, 1 / gain)
      origin = Array(basis.origin.prefix(width))
      offsets = centres.values.indices.map { (centres.values[$0] - basis.origin[$0 % width]) * share }
      // All groups have the height of the mean.
      height = basis.origin[width] * share
      let ratio = Double(basis.unseenDimensions) / Double(centres.columns + 1)
      remainderOfNothing = PatternModel.nothing * basis.scale * max(1, ratio).squareRoot()
    }

    struct Place {
      /// The nearest group, and the distance from it along the components and the height.
      var centre: Int
      var distance: Double
      /// The distance from nothing along the same, and what they do not see.
      var length, remainder: Double
    }

    /// How far the descriptor of a point lies from that of nothing.
    func length(of point: Int, in field: DescriptorField) -> Double {
      let (values, width) = (field.components.values.span, origin.count)
      var sum = Double(field.heights[point]) * Double(field.heights[point])
      for k in 0..<width {
        let offset = Double(values[point * width + k]) - origin[k]
        sum += offset * offset
      }
      return sum.squareRoot()
    }

    func place(of point: Int, in field: DescriptorField) -> Place {
      let (values, origin, offsets) = (field.components.values.span, origin.span, offsets.span)
      let width = origin.count
      var (best, least) = (0, Double.infinity)
      for start in stride(from: 0, to: offsets.count, by: width) {
        var sum = 0.0
        for k in 0..<width {
          let difference = Double(values[point * width + k]) - origin[k] - offsets[start + k]
          sum += difference * difference
        }
        if sum < least { (best, least) = (start / width, sum) }
      }
      let height = Double(field.heights[point]) - height
      return Place(
        centre: best, distance: (least + height * height).squareRoot(), length: length(of: point, in: field),
        remainder: Double(field.remainders[point]))
    }
  }

  /// Whether translations place the edges of a pattern; they do not place those of one too small to be learned. What has no pattern (0) does
  /// not count against the edges of those beside it.
  func isPlaced(_ label: Int) -> Bool { discriminant.map { label < 1 || $0.isLearned[label - 1] } ?? false }

  /// Number of operations whose scores make the descriptor.
  public var operationCount: Int { basis.axes.mean.count }
  /// Whether these are a choice from all operations of their kinds.
  public var selectsOperations: Bool { basis.selection != nil }

  /// Whether the parts of a model that was read fit one another.
  package var isConsistent: Bool {
    let kinds = operations.count
    guard kinds >= 1, Set(operations).count == kinds, (3...4001).contains(scales.patchSize), scales.patchSize % 2 == 1,
      (1...2000).contains(scales.window), (1...2000).contains(scales.stride), scales.spacing.isFinite,
      scales.spacing > 0, scales.spacing <= 4000, scales.smoothing.map({ $0 > 0 && $0 <= 4001 }) ?? true,
      nanometresPerPixel.map({ $0.isFinite && $0 > 0 }) ?? true
    else { return false }
    let scores = OperationScores(kinds: operations, scales: scales, selection: nil).totalCount
    let rows = centres.rows
    return basis.weights.count == kinds && basis.isConsistent(total: scores) && (1...1000).contains(rows)
      && centres.columns == basis.axes.axes.rows && centres.values.count == rows * centres.columns
      && centres.values.allSatisfy(\.isFinite) && labels.count == rows && reaches.count == rows
      && remainders.count == rows && (reaches + remainders).allSatisfy { $0.isFinite && $0 > 0 }
      && orders.count == count
      && (1...1000).contains(count) && labels.max() == count
      && labels.allSatisfy { $0 >= 0 && $0 <= count }
      && discriminant?.isConsistent(patterns: count, scales: scales) ?? true
  }
}
