import Foundation
import TesseraNumerics

/// Between which numbers the true size of each class lies, given how sure its members and those of the others are.
///
/// A member of confidence c is of another class with probability 1 - c. Which one, the confidences do not tell: where it is known how far apart the
/// classes are, it is the more likely the nearer, as the overlap of two normal laws d standard deviations apart falls as exp(-d²/8), and the larger;
/// otherwise each of the others gets a part by its size. Numbers of members that leave and of samples that join follow Poisson laws, which are a little wider than
/// the truth. Samples that were not found at all are not in it.
public enum CountIntervals {
  /// Chance that more leave, and that more join, than the interval allows: 95 % between them.
  private static let tail = 0.025

  /// - Parameters:
  ///   - confidences: of the members of each class, 0 ... 1.
  ///   - squaredDistances: between the means of any two classes, in variances of the noise; nil where unknown.
  public static func intervals(
    _ confidences: [[Double]], squaredDistances: [[Double]]? = nil
  ) -> [ClosedRange<Int>] {
    let doubts = confidences.map { $0.reduce(0) { $0 + min(1, max(0, 1 - $1)) } }
    var joining = [Double](repeating: 0, count: confidences.count)
    for from in confidences.indices where doubts[from] > 0 {
      let nearest = squaredDistances.map { rows in
        rows[from].indices.filter { $0 != from && rows[from][$0].isFinite }.map { rows[from][$0] }.min() ?? 0
      }
      let shares = confidences.indices.map { to -> Double in
        guard to != from else { return 0 }
        guard let nearest, let distance = squaredDistances?[from][to] else { return Double(confidences[to].count) }
        return distance.isFinite ? Double(confidences[to].count) * exp((nearest - distance) / 8) : 0
      }
      let total = shares.reduce(0, +)
      guard total > 0 else { continue }
      for to in confidences.indices { joining[to] += doubts[from] * shares[to] / total }
    }
    return confidences.indices.map { own in
      let size = confidences[own].count
      return max(0, size - most(doubts[own]))...(size + most(joining[own]))
    }
  }

  /// Between the means of any two groups of rows, in variances of the noise of a feature; infinite for a group without a row that is known.
  /// Nil without noise, in whose units nothing is near.
  public static func squaredDistances(
    of groups: [[Int]], in features: Matrix<Float>, noise: Double
  ) -> [[Double]]? {
    guard noise > 0 else { return nil }
    let means = groups.map { group -> [Double]? in
      let known = group.filter { features.row($0).allSatisfy(\.isFinite) }
      return known.isEmpty ? nil : features.mean(ofRows: known)
    }
    return means.map { one in
      means.map { other in
        guard let one, let other else { return .infinity }
        return Statistics.squaredDistance(one, other) / (noise * noise)
      }
    }
  }

  /// The number that a Poisson law of this mean exceeds with probability `tail` at most.
  private static func most(_ mean: Double) -> Int {
    var count = Int(saturating: mean.rounded(.down))
    while Statistics.poissonTail(count + 1, mean: mean) > tail { count += 1 }
    return count
  }
}
