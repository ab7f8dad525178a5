import Foundation
import TesseraNumerics

/// How well each sample fits its own class: single ones of another kind, which form no class.
///
/// The squared distance of a sample from the middle of its class, each feature in units of its scatter, is nearly a multiple of a χ²
/// variable; its cube root is nearly normal (Wilson & Hilferty, PNAS 17 (1931) 684). Its middle and scatter are taken from the class
/// itself, robustly, so neither correlated features nor the outliers matter. False discovery rates follow Benjamini & Hochberg,
/// J. R. Stat. Soc. B 57 (1995) 289.
public struct ClassOutliers: Sendable, Equatable {
  /// Standard deviations by which a sample is farther from the middle of its class than a typical member; NaN without a class, or in a
  /// class of fewer than three.
  public var deviations: [Double]
  /// Probability that a member of the class is as far, 1e-9 ... 1; NaN as above.
  public var fitProbabilities: [Double]
  /// Share of false ones among all samples at least as far, 0 ... 1; NaN as above.
  public var falseDiscoveryRates: [Double]

  /// Samples that are outliers, the farthest first; empty where classes scatter too widely to have any.
  public var outliers: [Int]
  /// Share of the samples that are as far as outliers, 0 ... 1, whether or not they are called so.
  public var share: Double

  /// A sample is an outlier from this false discovery rate on ...
  public static let significance = 0.05
  /// ... and this many standard deviations: tails of real classes are somewhat heavier than normal ones. In simulated perfect crystals no
  /// member is beyond 5.
  public static let leastDeviation = 5.0
  /// More than this share of all samples are no outliers: their classes scatter for another reason.
  public static let largestShare = 0.05
  /// A class of fewer members does not know its own scatter and borrows that of all.
  private static let fewestMembers = 30
  /// A class of fewer members has no middle.
  private static let fewestForMiddle = 3
  /// How rarely members are very far is known to about this; a smaller probability would be a claim about the tail of a normal distribution.
  private static let leastProbability = 1e-9
  /// The quantile from which the scatter of far members is taken, and where a normal distribution has it, in standard deviations.
  private static let tailQuantile = 0.95
  private static let tailDeviation = 1.6449

  /// Tests each sample against its own class.
  /// - Parameters:
  ///   - features: one row per sample; NaN where unknown.
  ///   - labels: class of each sample, 1 upwards; 0 for none.
  public init(of features: Matrix<Float>, labels: [Int]) {
    precondition(features.rows == labels.count, "one label a row")
    let count = labels.count
    let none = [Double](repeating: .nan, count: count)
    (deviations, fitProbabilities, falseDiscoveryRates, outliers, share) = (none, none, none, [], 0)
    let members = Self.members(of: features, labels)
    let roots = Self.rootDistances(of: features, members)
    let known = members.flatMap { $0 }.sorted()
    guard known.count >= Self.fewestMembers else { return }
    let all = Self.middleAndScatter(known.map { roots[$0] })
    for group in members where !group.isEmpty {
      let own = group.count >= Self.fewestMembers ? Self.middleAndScatter(group.map { roots[$0] }) : all
      for sample in group {
        deviations[sample] = own.scatter > 0 ? (roots[sample] - own.middle) / own.scatter : 0
        fitProbabilities[sample] = max(Self.leastProbability, erfc(deviations[sample] / 2.0.squareRoot()) / 2)
      }
    }
    let rates = Statistics.falseDiscoveryRates(known.map { fitProbabilities[$0] })
    for (sample, rate) in zip(known, rates) { falseDiscoveryRates[sample] = rate }
    let far = known.filter {
      falseDiscoveryRates[$0] < Self.significance && deviations[$0] >= Self.leastDeviation
    }
    share = Double(far.count) / Double(known.count)
    if share <= Self.largestShare { outliers = far.sorted { (deviations[$1], $0) < (deviations[$0], $1) } }
  }

  /// The samples of each class that have features.
  private static func members(of features: Matrix<Float>, _ labels: [Int]) -> [[Int]] {
    var members = [[Int]](repeating: [], count: labels.max() ?? 0)
    for (sample, label) in labels.enumerated() where label > 0 && features.row(sample).allSatisfy(\.isFinite) {
      members[label - 1].append(sample)
    }
    return members.map { $0.count >= fewestForMiddle ? $0 : [] }
  }

  /// Cube roots of the squared distances; NaN without a class.
  private static func rootDistances(of features: Matrix<Float>, _ members: [[Int]]) -> [Double] {
    // A member draws the middle of a small class towards itself.
    let shares = members.map { (Double($0.count) / Double(max(1, $0.count - 1))).squareRoot() }
    let columns = concurrentMap(count: features.columns) { column -> (middles: [Double], scatter: Double) in
      let middles = members.map { $0.isEmpty ? 0 : Double(Statistics.median($0.map { features[$0, column] })) }
      let offsets = members.indices.flatMap { k in
        members[k].map { (Double(features[$0, column]) - middles[k]) * shares[k] }
      }
      return (middles, Statistics.robustDeviation(offsets))
    }
    var roots = [Double](repeating: .nan, count: features.rows)
    for (k, group) in members.enumerated() {
      for sample in group {
        var sum = 0.0
        for (column, known) in columns.enumerated() where known.scatter > 0 {
          let offset = (Double(features[sample, column]) - known.middles[k]) * shares[k] / known.scatter
          sum += offset * offset
        }
        roots[sample] = cbrt(sum)
      }
    }
    return roots
  }

  private static func middleAndScatter(_ values: [Double]) -> (middle: Double, scatter: Double) {
    let middle = Statistics.median(values)
    let tail = (Statistics.quantile(values, tailQuantile) - middle) / tailDeviation
    return (middle, max(Statistics.robustDeviation(values), tail))
  }
}
