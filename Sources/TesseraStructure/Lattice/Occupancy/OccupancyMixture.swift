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
  /// Where none are seen: so many of the nodes may hold half and hide in the noise.
  private var hidden = 0.0

  /// What a hidden node holds: one atom of two.
  private static let hiddenShare = 0.5
  /// A part is not excluded while the logarithm of its likelihood is this far below the largest: the edge of an interval of 95 %.
  private static let leastExcluded = 1.92
  /// Nodes this many standard deviations below full begin the second part.
  private static let startDeviations = 3.0
  /// Both parts are told apart where they are so many standard deviations from each other.
  static let leastDistance = 3.0
  /// At this distance partly filled nodes show that they are there, though not which they are.
  static let leastShown = 2.0
  /// What the criterion must gain: odds of twenty to one.
  private static let leastGain = 6.0
  /// One node that holds more by as much, per so many that hold less, and the tails are of another cause: bright and dark dirt.
  private static let mirrored = 4
  private static let (rounds, passes) = (60, 8)

  /// - Parameters:
  ///   - shares: of the nodes; those that are no numbers are left out.
  ///   - errors: their standard errors.
  ///   - leastDistance: standard deviations between both parts.
  init(
    shares: [Double], errors: [Double], finder: OccupancyFinder, leastDistance: Double
  ) {
    let known = shares.indices.filter { shares[$0].isFinite && errors[$0].isFinite }
    guard !known.isEmpty else { return }
    let (x, e) = (known.map { shares[$0] }, known.map { errors[$0] })
    var (share, part) = (0.0, 0.0)
    var deviations: [Double] = []
    var full = Array(x.indices)
    defer { if partial == nil { hidden = Self.largestHidden(x, deviations, atMost: finder.largestPart) } }
    // What full nodes scatter by is first taken from all, then from those that are full.
    for _ in 0..<Self.passes {
      let (all, typical) = (Statistics.robustDeviation(full.map { x[$0] }), Statistics.median(full.map { e[$0] }))
      scatter = max(0, all * all - typical * typical).squareRoot()
      deviations = e.map(deviation)
      let low = x.indices.filter { x[$0] < 1 - Self.startDeviations * deviations[$0] && x[$0] <= finder.largestShare }
      guard !low.isEmpty else { return }
      (share, part) = (Statistics.median(low.map { x[$0] }), Double(low.count) / Double(x.count))
      for _ in 0..<Self.rounds {
        let posteriors = x.indices.map { Self.posterior(x[$0], deviations[$0], share, part) }
        let sum = posteriors.reduce(0, +)
        guard sum > 0 else { return }
        part = sum / Double(x.count)
        let weights = x.indices.map { posteriors[$0] / (deviations[$0] * deviations[$0]) }
        share = dot(weights, x) / weights.reduce(0, +)
      }
      let before = full
      full = x.indices.filter { Self.posterior(x[$0], deviations[$0], share, part) < 0.5 }
      guard !full.isEmpty else { return }
      if full == before { break }
    }
    guard share > 0, share <= finder.largestShare, part <= finder.largestPart,
      (1 - share) >= leastDistance * Statistics.median(deviations)
    else { return }
    let gain = x.indices.reduce(0.0) { sum, i in
      let s = deviations[i]
      let (one, other) = (-(x[i] - 1) * (x[i] - 1) / (2 * s * s), -(x[i] - share) * (x[i] - share) / (2 * s * s))
      let (a, b) = (log(1 - part) + one, log(part) + other)
      return sum + max(a, b) + log1p(exp(-abs(a - b))) - one
    }
    // Where heights are not known from those around, neither side counts.
    let limits = deviations.map { max((1 - share) / 2, Self.startDeviations * $0) }
    let below = x.indices.count { x[$0] < 1 - limits[$0] }
    let above = x.indices.count { x[$0] > 1 + limits[$0] }
    guard 2 * gain - 2 * log(Double(x.count)) > Self.leastGain, Self.mirrored * above <= below else { return }
    partial = (share, part)
  }

  /// Standard deviation of a node's share if it is full.
  func deviation(_ error: Double) -> Double { max(1e-6, (error * error + scatter * scatter).squareRoot()) }

  /// That a column's node is partly filled, 0 ... 1.
  func posterior(share x: Double, error: Double) -> Double {
    partial.map { Self.posterior(x, deviation(error), $0.share, $0.part) } ?? 0
  }

  /// That a node called full is full, 0 ... 1: where no partly filled nodes are seen, some may hide in the noise.
  func fullness(share x: Double, error: Double) -> Double {
    partial == nil
      ? 1 - Self.posterior(x, deviation(error), Self.hiddenShare, hidden) : 1 - posterior(share: x, error: error)
  }

  /// The largest part of nodes that hold half with which the shares agree.
  private static func largestHidden(_ x: [Double], _ deviations: [Double], atMost largest: Double) -> Double {
    let ratios = x.indices.map { i in
      let (full, half) = ((x[i] - 1) / deviations[i], (x[i] - hiddenShare) / deviations[i])
      return exp(min(700, (full * full - half * half) / 2))
    }
    // Concave in the part, so that it falls beyond its summit.
    func logLikelihood(_ part: Double) -> Double {
      ratios.reduce(0) { $0 + log(max(.leastNormalMagnitude, 1 - part + part * $1)) }
    }
    let parts = (0...steps).map { largest * Double($0) / Double(steps) }
    let values = parts.map(logLikelihood)
    let highest = values.max()!
    let last = values.lastIndex { $0 > highest - leastExcluded }!
    guard last < steps else { return largest }
    var (low, high) = (parts[last], parts[last + 1])
    for _ in 0..<halvings {
      let middle = (low + high) / 2
      if logLikelihood(middle) > highest - leastExcluded { low = middle } else { high = middle }
    }
    return low
  }

  /// Parts among which the likelihood is looked for, and how often the interval of the last is halved.
  private static let (steps, halvings) = (20, 12)

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
    guard part > 0 else { return 0 }
    let odds = log(part / (1 - part)) + ((x - 1) * (x - 1) - (x - share) * (x - share)) / (2 * s * s)
    return 1 / (1 + exp(-odds))
  }
}
