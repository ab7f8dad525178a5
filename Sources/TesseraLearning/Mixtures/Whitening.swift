import Foundation
import TesseraNumerics

/// W = L⁻ᵀ for the Cholesky factor L of a positive definite matrix, and the log of its determinant.
func whitening(of covariance: Matrix<Double>) -> (matrix: Matrix<Double>, logDeterminant: Double) {
  let d = covariance.rows
  var factor = covariance
  var logDeterminant = 0.0
  for i in 0..<d {
    for j in 0...i {
      var sum = covariance[i, j]
      for m in 0..<j { sum -= factor[i, m] * factor[j, m] }
      if i == j {
        // Rounding may leave a pivot at or below zero where the floor is far below the largest variance.
        let pivot = max(sum, 1e-14 * max(covariance[i, i], .leastNormalMagnitude))
        factor[i, i] = pivot.squareRoot()
        logDeterminant += log(pivot)
      } else {
        factor[i, j] = sum / factor[j, j]
      }
    }
  }
  // Column by column L X = 1; W is the transpose of X.
  var result = Matrix<Double>(rows: d, columns: d, filling: 0)
  for column in 0..<d {
    for i in column..<d {
      var sum = i == column ? 1.0 : 0
      for m in column..<i { sum -= factor[i, m] * result[column, m] }
      result[column, i] = sum / factor[i, i]
    }
  }
  return (result, logDeterminant)
}
