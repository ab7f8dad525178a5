import Foundation
import TesseraNumerics

/// The shares of a sublattice's nodes as a mixture of full nodes around 1 and partly filled ones around a share m of their own,
///
///     p(x) = (1 - w) N(x; 1, s_i²) + w N(x; m, s_i²),   s_i² = error_i² + s²,
///
/// with s what full nodes scatter by beyond their errors. w and m follow by expectation and maximization (Dempster, Laird & Rubin,
/// J. R. Stat. Soc. B 39 (1977) 1).
///
/// There is no second part where the Bayesian information criterion does not ask for it, where it overlaps the first, where it is no
/// minority, or where as many nodes hold more than full.
struct OccupancyMixture: Sendable {
  /// What full nodes scatter by beyond their errors.
  private(set) var scatter = 0.0
  /// The share that partly filled nodes hold, and what part of the nodes they are; nil: none are.
  private(set) var partial: (share: Double, part: Double)?

  /// Nodes this many standard deviations below full begin the second part.
  private static let startDeviations = 3.0
  /// Both parts are told apart where they are so many standard deviations from each other.
  private static let leastDistance = 3.0
  /// What the criterion must gain: odds of twenty to one.
  private static let leastGain = 6.0
  /// One node that holds more by as much, per so many that hold less, and the tails are of another cause: bright and dark dirt.
  private static let mirrored = 4
  private static let rounds = 60

  /// - Parameters:
  ///   - shares: of the nodes; those that are no numbers are left out.
  ///   - errors: their standard errors.
  init(shares: [Double], errors: [Double], finder: OccupancyFinder) {
    let known = shares.indices.filter { shares[$0].isFinite && errors[$0].isFinite }
    guard !known.isEmpty else { return }
    let (x, e) = (known.map { shares[$0] }, known.map { errors[$0] })
    let (all, typical) = (Statistics.robustDeviation(x), Statistics.median(e))
    scatter = max(0, all * all - typical * typical).squareRoot()
    let deviations = e.map(deviation)
    let low = x.indices.filter { x[$0] < 1 - Self.startDeviations * deviations[$0] && x[$0] <= finder.largestShare }
    guard !low.isEmpty else { return }
    var (share, part) = (Statistics.median(low.map { x[$0] }), Double(low.count) / Double(x.count))
    for _ in 0..<Self.rounds {
      let posteriors = x.indices.map { Self.posterior(x[$0], deviations[$0], share, part) }
      let sum = posteriors.reduce(0, +)
      guard sum > 0 else { return }
      part = sum / Double(x.count)
      let weights = x.indices.map { posteriors[$0] / (deviations[$0] * deviations[$0]) }
      share = zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    }
    guard share > 0, share <= finder.largestShare, part <= finder.largestPart,
      (1 - share) >= Self.leastDistance * Statistics.median(deviations)
    else { return }
    let gain = x.indices.reduce(0.0) { sum, i in
      let s = deviations[i]
      let (one, other) = (-(x[i] - 1) * (x[i] - 1) / (2 * s * s), -(x[i] - share) * (x[i] - share) / (2 * s * s))
      let (a, b) = (log(1 - part) + one, log(part) + other)
      return sum + max(a, b) + log1p(exp(-abs(a - b))) - one
    }
    let middle = (1 - share) / 2
    let (below, above) = (x.count { $0 < 1 - middle }, x.count { $0 > 1 + middle })
    guard 2 * gain - 2 * log(Double(x.count)) > Self.leastGain, Self.mirrored * above <= below else { return }
    partial = (share, part)
  }

  /// Standard deviation of a node's share if it is full.
  func deviation(_ error: Double) -> Double { max(1e-6, (error * error + scatter * scatter).squareRoot()) }

  /// That a column's node is partly filled, 0 ... 1.
  func posterior(share x: Double, error: Double) -> Double {
    partial.map { Self.posterior(x, deviation(error), $0.share, $0.part) } ?? 0
  }

  /// That nothing is at a node, among which `emptyPart` of all are empty, if a share of `x` is seen there with an error.
  func emptiness(share x: Double, error: Double, emptyPart: Double) -> Double {
    func density(_ mean: Double, _ s: Double) -> Double { exp(-(x - mean) * (x - mean) / (2 * s * s)) / s }
    let (empty, s) = (emptyPart * density(0, error), deviation(error))
    let part = partial?.part ?? 0
    let filled = (1 - part) * density(1, s) + (partial.map { $0.part * density($0.share, s) } ?? 0)
    let all = empty + (1 - emptyPart) * filled
    return all > 0 ? empty / all : abs(x) < abs(x - (partial?.share ?? 1)) ? 1 : 0
  }

  private static func posterior(_ x: Double, _ s: Double, _ share: Double, _ part: Double) -> Double {
    let odds = log(part / (1 - part)) + ((x - 1) * (x - 1) - (x - share) * (x - share)) / (2 * s * s)
    return 1 / (1 + exp(-odds))
  }
}
