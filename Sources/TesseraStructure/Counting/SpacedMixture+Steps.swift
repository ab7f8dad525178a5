import Foundation
import TesseraNumerics

/// The steps of expectation-maximisation.
extension SpacedMixture {
  /// What the steps change.
  struct State {
    var means, variances, weights: [Double]
    var noiseFactor = 1.0
    /// No variance falls below this, so that no component shrinks onto one sample.
    let leastVariance: Double
  }

  /// Sums over the samples, each shared among the components by their probabilities.
  struct Expectation {
    /// Σ r, Σ r V and Σ r V² of each component, r being the probability that a sample is of it.
    var members, sums, squares: [Double]
    /// In nats, of all samples.
    var logLikelihood = 0.0
    var entropy = 0.0

    /// The mean of each component's own samples; `other` where it has none.
    func ownMeans(or other: [Double]) -> [Double] {
      members.indices.map { members[$0] > 0 ? sums[$0] / members[$0] : other[$0] }
    }
  }

  /// The least variance, as a share of that of all samples over the square of the number of components.
  private static let leastVarianceShare = 1e-6

  /// Means spread evenly; widths that the noise tells, or a third of the step.
  func start(_ sample: Sample, count: Int, bottom: Double, top: Double) -> State {
    let starts = (1...count).map(Double.init).map { n in
      means == .free
        ? (count == 1 ? (bottom + top) / 2 : bottom + (top - bottom) * (n - 1) / Double(count - 1))
        : top * n / Double(count)
    }
    let step = means == .free ? (top - bottom) / Double(max(1, count - 1)) : top / Double(count)
    let least = max(Self.leastVarianceShare * sample.variance / Double(count * count), 1e-300)
    return State(
      means: starts, variances: starts.map { max(noise?.variance(at: $0) ?? step * step / 9, least) },
      weights: [Double](repeating: 1 / Double(count), count: count), leastVariance: least)
  }

  /// A component less likely than the likeliest by more than this, in nats, adds nothing to a sum in double precision.
  private static let negligibleLog = 40.0

  /// The E step.
  func expectation(of sample: Sample, under state: State) -> Expectation {
    let count = state.means.count
    let logs = (0..<count).map { log(max(state.weights[$0], 1e-300)) - 0.5 * log(2 * .pi * state.variances[$0]) }
    let zeros = [Double](repeating: 0, count: count)
    var result = Expectation(members: zeros, sums: zeros, squares: zeros)
    var shares = zeros
    for (value, number) in zip(sample.values, sample.counts) {
      var top = -Double.infinity
      for n in 0..<count {
        let d = value - state.means[n]
        shares[n] = logs[n] - 0.5 * d * d / state.variances[n]
        top = max(top, shares[n])
      }
      var sum = 0.0
      for n in 0..<count {
        shares[n] = shares[n] > top - Self.negligibleLog ? exp(shares[n] - top) : 0
        sum += shares[n]
      }
      result.logLikelihood += number * (top + log(sum))
      for n in 0..<count where shares[n] > 0 {
        let share = shares[n] / sum
        result.entropy -= share > 1e-12 ? number * share * log(share) : 0
        result.members[n] += number * share
        result.sums[n] += number * share * value
        result.squares[n] += number * share * value * value
      }
    }
    return result
  }

  /// The means of the M step: those that the spacing allows, nearest to each component's own by weighted least squares.
  func moveMeans(of state: inout State, to found: Expectation) {
    let own = found.ownMeans(or: state.means)
    if means == .free {
      state.means = own
      return
    }
    // Sums of w n², w n³, w n⁴, and of w n μ, w n² μ.
    var (nn, nnn, nnnn, byN, byNN) = (0.0, 0.0, 0.0, 0.0, 0.0)
    let numbers = (1...own.count).map(Double.init)
    for (k, n) in numbers.enumerated() {
      let w = found.members[k] / state.variances[k]
      nn += w * n * n
      nnn += w * n * n * n
      nnnn += w * n * n * n * n
      byN += w * n * own[k]
      byNN += w * n * n * own[k]
    }
    let determinant = nn * nnnn - nnn * nnn
    state.means = numbers.map { $0 * byN / max(nn, 1e-300) }
    guard means == .curved, determinant > 1e-9 * nn * nnnn else { return }
    let delta = (byN * nnnn - byNN * nnn) / determinant
    let kappa = (byNN * nn - byN * nnn) / determinant
    // More atoms never scatter less.
    guard let last = numbers.last, delta + 2 * kappa * last > 0, delta > 0 else { return }
    state.means = numbers.map { delta * $0 + kappa * $0 * $0 }
  }

  /// The variances of the M step, around the means that it has moved already.
  func moveVariances(of state: inout State, to found: Expectation, total: Double) {
    let own = found.ownMeans(or: state.means)
    let squares = own.indices.map { n -> Double in
      guard found.members[n] > 0 else { return 0 }
      let offset = state.means[n] - own[n]
      return max(0, found.squares[n] / found.members[n] - own[n] * own[n] + offset * offset)
    }
    let least = state.leastVariance
    if let noise {
      let expected = state.means.map { max(noise.variance(at: $0), least) }
      let ratio = own.indices.reduce(0.0) { $0 + found.members[$1] * squares[$1] / expected[$1] } / total
      let factor = Noise.factor(ratio: ratio, count: total)
      state.noiseFactor = factor
      state.variances = expected.map { factor * $0 }
    } else {
      state.variances = noiseLine(squares, of: state, members: found.members).map { max($0, least) }
    }
  }

  /// a + b μ through the components' own variances, each weighted by what its samples say of it; a and b not negative.
  private func noiseLine(_ own: [Double], of state: State, members: [Double]) -> [Double] {
    let total = members.reduce(0, +)
    let common: Double = dot(own, members) / total
    guard hasCountingNoise else { return own.map { _ in common } }
    var line = WeightedLine()
    for n in own.indices {
      line.add(x: state.means[n], y: own[n], weight: members[n] / (state.variances[n] * state.variances[n]))
    }
    return switch line.solution {
    case .constant: own.map { _ in common }
    case .proportional(let slope): state.means.map { $0 * slope }
    case .line(let intercept, let slope): state.means.map { intercept + slope * $0 }
    }
  }
}
