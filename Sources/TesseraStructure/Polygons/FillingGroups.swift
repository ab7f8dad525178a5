import Foundation
import TesseraNumerics

/// Tells filled polygons from empty and partly filled ones by the heights in their middles.
///
/// The heights a with standard errors e are a mixture of up to three groups, each a normal law of its mean m and variance s² + e²
/// with one spread s for all. Their number has the least Bayesian information criterion; two groups at nothing (0) and at a wall (1)
/// are tried, too, which have two unknowns less. Groups that lie nearer than three standard deviations of their heights are no two kinds: a sum of normal laws
/// follows any skewed distribution. A group is named by its mean in units of the wall: `empty` below .15, `V`
/// (partly filled) to .65, `filled` above. A unit belongs to the name with the greatest probability. Where
/// there is one group alone, each height is compared with what nothing, .4 of a wall and a whole wall would give, so that wide
/// errors end in a low probability and not in a claim.
package struct FillingGroups: Sendable, Codable, Equatable {
  /// Means between these shares of the wall's height are partly filled.
  package static let partly = 0.15..<0.65
  /// Most units that the mixture is fitted to; of more, an even sample.
  package static let sampleLimit = 20_000

  package init() {}

  package struct Group: Sendable, Codable, Equatable {
    /// Height over the wall's.
    package var mean: Double
    package var share: Double
    package var filling: PolygonalUnit.Filling
  }

  package struct Outcome: Sendable {
    /// Rising means.
    package var groups: [Group]
    /// Spread of a group beyond the errors, in heights of the wall.
    package var spread: Double
    /// For each height; nil where it is not finite.
    package var fillings: [(filling: PolygonalUnit.Filling, probability: Double)?]
  }

  package static func name(of mean: Double) -> PolygonalUnit.Filling {
    mean < partly.lowerBound ? .empty : mean < partly.upperBound ? .partly : .filled
  }

  /// O(heights).
  package func outcome(of heights: [Double], errors: [Double]) -> Outcome {
    let known = heights.indices.filter { heights[$0].isFinite && errors[$0].isFinite && errors[$0] > 0 }
    guard !known.isEmpty else { return Outcome(groups: [], spread: .nan, fillings: heights.map { _ in nil }) }
    let step = (known.count + Self.sampleLimit - 1) / Self.sampleLimit
    let sample = stride(from: 0, to: known.count, by: step).map { known[$0] }
    let mixture = Self.mixture(of: sample.map { heights[$0] }, errors: sample.map { errors[$0] })
    let isAlone = Set(mixture.means.map(Self.name)).count == 1
    // One kind alone is named by comparison with nothing, part of a wall and a wall; one in between may as well be a mixture that
    // noise has blurred, so each height goes by itself.
    let (means, shares) =
      isAlone ? (Self.typicalMeans, [1.0 / 3, 1.0 / 3, 1.0 / 3]) : (mixture.means, mixture.shares)
    let fillings = heights.indices.map { k -> (filling: PolygonalUnit.Filling, probability: Double)? in
      guard heights[k].isFinite, errors[k].isFinite, errors[k] > 0 else { return nil }
      let logs = means.indices.map {
        Self.log(heights[k], errors[k], mean: means[$0], share: shares[$0], spread: mixture.spread)
      }
      let top = logs.max()!
      let weights = logs.map { exp($0 - top) }
      let sum = weights.reduce(0, +)
      let kinds = PolygonalUnit.Filling.allCases.map { kind in
        zip(means, weights).filter { Self.name(of: $0.0) == kind }.reduce(0.0) { $0 + $1.1 } / sum
      }
      if isAlone && Self.name(of: mixture.means[0]) != .partly {
        let kind = Self.name(of: mixture.means[0])
        return (kind, kinds[PolygonalUnit.Filling.allCases.firstIndex(of: kind)!])
      }
      let best = kinds.indices.max { (kinds[$0], $1) < (kinds[$1], $0) }!
      return (PolygonalUnit.Filling.allCases[best], kinds[best])
    }
    return Outcome(
      groups: zip(mixture.means, mixture.shares).map { Group(mean: $0, share: $1, filling: Self.name(of: $0)) },
      spread: mixture.spread, fillings: fillings)
  }

  // MARK: - The mixture

  private struct Mixture {
    var means, shares: [Double]
    var spread: Double
    var logLikelihood: Double
    /// K means, K − 1 shares and a spread; less the means where these are given.
    var unknowns: Int
  }

  private static func log(_ a: Double, _ e: Double, mean: Double, share: Double, spread: Double) -> Double {
    let variance = e * e + spread * spread
    return Foundation.log(max(share, 1e-300)) - 0.5 * Foundation.log(variance) - (a - mean) * (a - mean)
      / (2 * variance)
  }

  /// Nothing, part of a wall and a wall, in heights of the wall.
  private static let typicalMeans: [Double] = [0, 0.4, 1]
  /// Where mixtures start: at quantiles of the heights, in the middle, near both ends, and far out at one where its group may be small;
  /// or at means in heights of the wall.
  private static let starts: [(areQuantiles: Bool, values: [Double])] = [
    (true, [0.5]), (true, [0.1, 0.9]), (false, [0, 1]), (true, [0.02, 0.5]), (true, [0.5, 0.98]),
    (false, typicalMeans), (true, [0.1, 0.5, 0.9]), (true, [0.02, 0.4, 0.9]), (true, [0.1, 0.9, 0.99]),
  ]

  /// One, two or three groups, by the Bayesian information criterion.
  private static func mixture(of a: [Double], errors: [Double]) -> Mixture {
    let sorted = a.sorted()
    func quantile(_ share: Double) -> Double { Statistics.quantile(sorted: sorted, share) }
    let starts: [[Double]] = Self.starts.map { $0.areQuantiles ? $0.values.map(quantile) : $0.values }
      .filter { $0.count <= max(1, a.count / 4) }
    let fits = concurrentMap(count: starts.count + 1) {
      $0 < starts.count ? fitted(a, errors, from: starts[$0]) : fitted(a, errors, from: [0, 1], isGiven: true)
    }
    let weight = Foundation.log(Double(a.count))
    func criterion(_ fit: Mixture) -> Double { Double(fit.unknowns) * weight - 2 * fit.logLikelihood }
    let error = Statistics.median(errors)
    // The first has one group. Given means need no gap.
    let apart = fits.indices.filter { $0 == 0 || $0 == starts.count || areApart(fits[$0], error: error) }.map {
      fits[$0]
    }
    return apart.min { criterion($0) < criterion($1) }!
  }

  /// Whether there is a gap between every two groups of a mixture.
  private static func areApart(_ fit: Mixture, error: Double) -> Bool {
    let deviation = (fit.spread * fit.spread + error * error).squareRoot()
    return zip(fit.means, fit.means.dropFirst()).allSatisfy { $1 - $0 >= leastGap * deviation }
  }

  /// Two normal laws with this distance in standard deviations have half as much between them as on their tops.
  private static let leastGap = 3.0
  /// The spread that a fit starts from, and the least that it may come to, in heights of the wall.
  private static let (firstSpread, leastSpread) = (0.05, 1e-3)
  /// Rounds of a fit at most; it ends before where one raises the log likelihood by less than this a height.
  private static let (rounds, leastGain) = (300, 1e-7)

  /// Expectation maximisation; the spread moves by the excess of the squares over the errors.
  /// - Parameter isGiven: whether the means stay.
  private static func fitted(_ a: [Double], _ errors: [Double], from start: [Double], isGiven: Bool = false) -> Mixture
  {
    var mixture = Mixture(
      means: start.sorted(), shares: start.map { _ in 1 / Double(start.count) }, spread: firstSpread,
      logLikelihood: -.infinity,
      unknowns: isGiven ? start.count : 2 * start.count)
    for _ in 0..<rounds {
      let (count, n) = (mixture.means.count, Double(a.count))
      var (weight, mass, sum) = (
        [Double](repeating: 0, count: count), [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
      )
      var (excess, information, likelihood) = (0.0, 0.0, 0.0)
      for (value, error) in zip(a, errors) {
        let logs = (0..<count).map {
          log(value, error, mean: mixture.means[$0], share: mixture.shares[$0], spread: mixture.spread)
        }
        let top = logs.max()!
        let total = logs.reduce(0.0) { $0 + exp($1 - top) }
        likelihood += top + Foundation.log(total)
        let variance = error * error + mixture.spread * mixture.spread
        for k in 0..<count {
          let r = exp(logs[k] - top) / total
          let d = value - mixture.means[k]
          mass[k] += r
          weight[k] += r / variance
          sum[k] += r * value / variance
          excess += r * (d * d - error * error) / (variance * variance)
          information += r / (variance * variance)
        }
      }
      let gain = likelihood - mixture.logLikelihood
      mixture.logLikelihood = likelihood
      if !isGiven { mixture.means = (0..<count).map { weight[$0] > 0 ? sum[$0] / weight[$0] : mixture.means[$0] } }
      mixture.shares = mass.map { $0 / n }
      mixture.spread = max(leastSpread, max(0, excess / information).squareRoot())
      if gain < leastGain * n { break }
    }
    let order = mixture.means.indices.sorted { (mixture.means[$0], $0) < (mixture.means[$1], $1) }
    (mixture.means, mixture.shares) = (order.map { mixture.means[$0] }, order.map { mixture.shares[$0] })
    return mixture
  }
}
