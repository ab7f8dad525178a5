import Foundation

/// How wide and how empty a gap must be.
extension ClassFinder {
  /// The best line through n points of one cloud in d components puts two random halves of it 2 √(d / n) apart, from Mahalanobis' distance of
  /// their means, whose square is 4 d / n on average; a quarter more for halves that were sought.
  private static let chanceSeparation = 2.5
  /// What classes that exist may lack of the separation of new ones: the standard error of that of two classes of thirty members that are four
  /// deviations apart.
  private static let hysteresis = 0.5
  /// By how much the gap between classes that exist may be fuller than between new ones: a fifth, the error of a count of some thirty rows.
  private static let valleyHysteresis = 1.2

  /// The separation that two new classes of these sizes need, in a table of so many components.
  func wantedSeparation(_ a: Int, _ b: Int, components: Int) -> Double {
    let ratio = Double(max(a, b)) / Double(max(1, min(a, b)))
    let chance = Self.chanceSeparation * (Double(components) / Double(a + b)).squareRoot()
    return separation + rarityPenalty * log10(ratio) + chance
  }

  /// Below this, classes that exist are one: a little less than new ones need, so that what was divided is not joined at once.
  func lastingSeparation(_ a: Int, _ b: Int, components: Int) -> Double {
    wantedSeparation(a, b, components: components) - Self.hysteresis
  }

  /// Above this, classes that exist are one.
  var lastingValley: Double { valley * Self.valleyHysteresis }

  /// Whether a gap divides two groups of rows.
  func isGap(between a: [Int], and b: [Int], in table: WhitenedTable) -> Bool {
    guard min(a.count, b.count) >= smallestClass else { return false }
    let gap = table.gap(between: a, and: b)
    return gap.separation >= lastingSeparation(a.count, b.count, components: table.components)
      && gap.valley <= lastingValley
  }
}
