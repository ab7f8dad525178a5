import Foundation
import TesseraNumerics

/// The entropy of the windows of one level, beside what it is to be compared with. In nats.
public struct ConfigurationEntropy: Sendable, Codable, Equatable {
  /// Number of windows.
  public var windows: Int
  /// −Σ p log p of the observed shares, and Chao and Shen's estimate, which allows for types not seen.
  public var plugIn, corrected: Double
  /// Mean and standard deviation of the plug-in value where the same fillings stand at random over the same windows.
  public var randomLattice, randomLatticeDeviation: Double
  /// Share of such random fillings whose plug-in value is as low, (1 + k) / (1 + permutations).
  public var pValue: Double
  /// log N, which no plug-in value exceeds.
  public var logWindows: Double
  /// Entropy of independent fillings of the same share, 4 h(f) or 16 h(f), and of types of one probability, log 16 or log 65,536.
  public var independent, maximum: Double
}

/// How often a type occurs, and whether independent fillings would give as many.
public struct CodeCount: Sendable, Equatable {
  /// 1 ... 16 at level 2, 1 ... 65,536 at level 3.
  public var type: Int
  /// Number of windows of the type.
  public var count: Int
  /// Share of the windows with a type, 0 ... 1.
  public var fraction: Double
  /// Number that independent fillings of the same share would give on average.
  public var expected: Double
  /// Smallest false discovery rate at which the type is more frequent than that.
  public var qValue: Double
}

/// Types of the windows of one level, overlapping or disjoint.
public struct CodeStatistics: Sendable, Equatable {
  /// Entropy of the shares of the types.
  public var entropy: ConfigurationEntropy
  /// Types that occur, the commonest first.
  public var codes: [CodeCount]
}

extension CodeStatistics {
  /// Counts against independent fillings: the tail of a Poisson law of mean N fᵏ (1 − f)ⁿ⁻ᵏ, and the false discovery rate of
  /// Benjamini & Hochberg, J. R. Stat. Soc. B 57 (1995) 289, over all types, those that do not occur included.
  /// - Parameter filled: f, the share of filled units.
  static func table(counts: [Int], bits: Int, filled f: Double) -> [CodeCount] {
    let windows = counts.reduce(0, +)
    guard windows > 0 else { return [] }
    let n = Double(windows)
    let seen = counts.indices.filter { counts[$0] > 0 }
    let expected = seen.map { code in
      let k = code.nonzeroBitCount
      return n * pow(f, Double(k)) * pow(1 - f, Double(bits - k))
    }
    let tails = zip(seen, expected).map { Statistics.poissonTail(counts[$0], mean: $1) }
    let q = Statistics.falseDiscoveryRates(tails, tests: counts.count)
    return seen.indices.map { k in
      CodeCount(
        type: seen[k] + 1, count: counts[seen[k]], fraction: Double(counts[seen[k]]) / n, expected: expected[k],
        qValue: q[k])
    }.sorted { ($1.count, $0.type) < ($0.count, $1.type) }
  }
}
