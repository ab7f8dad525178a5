import TesseraNumerics

/// Finds the nearest neighbours of every sample of a table.
///
/// Up to `exactLimit` samples all pairs are compared. Above, each sample is compared with those of some lists only
/// (`InvertedLists`), of which a sample of the table tells how many hold the wanted share of the true neighbours; where
/// that would be most of the table, all pairs are compared after all. The result is the same on any number of threads.
public struct NeighbourSearch: Sendable, Codable, Equatable {
  /// Neighbours a sample, the sample itself not counted; 1 or more, and at most one less than there are samples.
  public var count = 15
  /// How distances between rows are measured.
  public var metric = NeighbourMetric.correlation
  /// Samples up to which the search is exact, 0 or more. Below some 20,000 there is little to gain.
  public var exactLimit = 20_000
  /// Share of the true neighbours that the search above that limit aims at, above 0 and at most 1.
  public var recall = 0.98
  /// A search for 15 neighbours by correlation.
  public init() {}

  /// The neighbours of each row of `features` (finite numbers).
  public func table(of features: Matrix<Float>) throws -> NeighbourTable {
    try require(count >= 1, "the number of neighbours", is: count, mustBe: "1 or more")
    try require(exactLimit >= 0, "the limit of the exact search", is: exactLimit, mustBe: "0 or more")
    try require(recall > 0 && recall <= 1, "the share of neighbours to find", is: recall, mustBe: "above 0, at most 1")
    guard features.rows >= 2, features.columns >= 1 else {
      throw DataError("neighbours need at least two samples, but there are \(features.rows)")
    }
    guard features.values.allSatisfy(\.isFinite) else {
      throw DataError("neighbours need finite numbers; a feature is infinite or not a number")
    }
    let rows = MetricRows(features, metric: metric)
    let count = min(count, features.rows - 1)
    guard features.rows > exactLimit else { return exhaustiveNeighbours(of: rows, count: count) }
    let lists = InvertedLists(rows)
    let plan = lists.plan(finding: recall, of: count)
    return plan.isWorthwhile
      ? lists.neighbours(count: count, probes: plan.probes) : exhaustiveNeighbours(of: rows, count: count)
  }
}
