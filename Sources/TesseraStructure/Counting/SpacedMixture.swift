import Foundation
import TesseraNumerics

/// A mixture of normal distributions on a line whose means may have to be evenly spaced:
///
///     f(V) = Σₙ πₙ N(V; μₙ, σₙ²),
///
/// σₙ² = a + b μₙ: constant noise and counting noise. With `free` means and b = 0 this is the mixture of De Backer et al.,
/// Ultramicroscopy 134 (2013) 23; `proportional` and `curved` means, which go through zero, use what is known of atoms
/// on top of one another. Where the samples' errors are known, σₙ² is a multiple of what they say. Fitted by
/// expectation-maximisation (Dempster, Laird & Rubin 1977); the means and the noise are weighted least squares over the
/// components.
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

    /// The variance of all values.
    var variance: Double {
      let mean = dot(values, counts) / total
      return zip(values, counts).reduce(0.0) { $0 + $1.1 * ($1.0 - mean) * ($1.0 - mean) } / total
    }
  }

  /// The mixture of `count` components that starts from means spread evenly up to `top`.
  /// - Parameter bottom: the lowest mean of free components; the others start at `top` / `count`.
  func fit(_ sample: Sample, count: Int, bottom: Double, top: Double) -> Fit {
    var state = start(sample, count: count, bottom: bottom, top: top)
    var (steps, earlier) = (1, -Double.infinity)
    while true {
      let found = expectation(of: sample, under: state)
      state.weights = found.members.map { $0 / sample.total }
      let rests = steps > Self.fewestSteps && found.logLikelihood - earlier < Self.restingGain * sample.total
      if rests || steps == stepLimit { return result(state, found, of: sample) }
      moveMeans(of: &state, to: found)
      moveVariances(of: &state, to: found, total: sample.total)
      (steps, earlier) = (steps + 1, found.logLikelihood)
    }
  }

  private func result(_ state: State, _ last: Expectation, of sample: Sample) -> Fit {
    let active = max(1, state.weights.count { $0 * sample.total > Self.leastMembers })
    let parameters = (active - 1) + (means.parameterCount ?? active) + (noise == nil && hasCountingNoise ? 2 : 1)
    return Fit(
      means: state.means, deviations: state.variances.map { $0.squareRoot() }, weights: state.weights,
      logLikelihood: last.logLikelihood, entropy: last.entropy, parameterCount: parameters,
      sampleCount: sample.total, noiseFactor: state.noiseFactor)
  }

  /// Steps end where one raises the log likelihood by less than this per sample, in nats, but not among the first few, which may
  /// be slow to leave a symmetric start.
  private static let restingGain = 1e-7
  private static let fewestSteps = 6
  /// A component that holds less than half a sample is none.
  private static let leastMembers = 0.5
}
