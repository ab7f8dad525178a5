import TesseraNumerics

/// Rows made ready for one metric, so that the nearest row is the one of largest `u · v - |v|² / 2`.
///
/// For the correlation distance each row loses its mean and gets the length 1; then 1 - r = |u - v|² / 2. For the
/// Euclidean distance the table is centred, which keeps the products small and their rounding errors with them.
struct MetricRows: Sendable {
  let metric: NeighbourMetric
  let count, width: Int
  /// `count` rows of `width` numbers.
  let values: [Float]
  /// |v|² / 2 of each row.
  let halfSquares: [Float]

  init(_ features: Matrix<Float>, metric: NeighbourMetric) {
    self.metric = metric
    (count, width) = (features.rows, features.columns)
    switch metric {
    case .euclidean:
      values = centred(features, columnMeans(of: features)).values
      halfSquares = (0..<features.rows).map { [values, width] row in
        var sum: Float = 0
        for column in row * width..<(row + 1) * width { sum += values[column] * values[column] }
        return sum / 2
      }
    case .correlation:
      var unit = features.values
      let width = features.columns
      for row in 0..<features.rows {
        let range = row * width..<(row + 1) * width
        var mean = 0.0
        for column in range { mean += Double(unit[column]) }
        mean /= Double(width)
        var square = 0.0
        for column in range { square += (Double(unit[column]) - mean) * (Double(unit[column]) - mean) }
        // A constant row has no correlation with anything; it stays zero.
        let scale = square > 1e-24 * mean * mean * Double(width) && square > 0 ? 1 / square.squareRoot() : 0
        for column in range { unit[column] = Float((Double(unit[column]) - mean) * scale) }
      }
      values = unit
      halfSquares = [Float](repeating: 0.5, count: features.rows)
    }
  }

  private init(metric: NeighbourMetric, count: Int, width: Int, values: [Float], halfSquares: [Float]) {
    (self.metric, self.count, self.width) = (metric, count, width)
    (self.values, self.halfSquares) = (values, halfSquares)
  }

  /// The rows with these indices, in this order.
  func selecting(_ indices: [Int]) -> MetricRows {
    MetricRows(
      metric: metric, count: indices.count, width: width, values: values(of: indices),
      halfSquares: indices.map { halfSquares[$0] })
  }

  /// The numbers of the rows with these indices, one row after the other.
  func values(of indices: some Collection<Int>) -> [Float] {
    var chosen: [Float] = []
    chosen.reserveCapacity(indices.count * width)
    for index in indices { chosen += values[index * width..<(index + 1) * width] }
    return chosen
  }

  /// The distance of two rows, to a few units in the last place.
  func distance(_ a: Int, _ b: Int) -> Float {
    let square = values.withUnsafeBufferPointer { all in
      squaredDistance(all.baseAddress! + a * width, all.baseAddress! + b * width, count: width)
    }
    switch metric {
    case .euclidean: return square.squareRoot()
    case .correlation:
      // |u - v|² is 2 (1 - r) for unit rows, 1 if one of them is the zero of a constant row, 0 if both are.
      return isZero(a) || isZero(b) ? 1 : square / 2
    }
  }

  private func isZero(_ row: Int) -> Bool { !values[row * width..<(row + 1) * width].contains { $0 != 0 } }
}

/// |a - b|², eight lanes at a time. The pointers must reach `count` numbers.
private func squaredDistance(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
  var lanes = SIMD8<Float>.zero
  var index = 0
  while index + 8 <= count {
    let difference =
      UnsafeRawPointer(a + index).loadUnaligned(as: SIMD8<Float>.self)
      - UnsafeRawPointer(b + index).loadUnaligned(as: SIMD8<Float>.self)
    lanes += difference * difference
    index += 8
  }
  var sum = lanes.sum()
  while index < count {
    sum += (a[index] - b[index]) * (a[index] - b[index])
    index += 1
  }
  return sum
}
