import Foundation
import TesseraNumerics

/// How well labels agree with the truth, whatever the numbers mean: every score is the same after renumbering.
///
/// All labels take part, 0 ("no class") as a label of its own, which is never the right one of what has a class.
public struct LabelScores: Sendable, Codable, Equatable {
  /// Mutual information adjusted for chance, normalised by the arithmetic mean of the entropies: 1 where the
  /// partitions are equal, about 0 for independent ones.
  /// Source: Vinh, Epps & Bailey, JMLR 11 (2010) 2837, eqs. 24a and AMI_sum.
  public let adjustedMutualInformation: Double
  /// Rand index adjusted for chance, -0.5 ... 1. Source: Hubert & Arabie, J. Classification 2 (1985) 193, eq. 5.
  public let adjustedRand: Double
  /// Geometric mean of precision and recall over pairs of samples, 0 ... 1.
  /// Source: Fowlkes & Mallows, JASA 78 (1983) 553, §2.
  public let fowlkesMallows: Double
  /// Share of samples whose label is the one matched to their truth, in the one-to-one matching that makes it largest.
  public let accuracy: Double

  /// O(n + r c (r + c) + n min(r, c)) for r and c different labels.
  /// - Parameters:
  ///   - labels: the class that each sample was given.
  ///   - truth: the true class of each sample, in the same order.
  ///   - unknown: the label of what has no class, which is right where it is the true one alone; nil: there is none.
  public init(_ labels: [Int], truth: [Int], unknown: Int? = nil) {
    precondition(labels.count == truth.count, "scores need a true label for each label")
    let table = ContingencyTable(labels, truth)
    adjustedMutualInformation = table.adjustedMutualInformation
    (adjustedRand, fowlkesMallows) = table.pairScores
    let n = Double(max(1, table.total))
    // What has no class matches nothing but what has none in truth.
    let gains = zip(table.rowLabels, table.counts).map { label, counts in
      zip(table.columnLabels, counts).map { other, count in
        unknown == nil || (label == unknown) == (other == unknown) ? Double(count) : 0
      }
    }
    let matched = bestAssignment(gains: gains)
    accuracy =
      table.total == 0
      ? 1
      : matched.enumerated().reduce(0.0) { sum, pair in
        sum + (pair.element.map { gains[pair.offset][$0] } ?? 0)
      } / n
  }
}
