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
  private static let stepLimit = 300

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
    let own = means.map { noise?.variance(at: $0) ?? 1 }
    // One width starts at a quarter of the usual step.
    let step = (last - means[0]) / Double(means.count - 1)
    let least = noise == nil ? 1e-6 * step * step : 1
    var factor = noise == nil ? step * step / 16 : 1
    var shares = [Double](repeating: 0, count: means.count)
    // The variance at what was measured, the same for all numbers: the likeliest number is the nearest.
    func spread(of value: Double) -> Double { noise?.variance(at: value) ?? 1 }
    func responsibilities(_ value: Double) -> [Double] {
      let scale = 2 * factor * spread(of: value)
      let logs = means.map { -(value - $0) * (value - $0) / scale }
      let highest = logs.max()!
      let parts = logs.map { exp($0 - highest) }
      let sum = parts.reduce(0, +)
      return parts.map { $0 / sum }
    }
    for _ in 0..<Self.stepLimit where !sample.isEmpty {
      var squares = 0.0
      shares = [Double](repeating: 0, count: means.count)
      for column in sample {
        for (k, part) in responsibilities(values[column]).enumerated() {
          shares[k] += part
          squares += part * (values[column] - means[k]) * (values[column] - means[k]) / spread(of: values[column])
        }
      }
      let before = factor
      factor = max(least, squares / Double(sample.count))
      if abs(factor - before) < 1e-9 * factor { break }
    }
    var (counts, probabilities) = (
      [Int](repeating: 0, count: values.count), [Double](repeating: 0, count: values.count)
    )
    var entropy = 0.0
    for column in values.indices where isKnown[column] {
      let parts = responsibilities(values[column])
      let best = parts.indices.reduce(0) { parts[$1] > parts[$0] ? $1 : $0 }
      (counts[column], probabilities[column]) = (best + 1, parts[best])
      entropy -= parts.reduce(0) { $1 > 0 ? $0 + $1 * log($1) : $0 }
    }
    let (held, scale) = (shares, factor)
    var result = AtomCounter.Result(
      counts: counts, probabilities: probabilities,
      components: means.indices.filter { held[$0] > 0.5 }.map {
        .init(
          atoms: $0 + 1, mean: means[$0], deviation: (scale * own[$0]).squareRoot(),
          share: held[$0] / Double(sample.count))
      },
      orders: [], order: means.count, evidence: .histogram, spacing: .free, criterion: .auto,
      meanEntropy: entropy / Double(max(1, isKnown.count { $0 })))
    (result.source, result.sourceError) = (source, error)
    result.beyondCount = values.count { $0.isFinite && $0 > limit }
    if let noise { result.missesSource = misses(sample.map { values[$0] }, noise) }
    return result
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
