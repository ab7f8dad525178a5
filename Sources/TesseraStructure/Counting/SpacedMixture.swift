import Foundation
import TesseraNumerics

/// A mixture of normal distributions on a line whose means may have to be evenly spaced:
///
///     f(V) = Σₙ πₙ N(V; μₙ, σₙ²),
///
/// σₙ² = a + b μₙ: constant noise and counting noise. With `free` means and b = 0 this is the mixture of De Backer et al.,
/// Ultramicroscopy 134 (2013) 23; `proportional` and `curved` means, which go through zero, use what is known of atoms
/// on top of one another. Where the samples' errors are known, σₙ² is a multiple of what they say. Fitted by expectation-maximisation (Dempster, Laird & Rubin 1977); the means and the noise
/// are weighted least squares over the components.
struct SpacedMixture: Sendable {
  enum Means: Sendable, Equatable {
    /// A mean of its own for each component.
    case free
    /// μₙ = δ n, n = 1 ... count.
    case proportional
    /// μₙ = δ n + κ n².
    case curved

    var parameterCount: Int? {
      switch self {
      case .free: nil
      case .proportional: 1
      case .curved: 2
      }
    }
  }

  var means: Means
  /// Whether the variance grows with the mean.
  var hasCountingNoise: Bool
  /// Variance of a sample of mean μ, constant + slope μ, where it is known up to a factor.
  var noise: Noise?
  var stepLimit = 400

  struct Noise: Sendable, Equatable {
    var constant, slope: Double

    func variance(at mean: Double) -> Double { constant + slope * max(0, mean) }

    /// The line through the squared errors of samples, each weighted by what the line expects, as relative errors of equal
    /// size want it; constant and slope not negative. Nil where no error is known.
    ///
    /// Weights from the errors themselves would favour those that happen to be small. Errors far off those of others of the same
    /// intensity, four deviations of their logarithms, are left out: columns cut by the border, or on top of dirt.
    init?(values: [Double], errors: [Double]) {
      let known = zip(values, errors).filter { $0.isFinite && $0 > 0 && $1.isFinite && $1 > 0 }
        .map { (x: $0.0, y: $0.1 * $0.1) }
      guard !known.isEmpty else { return nil }
      (constant, slope) = (Statistics.median(known.map(\.y)), 0)
      for round in 0..<15 {
        let logs = known.map { log($0.y / variance(at: $0.x)) }
        let middle = Statistics.median(logs)
        let limit = round < 3 ? .infinity : 4 * 1.4826 * Statistics.median(logs.map { abs($0 - middle) }) + 1e-6
        var (s, sx, sxx, sy, sxy) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (sample, value) in zip(known, logs) where abs(value - middle) <= limit {
          let expected = variance(at: sample.x)
          let w = 1 / (expected * expected)
          s += w
          sx += w * sample.x
          sxx += w * sample.x * sample.x
          sy += w * sample.y
          sxy += w * sample.x * sample.y
        }
        let determinant = s * sxx - sx * sx
        guard determinant > 1e-9 * s * sxx else {
          (constant, slope) = (sy / s, 0)
          continue
        }
        let (a, b) = ((sy * sxx - sxy * sx) / determinant, (s * sxy - sx * sy) / determinant)
        (constant, slope) = b <= 0 ? (sy / s, 0) : a < 0 ? (0, sxy / sxx) : (a, b)
      }
    }

    /// Variances of the samples over those of the line: 1 within three deviations of the scatter, and beyond less that; 1 where
    /// no error is known.
    func scales(values: [Double], errors: [Double]) -> [Double] {
      let logs = zip(values, errors).map { value, error in
        value.isFinite && value > 0 && error.isFinite && error > 0 ? log(error * error / variance(at: value)) : 0
      }
      let spread = 3 * 1.4826 * Statistics.median(logs.map { abs($0) })
      return logs.map { exp($0 > spread ? $0 - spread : $0 < -spread ? $0 + spread : 0) }
    }

    /// By how much the noise exceeds the line, from the mean ratio of squares to it. Errors of a fit are good to some per cent, so
    /// the factor's logarithm has a normal prior of deviation .1: many resolved columns overrule it, overlapping ones do not.
    /// Within .8 ... 1.5: a few thicknesses as wide as two would pass for many.
    static func factor(ratio: Double, count: Double) -> Double {
      let precision = 1 / (0.1 * 0.1)
      guard ratio > 0, count > 0 else { return 1 }
      var u = max(-1, min(1, log(ratio)))
      for _ in 0..<20 {
        u -= (count / 2 * (1 - ratio * exp(-u)) + precision * u) / (count / 2 * ratio * exp(-u) + precision)
      }
      return min(max(exp(u), 0.8), 1.5)
    }
  }

  struct Fit: Sendable {
    var means, deviations, weights: [Double]
    /// Of all samples, in nats.
    var logLikelihood: Double
    /// Entropy of the samples' probabilities, in nats.
    var entropy: Double
    var parameterCount: Int
    var sampleCount: Double
    /// By how much the noise exceeds what is known of it; 1 where nothing is.
    var noiseFactor = 1.0

    /// -2 log L + p log N. Source: Schwarz, Ann. Stat. 6 (1978) 461.
    var bic: Double { -2 * logLikelihood + Double(parameterCount) * log(sampleCount) }
    /// -2 log L + 2 EN + p log N. Source: Biernacki, Celeux & Govaert, IEEE TPAMI 22 (2000) 719, as De Backer et al. use it.
    var icl: Double { bic + 2 * entropy }

    /// Probability of each component for one value.
    func probabilities(of value: Double) -> [Double] {
      let logs = means.indices.map { n in
        let z = (value - means[n]) / deviations[n]
        return log(max(weights[n], 1e-300)) - log(deviations[n]) - 0.5 * z * z
      }
      let top = logs.max() ?? 0
      let terms = logs.map { exp($0 - top) }
      let sum = terms.reduce(0, +)
      return terms.map { $0 / sum }
    }
  }

  /// Values in bins of one width, each with the mean of what it holds, so that a step costs the same for any number of
  /// values.
  struct Sample: Sendable {
    var values, counts: [Double]
    var total: Double

    init(_ samples: [Double], bins: Int = 1000) {
      let (low, high) = (samples.min() ?? 0, samples.max() ?? 0)
      guard samples.count > bins, high > low else {
        (values, counts, total) = (samples, samples.map { _ in 1 }, Double(samples.count))
        return
      }
      var (sums, numbers) = ([Double](repeating: 0, count: bins), [Double](repeating: 0, count: bins))
      for sample in samples {
        let bin = min(bins - 1, Int(saturating: Double(bins) * (sample - low) / (high - low)))
        sums[bin] += sample
        numbers[bin] += 1
      }
      let filled = numbers.indices.filter { numbers[$0] > 0 }
      values = filled.map { sums[$0] / numbers[$0] }
      counts = filled.map { numbers[$0] }
      total = Double(samples.count)
    }
  }

  /// The mixture of `count` components that starts from means spread evenly up to `top`.
  /// - Parameter bottom: the lowest mean of free components; the others start at `top` / `count`.
  func fit(_ sample: Sample, count: Int, bottom: Double, top: Double) -> Fit {
    let numbers = (1...count).map(Double.init)
    var means = numbers.map { n in
      self.means == .free
        ? (count == 1 ? (bottom + top) / 2 : bottom + (top - bottom) * (n - 1) / Double(count - 1))
        : top * n / Double(count)
    }
    let step = self.means == .free ? (top - bottom) / Double(max(1, count - 1)) : top / Double(count)
    let pairs = Array(zip(sample.values, sample.counts))
    let mean: Double = pairs.reduce(0.0) { $0 + $1.0 * $1.1 } / sample.total
    let spread: Double = pairs.reduce(0.0) { $0 + $1.1 * ($1.0 - mean) * ($1.0 - mean) } / sample.total
    let floor = max(1e-6 * spread / Double(count * count), 1e-300)
    var variances = means.map { max(noise?.variance(at: $0) ?? step * step / 9, floor) }
    var weights = [Double](repeating: 1 / Double(count), count: count)
    var (previous, entropy, noiseFactor) = (-Double.infinity, 0.0, 1.0)
    var shares = [Double](repeating: 0, count: count)
    for iteration in 0..<stepLimit {
      let logs = (0..<count).map { log(max(weights[$0], 1e-300)) - 0.5 * log(2 * .pi * variances[$0]) }
      var (n0, n1) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
      var n2 = n0
      var likelihood = 0.0
      entropy = 0
      for (value, number) in pairs {
        var top = -Double.infinity
        for n in 0..<count {
          let d = value - means[n]
          shares[n] = logs[n] - 0.5 * d * d / variances[n]
          top = max(top, shares[n])
        }
        var sum = 0.0
        for n in 0..<count {
          // Below e⁻⁴⁰ of the likeliest nothing is added.
          shares[n] = shares[n] > top - 40 ? exp(shares[n] - top) : 0
          sum += shares[n]
        }
        likelihood += number * (top + log(sum))
        for n in 0..<count where shares[n] > 0 {
          let share = shares[n] / sum
          entropy -= share > 1e-12 ? number * share * log(share) : 0
          n0[n] += number * share
          n1[n] += number * share * value
          n2[n] += number * share * value * value
        }
      }
      weights = n0.map { $0 / sample.total }
      if likelihood - previous < 1e-7 * sample.total && iteration > 5 || iteration == stepLimit - 1 {
        previous = likelihood
        break
      }
      previous = likelihood
      let own = (0..<count).map { n0[$0] > 0 ? n1[$0] / n0[$0] : means[$0] }
      means = spaced(own, numbers, (0..<count).map { n0[$0] / variances[$0] })
      let squares = (0..<count).map { n -> Double in
        guard n0[n] > 0 else { return 0 }
        let offset = means[n] - own[n]
        return max(0, n2[n] / n0[n] - own[n] * own[n] + offset * offset)
      }
      if let noise {
        let expected = means.map { max(noise.variance(at: $0), floor) }
        let ratio = (0..<count).reduce(0.0) { $0 + n0[$1] * squares[$1] / expected[$1] } / sample.total
        let factor = Noise.factor(ratio: ratio, count: sample.total)
        noiseFactor = factor
        variances = expected.map { factor * $0 }
      } else {
        variances = noiseLine(squares, means, n0, variances).map { max($0, floor) }
      }
    }
    let active = n(of: weights, total: sample.total)
    let parameters = (active - 1) + (self.means.parameterCount ?? active) + (noise == nil && hasCountingNoise ? 2 : 1)
    return Fit(
      means: means, deviations: variances.map { $0.squareRoot() }, weights: weights, logLikelihood: previous,
      entropy: entropy, parameterCount: parameters, sampleCount: sample.total, noiseFactor: noiseFactor)
  }

  /// Components that hold half a sample at least.
  private func n(of weights: [Double], total: Double) -> Int { max(1, weights.count { $0 * total > 0.5 }) }

  /// The means that the spacing allows, nearest to each component's own by weighted least squares.
  private func spaced(_ own: [Double], _ numbers: [Double], _ weights: [Double]) -> [Double] {
    if means == .free { return own }
    var (a, b, c, p, q) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (index, n) in numbers.enumerated() {
      let w = weights[index]
      a += w * n * n
      b += w * n * n * n
      c += w * n * n * n * n
      p += w * n * own[index]
      q += w * n * n * own[index]
    }
    let determinant = a * c - b * b
    let linear = numbers.map { $0 * p / max(a, 1e-300) }
    guard means == .curved, determinant > 1e-9 * a * c else { return linear }
    let (delta, kappa) = ((p * c - q * b) / determinant, (q * a - p * b) / determinant)
    // More atoms never scatter less.
    guard let last = numbers.last, delta + 2 * kappa * last > 0, delta > 0 else { return linear }
    return numbers.map { delta * $0 + kappa * $0 * $0 }
  }

  /// a + b μ through the components' own variances, each weighted by what its samples say of it; a and b not negative.
  private func noiseLine(_ own: [Double], _ means: [Double], _ counts: [Double], _ variances: [Double]) -> [Double] {
    let total = counts.reduce(0, +)
    let common: Double = zip(own, counts).reduce(0.0) { $0 + $1.0 * $1.1 } / total
    guard hasCountingNoise else { return own.map { _ in common } }
    var (s, sx, sxx, sy, sxy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for n in own.indices {
      let w = counts[n] / (variances[n] * variances[n])
      s += w
      sx += w * means[n]
      sxx += w * means[n] * means[n]
      sy += w * own[n]
      sxy += w * means[n] * own[n]
    }
    let determinant = s * sxx - sx * sx
    guard determinant > 1e-9 * s * sxx else { return own.map { _ in common } }
    let (a, b) = ((sy * sxx - sxy * sx) / determinant, (s * sxy - sx * sy) / determinant)
    if b <= 0 { return own.map { _ in common } }
    if a < 0 { return means.map { $0 * sxy / sxx } }
    return means.map { a + b * $0 }
  }
}
