import Foundation
import TesseraLearning
import TesseraNumerics

/// The descriptors of each pattern as a normal distribution: how probable each pattern is for a point, by its descriptor alone.
///
/// Patterns that a gap separates have probabilities of 0 and 1; patterns that run into each other, as of a number that was asked for
/// and that no gap speaks for, have probabilities between. Fitted by expectation-maximisation (`GaussianMixture`), starting from the
/// patterns found; of patterns that are those of another image, the distributions are those of the points that have the label.
struct PatternMixture: Sendable {
  /// Share of each pattern among the points; they sum to 1.
  private(set) var weights: [Double]
  /// One row per pattern, one column per component of the descriptor.
  private var means: Matrix<Double>
  /// Inverse of the covariance matrix of each pattern, and the logarithm of its determinant.
  private var precisions: [Matrix<Double>]
  private var logDeterminants: [Double]

  /// Steps of expectation-maximisation: it starts near its end.
  private static let stepLimit = 50
  /// Some thousand points know a covariance of five components well enough.
  private static let sampleLimit = 20_000

  /// - Parameters:
  ///   - labels: pattern of each point, 1 upwards; 0 for points that say nothing. A pattern without points is never probable.
  ///   - resolution: smallest standard deviation that a pattern is taken to have, in units of the descriptor.
  ///   - isRefined: whether points may change their pattern.
  init(
    of field: DescriptorField, labels: Raster<Int>, count: Int, resolution: Double, isRefined: Bool = true
  ) throws {
    let known = labels.values.indices.filter { (1...count).contains(labels.values[$0]) }
    let present = Set(known.lazy.map { labels.values[$0] }).sorted()
    let d = field.components.columns
    weights = [Double](repeating: 0, count: count)
    means = Matrix<Double>(rows: count, columns: d, filling: 0)
    precisions = [Matrix<Double>](repeating: Matrix(rows: d, columns: d, filling: 0), count: count)
    logDeterminants = weights
    guard !present.isEmpty else { return }
    let sample = stride(from: 0, to: known.count, by: max(1, known.count / Self.sampleLimit)).map { known[$0] }
    let table = field.components.selecting(rows: sample)
    let variance = Statistics.deviation(table.values)
    var mixture = GaussianMixture(count: present.count)
    mixture.regularisation = max(1e-6, resolution * resolution / max(variance * variance, .leastNormalMagnitude))
    mixture.stepLimit = isRefined ? Self.stepLimit : 1
    var number = [Int](repeating: 0, count: count + 1)
    for (index, label) in present.enumerated() { number[label] = index }
    let fit = try mixture.fit(table, startingFrom: sample.map { number[labels.values[$0]] })
    for (index, label) in present.enumerated() where index < fit.weights.count {
      weights[label - 1] = fit.weights[index]
      for k in 0..<d { means[label - 1, k] = fit.means[index, k] }
      let covariance = fit.covariances[index]
      if let inverse = covariance.invertedPositive() { precisions[label - 1] = inverse }
      logDeterminants[label - 1] = (covariance.symmetricEigen()?.values ?? []).reduce(0) {
        $0 + log(max($1, .leastNormalMagnitude))
      }
    }
  }

  /// Number of patterns.
  var count: Int { weights.count }

  /// Probability of each pattern for each point, one row per point, one column per pattern; rows sum to 1, or to 0
  /// where no pattern has points.
  func probabilities(of field: DescriptorField) -> Matrix<Float> {
    let d = field.components.columns
    let parts = concurrentMap(chunksOf: 4096, of: field.grid.count) { points -> [Float] in
      var result: [Float] = []
      result.reserveCapacity(points.count * count)
      var row = [Double](repeating: 0, count: d)
      for point in points {
        for k in 0..<d {
          row[k] = Double(field.components.values[point * d + k])
        }
        let logs = weights.indices.map { logDensity(of: row, $0) }
        let largest = logs.max() ?? 0
        let shares = logs.map { largest.isFinite ? exp($0 - largest) : 0 }
        let sum = shares.reduce(0, +)
        result += shares.map { sum > 0 ? Float($0 / sum) : 0 }
      }
      return result
    }
    return Matrix(rows: field.grid.count, columns: count, values: parts.flatMap { $0 })
  }

  /// Of the weight times the density, less a constant.
  private func logDensity(of row: [Double], _ pattern: Int) -> Double {
    let d = row.count
    let precision = precisions[pattern]
    guard weights[pattern] > 0 else { return -.infinity }
    var square = 0.0
    for i in 0..<d {
      let x = row[i] - means.values[pattern * d + i]
      var sum = 0.0
      for j in 0..<d { sum += precision.values[i * d + j] * (row[j] - means.values[pattern * d + j]) }
      square += x * sum
    }
    return log(weights[pattern]) - (square + logDeterminants[pattern]) / 2
  }
}
