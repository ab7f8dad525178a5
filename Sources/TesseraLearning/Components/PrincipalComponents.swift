import TesseraNumerics

/// The directions of largest variance of a table, and the coordinates of samples along them.
///
/// Source: Jolliffe, Principal Component Analysis (2nd ed.), §1.1 and §3.5. The sign of each axis makes its component
/// of largest magnitude positive (ties: the first), so the same table always gives the same coordinates.
public struct PrincipalComponents: Sendable, Codable, Equatable {
  /// Mean of each column.
  public let mean: [Double]
  /// One axis of unit length a row, variance falling.
  public let axes: Matrix<Double>
  /// Variance along each axis (squared deviations divided by the number of samples).
  public let variances: [Double]
  /// Sum of the variances of all columns, of which `variances` is a part.
  public let totalVariance: Double

  /// Fits the axes. O(n d² + d³) for n samples of d columns, or O(n² d + n³) where there are fewer samples than columns.
  /// - Parameters:
  ///   - features: one sample a row, finite numbers.
  ///   - count: axes wanted, 1 or more; at most min(n, d) are kept.
  public init(of features: Matrix<Float>, count: Int) throws {
    try require(count >= 1, "the number of principal components", is: count, mustBe: "1 or more")
    guard features.rows > 0, features.columns > 0 else { throw DataError("principal components need a sample") }
    let mean = columnMeans(of: features)
    guard mean.allSatisfy(\.isFinite) else {
      throw DataError("principal components need finite numbers; a feature is infinite or not a number")
    }
    let kept = min(count, features.rows, features.columns)
    let (axes, variances, total) =
      features.columns <= features.rows
      ? try Self.fromCovariance(of: features, mean: mean, kept: kept)
      : try Self.fromProducts(of: features, mean: mean, kept: kept)
    self.mean = mean
    self.axes = withFixedSigns(axes)
    self.variances = variances
    totalVariance = total
  }

  /// Coordinates of samples along the axes, one sample a row.
  public func transform(_ features: Matrix<Float>) -> Matrix<Float> {
    precondition(features.columns == mean.count, "the axes were fitted to \(mean.count) columns")
    // (x - mean) · a in this order: subtracting mean · a afterwards loses digits where the mean is large.
    return centred(features, mean).times(axes.map { Float($0) }, transposingRight: true)
  }

  /// The samples with these coordinates along the axes.
  public func restored(_ coordinates: Matrix<Float>) -> Matrix<Float> {
    var result = coordinates.times(axes.map { Float($0) })
    for row in 0..<result.rows {
      for column in 0..<result.columns { result.values[row * result.columns + column] += Float(mean[column]) }
    }
    return result
  }

  private typealias Parts = (axes: Matrix<Double>, variances: [Double], total: Double)

  private static func fromCovariance(of features: Matrix<Float>, mean: [Double], kept: Int) throws -> Parts {
    let covariance = scatter(of: features, mean: mean).map { $0 / Double(features.rows) }
    guard let (values, vectors) = covariance.symmetricEigen() else {
      throw DataError("principal components: LAPACK found no eigenvalues")
    }
    let order = (0..<kept).map { values.count - 1 - $0 }
    let total = (0..<features.columns).reduce(0) { $0 + covariance[$1, $1] }
    return (vectors.selecting(columns: order).transposed, order.map { max(0, values[$0]) }, total)
  }

  /// X Xᵀ has the same nonzero eigenvalues as Xᵀ X; if u is an eigenvector of the one, Xᵀ u is one of the other.
  private static func fromProducts(of features: Matrix<Float>, mean: [Double], kept: Int) throws -> Parts {
    let x = centred(features, mean).map { Double($0) }
    let products = x.times(x, transposingRight: true).map { $0 / Double(features.rows) }
    guard let (values, vectors) = products.symmetricEigen() else {
      throw DataError("principal components: LAPACK found no eigenvalues")
    }
    let order = (0..<kept).map { values.count - 1 - $0 }
    var axes = vectors.selecting(columns: order).transposed.times(x)
    for row in 0..<axes.rows {
      let length = axes.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
      for column in 0..<axes.columns where length > 0 { axes[row, column] /= length }
    }
    let total = (0..<features.rows).reduce(0) { $0 + products[$1, $1] }
    return (axes, order.map { max(0, values[$0]) }, total)
  }
}

/// Samples of one piece of a sum over samples; fixed, so that sums do not depend on the number of threads.
private let sampleBlock = 2048

/// Mean of each column.
package func columnMeans(of features: Matrix<Float>) -> [Double] {
  let sums = concurrentMap(chunksOf: sampleBlock, of: features.rows) { rows in
    var sum = [Double](repeating: 0, count: features.columns)
    for row in rows {
      let start = row * features.columns
      for column in 0..<features.columns { sum[column] += Double(features.values[start + column]) }
    }
    return sum
  }
  var total = [Double](repeating: 0, count: features.columns)
  for sum in sums { for column in total.indices { total[column] += sum[column] } }
  return total.map { $0 / Double(max(1, features.rows)) }
}

/// Sum over the samples of (x - mean)(x - mean)ᵀ.
package func scatter(of features: Matrix<Float>, mean: [Double]) -> Matrix<Double> {
  let width = features.columns
  let parts = concurrentMap(chunksOf: sampleBlock, of: features.rows) { rows in
    var block = Matrix<Double>(rows: rows.count, columns: width, filling: 0)
    for row in rows {
      let (from, to) = (row * width, (row - rows.lowerBound) * width)
      for column in 0..<width { block.values[to + column] = Double(features.values[from + column]) - mean[column] }
    }
    return block.gram
  }
  var total = Matrix<Double>(rows: width, columns: width, filling: 0)
  for part in parts { for index in total.values.indices { total.values[index] += part.values[index] } }
  return total
}

/// The table with `mean` taken off each row.
package func centred(_ features: Matrix<Float>, _ mean: [Double]) -> Matrix<Float> {
  var result = features
  for row in 0..<features.rows {
    let start = row * features.columns
    for column in 0..<features.columns {
      result.values[start + column] = Float(Double(features.values[start + column]) - mean[column])
    }
  }
  return result
}

private func withFixedSigns(_ axes: Matrix<Double>) -> Matrix<Double> {
  var result = axes
  for row in 0..<axes.rows {
    // Components that are equal but for rounding must not decide: the first within a part in 10⁹ of the largest does.
    let largest = axes.row(row).reduce(0) { max($0, abs($1)) }
    guard let first = axes.row(row).first(where: { abs($0) >= largest * (1 - 1e-9) }), first < 0 else { continue }
    for column in 0..<axes.columns { result[row, column].negate() }
  }
  return result
}
