import TesseraNumerics

extension Layout {
  /// The points as a table of two columns.
  public var table: Matrix<Float> {
    Matrix(rows: points.count, columns: 2, values: points.flatMap { [Float($0.x), Float($0.y)] })
  }
}
