import Foundation

/// How wide and how empty a gap must be.
extension ClassFinder {
  /// The separation that two new classes of these sizes need, in a table of so many components.
  func wantedSeparation(_ a: Int, _ b: Int, components: Int) -> Double {
    let ratio = Double(max(a, b)) / Double(max(1, min(a, b)))
    // The best line through few points in many dimensions separates even one group a little.
    let chance = 2.5 * (Double(components) / Double(a + b)).squareRoot()
    return separation + rarityPenalty * log10(ratio) + chance
  }

  /// Below this, classes that exist are one: a little less than new ones need, so that what was divided is not joined at once.
  func lastingSeparation(_ a: Int, _ b: Int, components: Int) -> Double {
    wantedSeparation(a, b, components: components) - 0.5
  }

  /// Above this, classes that exist are one.
  var lastingValley: Double { valley * 1.2 }

  /// Whether a gap divides two groups of rows.
  func isGap(between a: [Int], and b: [Int], in table: WhitenedTable) -> Bool {
    guard min(a.count, b.count) >= smallestClass else { return false }
    let gap = Gap(between: a, and: b, in: table)
    return gap.separation >= lastingSeparation(a.count, b.count, components: table.components)
      && gap.valley <= lastingValley
  }
}
