import Foundation
import TesseraNumerics

/// The cross-sections that columns of 1, 2, 3, ... atoms have, known from a simulation or from a column that was counted otherwise: with
/// them atoms are counted absolutely, whatever the histogram looks like.
///
/// Columns are a mixture of normal distributions with these means and equal shares, for few columns do not tell how often a number occurs;
/// one factor on the variance that the errors say is fitted by expectation-maximisation. The factor is never below one: what scatters
/// beyond the errors, as a scan does, makes numbers less sure.
public struct KnownSteps: Sendable, Codable, Equatable {
  /// Of columns of 1, 2, 3, ... atoms, rising, in the unit of the cross-sections that are counted.
  public var crossSections: [Double]
  /// Where they come from, in words that follow "by": "a library of 20 cross-sections".
  public var source: String

  /// Standard error that they share, as of the column by which they are scaled, as a share of each.
  public var error: Double

  /// - Parameters:
  ///   - crossSections: of columns of 1, 2, 3, ... atoms, rising, in the unit of the cross-sections that are counted.
  ///   - source: where they come from, in words that follow "by".
  ///   - error: standard error that they share, as a share of each.
  public init(crossSections: [Double], source: String, error: Double = 0) {
    (self.crossSections, self.source, self.error) = (crossSections, source, error)
  }

  /// A column farther above the last mean than this share of the last step has more atoms than are known.
  private static let beyond = 1.0

  /// Numbers of atoms; 0 for columns without a cross-section, or with one beyond those known.
  /// - Parameters:
  ///   - informs: whether a column is seen whole; the others get a number and decide nothing.
  ///   - noise: variance that the errors say; nil: one width, fitted.
  func counts(of values: [Double], informs: [Bool], noise: SpacedMixture.Noise?) throws(ParameterError)
    -> AtomCounter.Result
  {
    let means = crossSections
    guard means.count >= 2, means[0] > 0, zip(means, means.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw ParameterError(
        "the cross-sections of 1, 2, 3, ... atoms must be positive and rise from one number to the next")
    }
    let last = means[means.count - 1]
    let limit = last + Self.beyond * (last - means[means.count - 2])
    let isKnown = values.map { $0.isFinite && $0 > 0 && $0 <= limit }
    let sample = values.indices.filter { isKnown[$0] && informs[$0] }
    let mixture = Mixture(of: sample.map { values[$0] }, at: means, noise: noise)
    var (counts, probabilities) = (
      [Int](repeating: 0, count: values.count), [Double](repeating: 0, count: values.count)
    )
    var entropy = 0.0
    for column in values.indices where isKnown[column] {
      let parts = mixture.responsibilities(of: values[column])
      let best = parts.indices.reduce(0) { parts[$1] > parts[$0] ? $1 : $0 }
      (counts[column], probabilities[column]) = (best + 1, parts[best])
      entropy -= parts.reduce(0) { $1 > 0 ? $0 + $1 * log($1) : $0 }
    }
    var result = AtomCounter.Result(
      counts: counts, probabilities: probabilities, components: mixture.components(of: sample.count), orders: [],
      order: means.count, evidence: .histogram, spacing: .free, criterion: .auto,
      meanEntropy: entropy / Double(max(1, isKnown.count { $0 })))
    (result.source, result.sourceError) = (source, error)
    result.beyondCount = values.count { $0.isFinite && $0 > limit }
    if let noise { result.missesSource = misses(sample.map { values[$0] }, noise) }
    return result
  }

  /// Gaussians at known means, all as wide as the errors say times one factor, which is fitted.
  private struct Mixture {
    let means: [Double]
    let noise: SpacedMixture.Noise?
    /// Of the variances.
    private(set) var factor: Double
    /// How many of the values each mean has.
    private(set) var shares: [Double]

    private static let stepLimit = 300

    /// - Parameters:
    ///   - values: from which the width and the shares are found.
    ///   - means: two or more, rising.
    ///   - noise: variance that the errors say; nil: one width.
    init(of values: [Double], at means: [Double], noise: SpacedMixture.Noise?) {
      (self.means, self.noise) = (means, noise)
      // One width starts at a quarter of the usual step.
      let step = (means[means.count - 1] - means[0]) / Double(means.count - 1)
      let least = noise == nil ? 1e-6 * step * step : 1
      factor = noise == nil ? step * step / 16 : 1
      shares = [Double](repeating: 0, count: means.count)
      for _ in 0..<Self.stepLimit where !values.isEmpty {
        var squares = 0.0
        shares = [Double](repeating: 0, count: means.count)
        for value in values {
          for (k, part) in responsibilities(of: value).enumerated() {
            shares[k] += part
            squares += part * (value - means[k]) * (value - means[k]) / variance(at: value)
          }
        }
        let before = factor
        factor = max(least, squares / Double(values.count))
        if abs(factor - before) < 1e-9 * factor { break }
      }
    }

    private func variance(at value: Double) -> Double { noise?.variance(at: value) ?? 1 }

    /// How likely each mean is for a value. The variance is that at what was measured, the same for all means: the likeliest is the nearest.
    func responsibilities(of value: Double) -> [Double] {
      let scale = 2 * factor * variance(at: value)
      let logs = means.map { -(value - $0) * (value - $0) / scale }
      let highest = logs.max()!
      let parts = logs.map { exp($0 - highest) }
      let sum = parts.reduce(0, +)
      return parts.map { $0 / sum }
    }

    /// The means that have values.
    /// - Parameter count: number of values.
    func components(of count: Int) -> [AtomCounter.Component] {
      means.indices.filter { shares[$0] > 0.5 }.map {
        .init(
          atoms: $0 + 1, mean: means[$0], deviation: (factor * variance(at: means[$0])).squareRoot(),
          share: shares[$0] / Double(count))
      }
    }
  }

  /// Whether cross-sections that are measured well enough to gather at those known lie between them as often as at them.
  ///
  /// With the number of atoms n as a fraction, the mean of cos 2πn is exp(-2π²σ²) for numbers that scatter by σ about whole ones, and is zero
  /// with a standard error of 1 / √(2N) for N that have nothing to do with them.
  private func misses(_ values: [Double], _ noise: SpacedMixture.Noise) -> Bool {
    let ladder = [0] + crossSections
    var (sum, expected, count) = (0.0, 0.0, 0)
    for value in values {
      guard let k = ladder.indices.dropFirst().first(where: { value <= ladder[$0] }) else { continue }
      let step = ladder[k] - ladder[k - 1]
      let scatter = noise.variance(at: value).squareRoot() / step
      guard scatter < Self.resolvedScatter else { continue }
      sum += cos(2 * .pi * (Double(k - 1) + (value - ladder[k - 1]) / step))
      expected += exp(-2 * .pi * .pi * scatter * scatter)
      count += 1
    }
    let error = (Double(count) / 2).squareRoot()
    return expected > 2 * Self.significance * error && sum < Self.significance * error
  }

  /// Columns whose errors are larger, in atoms, gather at nothing.
  private static let resolvedScatter = 0.25
  /// Standard errors by which the mean must exceed zero.
  private static let significance = 3.0
}
