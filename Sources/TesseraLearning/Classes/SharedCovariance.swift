import Foundation
import TesseraNumerics

/// Gaussian classes with one covariance for all: linear boundaries, sizes as prior weights.
struct SharedCovariance: Sendable {
  private let whitener: Matrix<Double>
  private let means: [[Double]]
  private let logWeights: [Double]

  /// Nil where the pooled covariance cannot be inverted.
  init?(_ groups: [[Int]], _ table: WhitenedTable) {
    let d = table.components
    var pooled = Matrix<Double>(rows: d, columns: d, filling: 0)
    let centres = groups.map { table.mean(of: $0) }
    let total = Double(groups.reduce(0) { $0 + $1.count })
    for (group, centre) in zip(groups, centres) {
      let c = table.covariance(of: group, about: centre)
      for k in pooled.values.indices { pooled.values[k] += c.values[k] * Double(group.count) / total }
    }
    // No direction is narrower than the noise.
    guard let (values, vectors) = pooled.symmetricEigen() else { return nil }
    var w = vectors
    for k in 0..<d { for j in 0..<d { w[j, k] = vectors[j, k] / max(1, values[k]).squareRoot() } }
    whitener = w
    func whitened(_ x: [Double]) -> [Double] { Matrix(rows: 1, columns: d, values: x).times(w).values }
    means = centres.map(whitened)
    logWeights = groups.map { log(Double($0.count) / total) }
  }

  /// The class with the largest posterior probability for each row.
  func assignment(of table: WhitenedTable) -> [Int] {
    let white = table.values.times(whitener)
    let d = white.columns
    return concurrentMap(chunksOf: 512, of: white.rows) { rows in
      rows.map { row in
        var best = (label: 0, score: -Double.infinity)
        for (label, mean) in means.enumerated() {
          var sum = 0.0
          for j in 0..<d { sum += (white.values[row * d + j] - mean[j]) * (white.values[row * d + j] - mean[j]) }
          let score = logWeights[label] - sum / 2
          if score > best.score { best = (label, score) }
        }
        return best.label
      }
    }.flatMap { $0 }
  }
}
