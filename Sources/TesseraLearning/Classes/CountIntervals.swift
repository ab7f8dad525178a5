import TesseraNumerics

/// Between which numbers the true size of each class lies, given how sure its members and those of the others are.
///
/// A member of confidence c is of another class with probability 1 - c; which one, the confidences do not tell, so each of the others gets a
/// part of it by its size. Numbers of members that leave and of samples that join follow Poisson laws, which are a little wider than
/// the truth. Samples that were not found at all are not in it.
public enum CountIntervals {
  /// Chance that more leave, and that more join, than the interval allows: 95 % between them.
  private static let tail = 0.025

  /// - Parameter confidences: of the members of each class, 0 ... 1.
  public static func intervals(_ confidences: [[Double]]) -> [ClosedRange<Int>] {
    let total = confidences.reduce(0) { $0 + $1.count }
    let doubts = confidences.map { $0.reduce(0) { $0 + min(1, max(0, 1 - $1)) } }
    return confidences.indices.map { own in
      let size = confidences[own].count
      let joining = confidences.indices.reduce(0.0) { sum, other in
        guard other != own, total > confidences[other].count else { return sum }
        return sum + doubts[other] * Double(size) / Double(total - confidences[other].count)
      }
      return max(0, size - most(doubts[own]))...(size + most(joining))
    }
  }

  /// The number that a Poisson law of this mean exceeds with probability `tail` at most.
  private static func most(_ mean: Double) -> Int {
    var count = Int(saturating: mean.rounded(.down))
    while Statistics.poissonTail(count + 1, mean: mean) > tail { count += 1 }
    return count
  }
}
