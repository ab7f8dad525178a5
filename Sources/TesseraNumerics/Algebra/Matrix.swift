/// A table of numbers, row-major; a feature matrix has one row per sample.
public struct Matrix<Scalar> {
  /// Number of rows; in a feature matrix, the number of samples.
  public let rows: Int
  /// Number of columns; in a feature matrix, the number of features.
  public let columns: Int
  /// Row after row; `rows * columns` numbers.
  public var values: [Scalar]

  /// Wraps numbers that exist already, row after row. `values.count` must be `rows * columns`.
  @inlinable public init(rows: Int, columns: Int, values: [Scalar]) {
    precondition(rows >= 0 && columns >= 0 && values.count == rows * columns, "a matrix needs rows x columns values")
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }

  /// A matrix in which all numbers are equal.
  @inlinable public init(rows: Int, columns: Int, filling value: Scalar) {
    self.init(rows: rows, columns: columns, values: [Scalar](repeating: value, count: rows * columns))
  }

  /// The number in this row and column, both counted from 0; they must lie inside the matrix.
  @inlinable public subscript(row: Int, column: Int) -> Scalar {
    get {
      precondition(column >= 0 && column < columns)
      return values[row * columns + column]
    }
    set {
      precondition(column >= 0 && column < columns)
      values[row * columns + column] = newValue
    }
  }

  /// One row, as a slice of `values`.
  @inlinable public func row(_ index: Int) -> ArraySlice<Scalar> { values[index * columns..<(index + 1) * columns] }

  /// The rows with these indices, in this order.
  public func selecting(rows indices: [Int]) -> Matrix {
    var chosen: [Scalar] = []
    chosen.reserveCapacity(indices.count * columns)
    for index in indices { chosen += row(index) }
    return Matrix(rows: indices.count, columns: columns, values: chosen)
  }

  /// The columns with these indices, in this order.
  public func selecting(columns indices: [Int]) -> Matrix {
    var chosen: [Scalar] = []
    chosen.reserveCapacity(rows * indices.count)
    for row in 0..<rows { for index in indices { chosen.append(self[row, index]) } }
    return Matrix(rows: rows, columns: indices.count, values: chosen)
  }

  /// The mean of some rows; NaN of none.
  package func mean(ofRows indices: [Int]) -> [Double] where Scalar: BinaryFloatingPoint {
    (0..<columns).map { column in
      indices.reduce(0.0) { $0 + Double(self[$1, column]) } / Double(indices.count)
    }
  }

  /// The square of the distance of a row from a place with as many coordinates as it has columns.
  package func squaredDistance(ofRow row: Int, from place: [Double]) -> Double where Scalar: BinaryFloatingPoint {
    place.indices.reduce(0.0) { sum, column in
      let difference = Double(self[row, column]) - place[column]
      return sum + difference * difference
    }
  }

  /// A copy with rows and columns exchanged.
  public var transposed: Matrix {
    var result: [Scalar] = []
    result.reserveCapacity(values.count)
    for column in 0..<columns { for row in 0..<rows { result.append(values[row * columns + column]) } }
    return Matrix(rows: columns, columns: rows, values: result)
  }

  /// A matrix of the same size with each number transformed.
  @inlinable public func map<Other>(_ transform: (Scalar) throws -> Other) rethrows -> Matrix<Other> {
    Matrix<Other>(rows: rows, columns: columns, values: try values.map(transform))
  }
}

extension Matrix: Sendable where Scalar: Sendable {}
extension Matrix: Equatable where Scalar: Equatable {}
extension Matrix: Codable where Scalar: Codable {}
