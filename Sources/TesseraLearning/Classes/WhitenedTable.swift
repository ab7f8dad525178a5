import TesseraNumerics

/// Features in the directions that carry more than noise, in units of the noise: one row per sample, in which the noise
/// of every column has standard deviation 1.
struct WhitenedTable: Sendable {
  let values: Matrix<Double>
  /// Standard deviation of the noise of a feature, in feature units.
  let noise: Double
  /// Sum of the variances of all columns, in units of the noise's variance.
  let totalVariance: Double

  var count: Int { values.rows }
  var components: Int { values.columns }

  /// The largest eigenvalue of noise that is not quite white, such as that of neighbouring pixels, exceeds the edge for white noise; so far it
  /// is still noise.
  private static let edgeMargin = 1.15
  /// Of the largest eigenvalue, 3e-4 of its amplitude: what is less is rounding of features in single precision, and no noise of the image.
  private static let roundingShare = 1e-7

  /// Components count whose eigenvalue exceeds what white noise reaches by chance (the edge of Marchenko and Pastur),
  /// with `edgeMargin` to spare.
  init(_ features: Matrix<Float>, noise known: Double, resolution: Double, componentLimit: Int) {
    let (n, m) = (features.rows, features.columns)
    let centred = features.centredInDouble(columnMeans(of: features))
    let covariance = centred.gram.map { $0 / Double(max(1, n - 1)) }
    guard let (eigenvalues, vectors) = covariance.symmetricEigen(), let largest = eigenvalues.last, largest > 0 else {
      (values, noise, totalVariance) = (Matrix(rows: n, columns: 0, values: []), known, 0)
      return
    }
    let bulk = Statistics.median(Array(eigenvalues.prefix(max(1, m / 2))))
    let power = features.values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(n)
    let variance = max(known * known, bulk, Self.roundingShare * largest, resolution * resolution * power)
    let edge = Self.edgeMargin * variance * Statistics.noiseEdge(columns: m, rows: n)
    let kept = eigenvalues.indices.reversed().prefix { eigenvalues[$0] > edge }.prefix(componentLimit)
    let columns = Array(kept)
    let scale = 1 / variance.squareRoot()
    let axes = vectors.selecting(columns: columns).map { $0 * scale }
    values = columns.isEmpty ? Matrix(rows: n, columns: 0, values: []) : centred.times(axes)
    noise = variance.squareRoot()
    totalVariance = columns.reduce(0) { $0 + eigenvalues[$1] } / variance
  }

  /// Labels in which every 0 is replaced by the class (1 ...) with the nearest mean.
  func adoptingStrays(_ labels: [Int]) -> [Int] {
    let count = (labels.max() ?? 0) + 1
    let means = (0..<count).map { label in mean(of: labels.indices.filter { labels[$0] == label }) }
    return labels.enumerated().map { row, label in
      guard label == 0 else { return label }
      return (1..<count).min { squaredDistance(row, means[$0]) < squaredDistance(row, means[$1]) } ?? 0
    }
  }

  func mean(of rows: [Int]) -> [Double] {
    var sum = [Double](repeating: 0, count: components)
    for row in rows { for j in 0..<components { sum[j] += values[row, j] } }
    return rows.isEmpty ? sum : sum.map { $0 / Double(rows.count) }
  }

  /// The one of some rows that is nearest to their mean.
  func middle(of rows: [Int]) -> Int {
    let mean = mean(of: rows)
    return rows.min { squaredDistance($0, mean) < squaredDistance($1, mean) }!
  }

  func squaredDistance(_ row: Int, _ place: [Double]) -> Double {
    var sum = 0.0
    for j in 0..<components {
      let d = values[row, j] - place[j]
      sum += d * d
    }
    return sum
  }

  /// The covariance of some rows about their mean.
  func covariance(of rows: [Int], about mean: [Double]) -> Matrix<Double> {
    var offsets = Matrix<Double>(rows: rows.count, columns: components, filling: 0)
    for (k, row) in rows.enumerated() { for j in 0..<components { offsets[k, j] = values[row, j] - mean[j] } }
    return offsets.gram.map { $0 / Double(max(1, rows.count - 1)) }
  }
}
