import Foundation
import TesseraNumerics

/// Gaussian classes with one covariance, learned in one image and used in others: who belongs where, how surely, and who belongs
/// nowhere.
///
/// Another image may be brighter, noisier, and hold the classes in other shares: a common factor of all features is fitted, the
/// covariance grows by the difference of the noise, and the shares are found by expectation maximisation (M. Saerens et al., Neural
/// Comput. 14 (2002) 21). The means stay.
public struct LinearDiscriminant: Sendable, Codable, Equatable {
  /// Number of features.
  public let dimensions: Int
  /// Share of each class among the members, 0 ... 1.
  public let shares: [Double]
  /// Of a feature, from the noise of the pixels alone; in feature units.
  public let noise: Double
  /// The squared distance from its class, in units of the covariance, that 999 of 1000 members stay below.
  public let reach: Double
  /// The class averages, one after another.
  let means: PackedFloats
  /// Pooled over the classes: the variances along the principal axes, rising, and the axes one after another.
  let variances, axes: PackedFloats

  /// Number of classes.
  public var count: Int { shares.count }

  /// A squared distance this many times `reach` is no member's.
  private static let tolerance = 2.0
  /// Differences below this share of a row's norm are not told apart: no model of an image is better (as in `ClassFinder`).
  private static let resolution = 0.01
  private static let rounds = 20

  /// - Parameters:
  ///   - features: one row per sample.
  ///   - groups: rows of each class, one or more each; rows of finite numbers.
  ///   - noise: standard deviation of a feature from the noise of the image alone.
  /// - Throws: `DataError` where there is no class or no feature.
  public init(_ features: Matrix<Float>, groups: [[Int]], noise: Double) throws {
    let d = features.columns
    let total = groups.reduce(0) { $0 + $1.count }
    guard d > 0, !groups.isEmpty, groups.allSatisfy({ !$0.isEmpty }) else {
      throw DataError("classes without members or without features cannot be learned")
    }
    (dimensions, self.noise) = (d, noise)
    shares = groups.map { Double($0.count) / Double(total) }
    let centres = groups.map { group in
      (0..<d).map { j in group.reduce(0.0) { $0 + Double(features[$1, j]) } / Double(group.count) }
    }
    var offsets = Matrix<Double>(rows: total, columns: d, filling: 0)
    var row = 0
    for (group, centre) in zip(groups, centres) {
      for member in group {
        for j in 0..<d { offsets[row, j] = Double(features[member, j]) - centre[j] }
        row += 1
      }
    }
    let pooled = offsets.gram.map { $0 / Double(max(1, total - groups.count)) }
    guard let (values, vectors) = pooled.symmetricEigen() else {
      throw DataError("the covariance of the classes has no principal axes; a feature is not finite")
    }
    means = PackedFloats(centres.flatMap { $0.map(Float.init) })
    variances = PackedFloats(values.map { Float(max(0, $0)) })
    axes = PackedFloats((0..<d).flatMap { k in (0..<d).map { Float(vectors[$0, k]) } })
    let members = groups.flatMap { $0 }
    let frame = Frame(
      self.means, variances, axes, d: d, gain: 1, own: noise, other: noise,
      floor: Self.resolution * Self.norm(features, members))
    let known = frame.coordinates(of: features.selecting(rows: members))
    let owner = groups.indices.flatMap { k in groups[k].map { _ in k } }
    let distances = (0..<total).map { frame.squaredDistance(known.row($0), owner[$0]) }
    reach = Statistics.quantile(distances, 0.999)
  }

  /// What the classes of another image are.
  public struct Assignment: Sendable {
    /// 1 ... `count`; 0 where a row fits no class, or is not finite.
    public var labels: [Int]
    /// The posterior probability of the label, 0 ... 1; 0 without one.
    public var confidence: [Double]
    /// The features of this image over those of the first.
    public var gain: Double
    /// Share of each class among the samples of this image, 0 ... 1; together 1.
    public var shares: [Double]
  }

  /// - Parameters:
  ///   - features: of the other image, one row per sample, `dimensions` columns.
  ///   - other: noise of a feature there, in its own units.
  ///   - kinds: of the rows and of the classes, where it is known beforehand that a row belongs to a class of its own kind; a row of a
  ///     kind without classes fits none. Nil: every row may belong to every class.
  public func assignment(
    of features: Matrix<Float>, noise other: Double, kinds: (rows: [Bool], classes: [Bool])? = nil
  ) -> Assignment {
    precondition(features.columns == dimensions, "the features of the classes")
    precondition(kinds.map { $0.rows.count == features.rows && $0.classes.count == count } ?? true)
    let rows = (0..<features.rows).filter { row in
      features.row(row).allSatisfy(\.isFinite) && kinds.map { $0.classes.contains($0.rows[row]) } ?? true
    }
    let isOpen = kinds.map { kinds in rows.map { row in kinds.classes.map { $0 == kinds.rows[row] } } }
    var result = Assignment(
      labels: [Int](repeating: 0, count: features.rows), confidence: [Double](repeating: 0, count: features.rows),
      gain: 1, shares: shares)
    guard !rows.isEmpty else { return result }
    let known = features.selecting(rows: rows)
    let norm = Self.norm(features, rows)
    result.gain = norm / max(.leastNormalMagnitude, expectedNorm)
    var posteriors: [(label: Int, probability: Double, distance: Double)] = []
    for round in 0..<Self.rounds {
      let frame = Frame(
        means, variances, axes, d: dimensions, gain: result.gain, own: noise, other: other,
        floor: Self.resolution * norm)
      let places = frame.coordinates(of: known)
      let (best, sums) = frame.posteriors(places, shares: result.shares, isOpen: isOpen)
      posteriors = best
      guard round < Self.rounds - 1 else { break }
      let updated = sums.map { max($0, 0.5) / sums.reduce(0) { $0 + max($1, 0.5) } }
      let step = frame.gainStep(places, labels: best.map(\.label))
      let isSettled = abs(step - 1) < 1e-6 && zip(updated, result.shares).allSatisfy { abs($0 - $1) < 1e-6 }
      (result.shares, result.gain) = (updated, result.gain * step)
      if isSettled { break }
    }
    for (row, best) in zip(rows, posteriors) where best.distance <= Self.tolerance * reach {
      (result.labels[row], result.confidence[row]) = (best.label + 1, best.probability)
    }
    return result
  }

  /// How badly rows fit the classes: the mean of their squared distances to the nearest class, in units of the covariance, where none counts for
  /// more than what is no member's. A factor common to all features is taken out.
  ///
  /// - Parameters:
  ///   - features: one row per sample, `dimensions` columns; rows that are not finite are left out.
  ///   - other: noise of a feature there, in its own units.
  public func misfit(of features: Matrix<Float>, noise other: Double) -> Double {
    precondition(features.columns == dimensions, "the features of the classes")
    let rows = (0..<features.rows).filter { features.row($0).allSatisfy(\.isFinite) }
    guard !rows.isEmpty else { return 0 }
    let norm = Self.norm(features, rows)
    let frame = Frame(
      means, variances, axes, d: dimensions, gain: norm / max(.leastNormalMagnitude, expectedNorm), own: noise,
      other: other, floor: Self.resolution * norm)
    let places = frame.coordinates(of: features.selecting(rows: rows))
    let most = Self.tolerance * reach
    return Statistics.mean(
      rows.indices.map { row in
        shares.indices.reduce(most) { min($0, frame.squaredDistance(places.row(row), $1)) }
      })
  }

  /// Root mean square norm of a row that the classes have in the first image.
  private var expectedNorm: Double {
    let (means, spread) = (means.values, variances.values.reduce(0.0) { $0 + Double($1) })
    let square = shares.indices.reduce(0.0) { sum, k in
      sum + shares[k] * means[k * dimensions..<(k + 1) * dimensions].reduce(0.0) { $0 + Double($1) * Double($1) }
    }
    return (square + spread).squareRoot()
  }

  private static func norm(_ features: Matrix<Float>, _ rows: [Int]) -> Double {
    let sum = rows.reduce(0.0) { $0 + features.row($1).reduce(0.0) { $0 + Double($1) * Double($1) } }
    return (sum / Double(max(1, rows.count))).squareRoot()
  }
}

/// The classes as one image shows them, along the principal axes of their spread and in units of it.
private struct Frame: Sendable {
  /// Axes divided by the spread along them, one per column.
  let whitener: Matrix<Double>
  /// One row per class.
  let means: Matrix<Double>

  init(
    _ means: PackedFloats, _ variances: PackedFloats, _ axes: PackedFloats, d: Int, gain: Double, own: Double,
    other: Double, floor: Double
  ) {
    let (variances, axes) = (variances.values, axes.values)
    var whitener = Matrix<Double>(rows: d, columns: d, filling: 0)
    for k in 0..<d {
      // The spread of the motifs grows with the image, the noise is the image's own.
      let variance = gain * gain * max(0, Double(variances[k]) - own * own) + other * other
      let scale = 1 / max(variance, floor * floor, .leastNormalMagnitude).squareRoot()
      for j in 0..<d { whitener[j, k] = Double(axes[k * d + j]) * scale }
    }
    self.whitener = whitener
    let centres = means.values.map { gain * Double($0) }
    self.means = Matrix(rows: centres.count / d, columns: d, values: centres).times(whitener)
  }

  func coordinates(of features: Matrix<Float>) -> Matrix<Double> { features.map { Double($0) }.times(whitener) }

  func squaredDistance(_ place: ArraySlice<Double>, _ label: Int) -> Double {
    zip(place, means.row(label)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  /// The most probable class of each row, and the sums of all probabilities by class.
  /// - Parameter isOpen: of each row, which classes it may belong to, one at least; nil: all.
  func posteriors(
    _ places: Matrix<Double>, shares: [Double], isOpen: [[Bool]]?
  ) -> (best: [(label: Int, probability: Double, distance: Double)], sums: [Double]) {
    let logs = shares.map { log($0) }
    let parts = concurrentMap(chunksOf: 512, of: places.rows) { rows in
      var sums = [Double](repeating: 0, count: logs.count)
      let best = rows.map { row -> (label: Int, probability: Double, distance: Double) in
        let distances = logs.indices.map { squaredDistance(places.row(row), $0) }
        let scores = logs.indices.map { isOpen?[row][$0] ?? true ? logs[$0] - distances[$0] / 2 : -.infinity }
        let top = scores.indices.max { scores[$0] < scores[$1] }!
        let weights = scores.map { exp($0 - scores[top]) }
        let total = weights.reduce(0, +)
        for k in sums.indices { sums[k] += weights[k] / total }
        return (top, 1 / total, distances[top])
      }
      return (best, sums)
    }
    var sums = [Double](repeating: 0, count: logs.count)
    for part in parts { for k in sums.indices { sums[k] += part.1[k] } }
    return (parts.flatMap(\.0), sums)
  }

  /// The factor by which the class averages fit these rows better.
  func gainStep(_ places: Matrix<Double>, labels: [Int]) -> Double {
    var (product, square) = (0.0, 0.0)
    for (row, label) in labels.enumerated() {
      for (x, mean) in zip(places.row(row), means.row(label)) {
        product += x * mean
        square += mean * mean
      }
    }
    return square > 0 && product > 0 ? product / square : 1
  }
}

extension LinearDiscriminant {
  /// Whether the parts of a value that was read fit one another.
  public var isConsistent: Bool {
    dimensions > 0 && dimensions <= 2000 && !shares.isEmpty && means.values.count == shares.count * dimensions
      && variances.values.count == dimensions && axes.values.count == dimensions * dimensions
      && (means.values + variances.values + axes.values).allSatisfy(\.isFinite)
      && shares.allSatisfy { $0 > 0 && $0 <= 1 } && noise.isFinite && noise >= 0 && reach.isFinite && reach >= 0
  }
}
