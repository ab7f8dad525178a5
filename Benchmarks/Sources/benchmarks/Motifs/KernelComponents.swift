import Foundation
import TesseraNumerics

/// Principal components in the space of a Gaussian kernel. Source: Schölkopf, Smola & Müller, Neural Comput. 10 (1998) 1299, §2 and App. A.
///
///     K(i, j) = exp(-|xᵢ - xⱼ|² / (2 w²)),   w the median distance of two patches
///
/// M22 names no kernel and no width; the median is the usual choice where nothing else is known. O(n² d + n³).
struct KernelComponents {
  var count = 66

  func features(ofRows patches: Matrix<Float>) throws -> Matrix<Float> {
    let squares = squaredDistances(of: patches)
    let n = patches.rows
    let pairs = (0..<n).flatMap { i in ((i + 1)..<max(i + 1, n)).map { squares[i, $0] } }
    let width = Double(Statistics.median(pairs.map { Double($0) }))
    var kernel = squares.map { exp(-Double($0) / (2 * max(width, .leastNormalMagnitude))) }
    let means = (0..<n).map { kernel.row($0).reduce(0, +) / Double(n) }
    let mean = means.reduce(0, +) / Double(n)
    for i in 0..<n { for j in 0..<n { kernel[i, j] += mean - means[i] - means[j] } }
    guard let (values, vectors) = kernel.symmetricEigen() else {
      return Matrix(rows: n, columns: 0, filling: 0)
    }
    let kept = (0..<n).reversed().prefix(count).filter { values[$0] > 0 }
    var result = Matrix<Float>(rows: n, columns: kept.count, filling: 0)
    for (column, axis) in kept.enumerated() {
      for row in 0..<n { result[row, column] = Float(vectors[row, axis] * values[axis].squareRoot()) }
    }
    return result
  }
}

/// Squared distances of all pairs of rows, from one product of the centred table.
func squaredDistances(of table: Matrix<Float>) -> Matrix<Float> {
  var centred = table
  for column in 0..<table.columns {
    var mean = 0.0
    for row in 0..<table.rows { mean += Double(table[row, column]) / Double(table.rows) }
    for row in 0..<table.rows { centred[row, column] -= Float(mean) }
  }
  var products = centred.times(centred, transposingRight: true)
  let lengths = (0..<table.rows).map { products[$0, $0] }
  for i in 0..<table.rows {
    for j in 0..<table.rows { products[i, j] = i == j ? 0 : max(0, lengths[i] + lengths[j] - 2 * products[i, j]) }
  }
  return products
}
