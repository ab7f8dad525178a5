import Foundation
import TesseraNumerics

/// Weighted sums over samples, from which a mixture follows: for each component Σ r, Σ r x and Σ r x xᵀ.
struct MixtureMoments: Sendable {
  /// Samples of one piece of a step; fixed, so that sums do not depend on the number of threads.
  static let sampleBlock = 512

  var weights: [Double]
  var sums: Matrix<Double>
  var products: [Matrix<Double>]
  /// Whether only the diagonal of Σ r x xᵀ is summed, which is d times faster.
  let diagonalOnly: Bool

  init(components: Int, columns: Int, diagonalOnly: Bool) {
    self.diagonalOnly = diagonalOnly
    weights = [Double](repeating: 0, count: components)
    sums = Matrix(rows: components, columns: columns, filling: 0)
    products = [Matrix](repeating: Matrix(rows: columns, columns: columns, filling: 0), count: components)
  }

  /// The sums over a table, `responsibilities` holding one row of weights per sample.
  init(of table: Matrix<Double>, weightedBy responsibilities: Matrix<Double>, diagonalOnly: Bool) {
    self.init(components: responsibilities.columns, columns: table.columns, diagonalOnly: diagonalOnly)
    let parts = concurrentMap(chunksOf: Self.sampleBlock, of: table.rows) { rows in
      MixtureMoments(
        block: table.rows(rows), weightedBy: responsibilities.rows(rows), diagonalOnly: diagonalOnly)
    }
    for part in parts { add(part) }
  }

  init(block: Matrix<Double>, weightedBy responsibilities: Matrix<Double>, diagonalOnly: Bool) {
    self.init(components: responsibilities.columns, columns: block.columns, diagonalOnly: diagonalOnly)
    let d = block.columns
    for component in weights.indices {
      var (sum, square) = ([Double](repeating: 0, count: d), [Double](repeating: 0, count: d))
      var scaled = diagonalOnly ? Matrix(rows: 0, columns: d, filling: 0) : block
      for row in 0..<block.rows {
        let (share, start) = (responsibilities[row, component], row * d)
        weights[component] += share
        for column in 0..<d { sum[column] += share * block.values[start + column] }
        if diagonalOnly {
          for column in 0..<d { square[column] += share * block.values[start + column] * block.values[start + column] }
        } else {
          let root = share.squareRoot()
          for column in 0..<d { scaled.values[start + column] *= root }
        }
      }
      for column in 0..<d { sums[component, column] = sum[column] }
      if diagonalOnly {
        for column in 0..<d { products[component][column, column] = square[column] }
      } else {
        products[component] = scaled.gram
      }
    }
  }

  mutating func add(_ other: MixtureMoments) {
    for component in weights.indices {
      weights[component] += other.weights[component]
      for index in products[component].values.indices {
        products[component].values[index] += other.products[component].values[index]
      }
    }
    for index in sums.values.indices { sums.values[index] += other.sums.values[index] }
  }
}
