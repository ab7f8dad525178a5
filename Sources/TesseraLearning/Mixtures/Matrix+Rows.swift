import TesseraNumerics

extension Matrix where Scalar == Double {
  /// A range of rows.
  func rows(_ range: Range<Int>) -> Matrix {
    Matrix(
      rows: range.count, columns: columns,
      values: Array(values[range.lowerBound * columns..<range.upperBound * columns]))
  }
}

extension Matrix where Scalar == Float {
  /// The table in double precision with `mean` taken off each row.
  func centredInDouble(_ mean: [Double]) -> Matrix<Double> {
    var result = map { Double($0) }
    for row in 0..<rows {
      for column in 0..<columns { result.values[row * columns + column] -= mean[column] }
    }
    return result
  }
}
