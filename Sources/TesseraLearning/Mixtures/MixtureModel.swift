import Foundation
import TesseraNumerics

extension GaussianMixture.Covariance {
  /// Whether no two columns are correlated.
  var isDiagonal: Bool { self == .diagonal || self == .spherical || self == .isotropic }
}

/// Weights, means and covariances, ready to weigh samples.
struct MixtureModel: Sendable {
  let family: GaussianMixture.Covariance
  let weights: [Double]
  private let freeShares: Int
  let means: Matrix<Double>
  let covariances: [Matrix<Double>]
  /// For each component W with W Wᵀ = the inverse covariance: (x - mean) W has unit covariance.
  private let whitenings: [Matrix<Double>]
  private let logDeterminants: [Double]

  /// The most likely mixture for these sums (the maximisation step).
  /// - Parameter floor: added to each variance; positive.
  init(
    _ moments: MixtureMoments, covariance family: GaussianMixture.Covariance, equalShares: Bool, floor: Double
  ) {
    let (k, d) = (moments.weights.count, moments.sums.columns)
    let total = moments.weights.reduce(0, +)
    self.family = family
    let shares = moments.weights.map { $0 / total }
    weights = equalShares ? shares.map { _ in 1 / Double(k) } : shares
    freeShares = equalShares ? 0 : k - 1
    var means = moments.sums
    for component in 0..<k {
      // A component that lost all its samples keeps a mean and gets no share.
      let size = max(moments.weights[component], .leastNormalMagnitude)
      for column in 0..<d { means[component, column] /= size }
    }
    self.means = means
    // Where only the diagonal was summed, the rest is of no use; the families below remove it.
    var covariances = (0..<k).map { component -> Matrix<Double> in
      let size = moments.weights[component]
      guard size > 1e-9 * total / Double(k) else { return Matrix(rows: d, columns: d, filling: 0) }
      var result = moments.products[component]
      for i in 0..<d {
        for j in 0..<d { result[i, j] = result[i, j] / size - means[component, i] * means[component, j] }
      }
      return result
    }
    if family == .tied || family == .isotropic {
      var pooled = Matrix<Double>(rows: d, columns: d, filling: 0)
      for component in 0..<k {
        for index in pooled.values.indices {
          pooled.values[index] += shares[component] * covariances[component].values[index]
        }
      }
      covariances = [Matrix](repeating: pooled, count: k)
    }
    switch family {
    case .full, .tied: break
    case .diagonal:
      for component in 0..<k {
        for i in 0..<d { for j in 0..<d where i != j { covariances[component][i, j] = 0 } }
      }
    case .spherical, .isotropic:
      for component in 0..<k {
        let mean = (0..<d).reduce(0) { $0 + covariances[component][$1, $1] } / Double(d)
        for i in 0..<d { for j in 0..<d { covariances[component][i, j] = i == j ? mean : 0 } }
      }
    }
    for component in 0..<k { for i in 0..<d { covariances[component][i, i] += floor } }
    let finished = covariances
    self.covariances = finished
    if family == .tied || family == .isotropic {
      let shared = whitening(of: finished[0])
      whitenings = [Matrix](repeating: shared.matrix, count: k)
      logDeterminants = [Double](repeating: shared.logDeterminant, count: k)
    } else {
      let all = concurrentMap(count: k) { whitening(of: finished[$0]) }
      whitenings = all.map(\.matrix)
      logDeterminants = all.map(\.logDeterminant)
    }
  }

  /// What one expectation step finds.
  struct Expectation: Sendable {
    let responsibilities: Matrix<Double>
    let logLikelihood: Double
    let moments: MixtureMoments
  }

  /// Probabilities of the components for each sample, and the sums for the next step.
  func expectation(of table: Matrix<Double>) -> Expectation {
    let parts = concurrentMap(chunksOf: MixtureMoments.sampleBlock, of: table.rows) { rows -> Expectation in
      let block = table.rows(rows)
      var shares = logDensities(of: block)
      let likelihood = normaliseRows(&shares)
      return Expectation(
        responsibilities: shares, logLikelihood: likelihood,
        moments: MixtureMoments(block: block, weightedBy: shares, diagonalOnly: family.isDiagonal))
    }
    var moments = MixtureMoments(
      components: weights.count, columns: table.columns, diagonalOnly: family.isDiagonal)
    for part in parts { moments.add(part.moments) }
    return Expectation(
      responsibilities: Matrix(
        rows: table.rows, columns: weights.count, values: parts.flatMap(\.responsibilities.values)),
      logLikelihood: parts.reduce(0) { $0 + $1.logLikelihood }, moments: moments)
  }

  /// Log of weight x density of each component (column) at each sample (row).
  private func logDensities(of block: Matrix<Double>) -> Matrix<Double> {
    let d = block.columns
    var result = Matrix<Double>(rows: block.rows, columns: weights.count, filling: 0)
    let shared = family == .tied ? block.times(whitenings[0]) : nil
    for component in weights.indices {
      let white = shared ?? whitened(block, component)
      let centre = Matrix(rows: 1, columns: d, values: Array(means.row(component))).times(whitenings[component]).values
      let constant =
        log(max(weights[component], .leastNormalMagnitude)) - logDeterminants[component] / 2
        - Double(d) / 2 * log(2 * .pi)
      for row in 0..<block.rows {
        var square = 0.0
        for column in 0..<d {
          let difference = white.values[row * d + column] - centre[column]
          square += difference * difference
        }
        result[row, component] = constant - square / 2
      }
    }
    return result
  }

  private func whitened(_ block: Matrix<Double>, _ component: Int) -> Matrix<Double> {
    guard family.isDiagonal else { return block.times(whitenings[component]) }
    var result = block
    let scale = (0..<block.columns).map { whitenings[component][$0, $0] }
    for row in 0..<block.rows {
      for column in 0..<block.columns { result.values[row * block.columns + column] *= scale[column] }
    }
    return result
  }

  func fit(_ step: Expectation, mean: [Double], steps: Int, converged: Bool) -> GaussianMixture.Fit {
    var shifted = means
    for row in 0..<means.rows { for column in 0..<means.columns { shifted[row, column] += mean[column] } }
    let (k, d) = (weights.count, means.columns)
    let shape =
      switch family {
      case .full: k * d * (d + 1) / 2
      case .tied: d * (d + 1) / 2
      case .diagonal: k * d
      case .spherical: k
      case .isotropic: 1
      }
    return GaussianMixture.Fit(
      weights: weights, means: shifted, covariances: covariances, responsibilities: step.responsibilities,
      logLikelihood: step.logLikelihood, parameterCount: k * d + freeShares + shape, steps: steps, converged: converged)
  }
}

/// Turns rows of log weights into probabilities; the sum over rows of the log of their sums.
private func normaliseRows(_ shares: inout Matrix<Double>) -> Double {
  var likelihood = 0.0
  for row in 0..<shares.rows {
    let largest = shares.row(row).max() ?? 0
    var sum = 0.0
    for column in 0..<shares.columns { sum += exp(shares[row, column] - largest) }
    for column in 0..<shares.columns { shares[row, column] = exp(shares[row, column] - largest) / sum }
    likelihood += largest + log(sum)
  }
  return likelihood
}
