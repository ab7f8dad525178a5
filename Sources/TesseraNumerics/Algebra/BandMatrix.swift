/// A symmetric matrix whose elements vanish farther than `band` from the diagonal; the lower half is stored.
package struct BandMatrix: Sendable {
  package let size, band: Int
  private var values: [Double]

  /// Zeros.
  package init(size: Int, band: Int) {
    precondition(size >= 0 && band >= 0)
    (self.size, self.band) = (size, band)
    values = [Double](repeating: 0, count: size * (band + 1))
  }

  /// An element on or below the diagonal, at most `band` below.
  package subscript(row: Int, column: Int) -> Double {
    get { values[index(row, column)] }
    set { values[index(row, column)] = newValue }
  }

  private func index(_ row: Int, _ column: Int) -> Int {
    precondition(column <= row && row - column <= band, "only the lower band is stored")
    return row * (band + 1) + row - column
  }

  /// Solves `self * x = right` by Cholesky's factors; nil if the matrix is not positive definite. O(size band²).
  package func solvedPositive(_ right: [Double]) -> [Double]? {
    precondition(right.count == size)
    var (factor, x) = (self, right)
    for row in 0..<size {
      for column in max(0, row - band)...row {
        var sum = self[row, column]
        for k in max(0, row - band, column - band)..<column { sum -= factor[row, k] * factor[column, k] }
        if row == column {
          guard sum > 0 else { return nil }
          factor[row, row] = sum.squareRoot()
        } else {
          factor[row, column] = sum / factor[column, column]
        }
      }
      for k in max(0, row - band)..<row { x[row] -= factor[row, k] * x[k] }
      x[row] /= factor[row, row]
    }
    for row in stride(from: size - 1, through: 0, by: -1) {
      for k in row + 1..<min(size, row + band + 1) { x[row] -= factor[k, row] * x[k] }
      x[row] /= factor[row, row]
    }
    return x
  }
}
