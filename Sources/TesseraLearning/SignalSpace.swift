import TesseraNumerics

/// The principal components of a table whose variance exceeds what noise alone would give, and how large the noise is.
///
/// Noise of equal variance σ² in d columns spreads the eigenvalues of the covariance of n samples up to
/// σ² (1 + √(d/n))² (Marchenko & Pastur, Math. USSR Sbornik 1 (1967) 457). σ² is taken from the lower half of the
/// eigenvalues, which classes do not reach while they are fewer than d / 2.
struct SignalSpace: Sendable {
  /// Coordinates of the samples, one a row, 2 ... `limit` columns, variance falling.
  let coordinates: Matrix<Float>
  /// Variance of the noise in each coordinate.
  let noise: Double
  /// Variance along each coordinate, noise included.
  let variances: [Double]

  /// Eigenvalues must exceed the edge by this factor, for noise that is not quite equal in all columns.
  private static let margin = 1.5

  init(of features: Matrix<Float>, limit: Int = 20) throws {
    let all = try PrincipalComponents(of: features, count: features.columns)
    let ratio = Double(features.columns) / Double(features.rows)
    noise = Statistics.median(Array(all.variances.suffix((all.variances.count + 1) / 2)))
    let edge = Self.margin * noise * (1 + ratio.squareRoot()) * (1 + ratio.squareRoot())
    let above = all.variances.count { $0 > edge }
    let kept = min(all.variances.count, max(2, min(limit, above)))
    variances = Array(all.variances.prefix(kept))
    let columns = all.transform(features)
    coordinates = columns.selecting(columns: Array(0..<kept))
  }
}
