import Foundation
import TesseraNumerics

/// How well found places agree with true ones.
///
/// A found and a true place match if each is the other's nearest neighbour. With M matches,
///
///     precision = M / found,  recall = M / true,  F1 = 2 M / (found + true),  Jaccard = M / (found + true − M).
///
/// Source: [A23] §2.3, where the unmatched sets of precision and recall are exchanged. The paper sets no limit to the
/// distance of a match; here the main scores count matches within a tolerance and the paper's stand beside them.
public struct SiteScore: Sendable, Equatable {
  /// The scores of the matches within the tolerance, 0 ... 1.
  public let precision, recall, f1, jaccard: Double
  /// Mean distance from a found place to the nearest true one, plus the mean the other way round, in pixels. NaN if there
  /// are none.
  public let chamfer: Double
  /// Root mean square distance of the matches within the tolerance, in pixels. NaN if there are none.
  public let rms: Double
  /// The scores without a limit to the distance of a match.
  public let f1Unlimited, jaccardUnlimited: Double
  /// Number of found and of true places.
  public let predictedCount, truthCount: Int
  /// Largest distance of a match, in pixels.
  public let tolerance: Double

  /// - Parameters:
  ///   - predicted: the places that were found, in pixels.
  ///   - truth: the true places, in pixels.
  ///   - tolerance: largest distance of a match, in pixels; nil for half the mean distance between nearest neighbours of the truth.
  public init(_ predicted: [Point], truth: [Point], tolerance: Double? = nil) {
    let pairs = SiteMatch(predicted, truth: truth)
    let limit = tolerance ?? SiteMatch.defaultTolerance(of: truth)
    let within = pairs.matches.filter { $0.distance <= limit }
    let total = Double(predicted.count + truth.count)
    func scores(_ matches: Int) -> (f1: Double, jaccard: Double) {
      // Nothing found where there is nothing is a perfect answer.
      if total == 0 { return (1, 1) }
      return (2 * Double(matches) / total, Double(matches) / (total - Double(matches)))
    }
    precision = predicted.isEmpty ? (truth.isEmpty ? 1 : 0) : Double(within.count) / Double(predicted.count)
    recall = truth.isEmpty ? (predicted.isEmpty ? 1 : 0) : Double(within.count) / Double(truth.count)
    (f1, jaccard) = scores(within.count)
    (f1Unlimited, jaccardUnlimited) = scores(pairs.matches.count)
    chamfer = Statistics.mean(pairs.predictedDistances) + Statistics.mean(pairs.truthDistances)
    rms = Statistics.mean(within.map { $0.distance * $0.distance }).squareRoot()
    (predictedCount, truthCount) = (predicted.count, truth.count)
    self.tolerance = limit
  }
}
