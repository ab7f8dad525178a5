import Foundation
import TesseraLearning
import TesseraNumerics

/// The descriptors of each pattern as a normal distribution: how probable each pattern is for a point, by its descriptor alone.
///
/// Patterns that a gap separates have probabilities of 0 and 1; patterns that run into each other, as of a number that was asked for
/// and that no gap speaks for, have probabilities between. Fitted by expectation-maximisation (`GaussianMixture`), starting from the
/// patterns found.
public struct PatternMixture: Sendable, Codable, Equatable {
  /// Share of each pattern among the points; they sum to 1.
  let weights: [Double]
  /// One row a pattern, one column a component of the descriptor.
  let means: Matrix<Double>
  /// Inverse of the covariance matrix of each pattern, and the logarithm of its determinant.
  let precisions: [Matrix<Double>]
  let logDeterminants: [Double]

  /// Steps of expectation-maximisation: it starts near its end.
  private static let stepLimit = 50
  /// Some thousand points know a covariance of five components well enough.
  private static let sampleLimit = 20_000

  /// - Parameters:
  ///   - labels: pattern of each point, 1 upwards; 0 for points that say nothing.
  ///   - resolution: smallest standard deviation that a pattern is taken to have, in units of the descriptor.
  init(of field: DescriptorField, labels: Raster<Int>, count: Int, resolution: Double) throws {
    let known = labels.values.indices.filter { (1...count).contains(labels.values[$0]) }
    let sample = stride(from: 0, to: known.count, by: max(1, known.count / Self.sampleLimit)).map { known[$0] }
    let table = field.components.selecting(rows: sample)
    let d = table.columns
    let variance = Statistics.deviation(table.values)
    var mixture = GaussianMixture(count: count)
    mixture.regularisation = max(1e-6, resolution * resolution / max(variance * variance, .leastNormalMagnitude))
    mixture.stepLimit = Self.stepLimit
    let fit = try mixture.fit(table, startingFrom: sample.map { labels.values[$0] - 1 })
    weights = fit.weights
    means = fit.means
    let inverses = fit.covariances.map { $0.invertedPositive() ?? Matrix(rows: d, columns: d, filling: 0) }
    precisions = inverses
    logDeterminants = fit.covariances.map { covariance in
      (covariance.symmetricEigen()?.values ?? []).reduce(0) { $0 + log(max($1, .leastNormalMagnitude)) }
    }
  }

  /// Number of patterns.
  var count: Int { weights.count }

  /// Probability of each pattern for each point, one row a point, one column a pattern; rows sum to 1.
  /// - Parameter gain: what descriptors are multiplied by before, measured from that of nothing (`PatternModel`).
  func probabilities(of field: DescriptorField, gain: Double) -> Matrix<Float> {
    let d = field.components.columns
    let origin = field.origin
    let parts = concurrentMap(chunksOf: 4096, of: field.grid.count) { points -> [Float] in
      var result: [Float] = []
      result.reserveCapacity(points.count * count)
      var row = [Double](repeating: 0, count: d)
      for point in points {
        for k in 0..<d {
          row[k] = origin[k] + gain * (Double(field.components.values[point * d + k]) - origin[k])
        }
        let logs = weights.indices.map { logDensity(of: row, $0) }
        let largest = logs.max() ?? 0
        let shares = logs.map { exp($0 - largest) }
        let sum = shares.reduce(0, +)
        result += shares.map { Float($0 / sum) }
      }
      return result
    }
    return Matrix(rows: field.grid.count, columns: count, values: parts.flatMap { $0 })
  }

  /// Of the weight times the density, less a constant.
  private func logDensity(of row: [Double], _ pattern: Int) -> Double {
    let d = row.count
    let precision = precisions[pattern]
    var square = 0.0
    for i in 0..<d {
      let x = row[i] - means.values[pattern * d + i]
      var sum = 0.0
      for j in 0..<d { sum += precision.values[i * d + j] * (row[j] - means.values[pattern * d + j]) }
      square += x * sum
    }
    return log(max(weights[pattern], .leastNormalMagnitude)) - (square + logDeterminants[pattern]) / 2
  }

  /// Whether the numbers fit one another, as those of a damaged file may not.
  func isConsistent(patterns: Int, components: Int) -> Bool {
    weights.count == patterns && means.rows == patterns && means.columns == components
      && means.values.count == patterns * components && precisions.count == patterns
      && precisions.allSatisfy {
        $0.rows == components && $0.columns == components && $0.values.count == components * components
      }
      && logDeterminants.count == patterns
      && (weights + means.values + precisions.flatMap(\.values) + logDeterminants).allSatisfy(\.isFinite)
      && weights.allSatisfy { $0 >= 0 }
  }
}
