import TesseraNumerics

/// Finds the nearest neighbours of every sample of a table.
public struct NeighbourSearch: Sendable, Codable, Equatable {
  /// Neighbours a sample, the sample itself not counted; 1 or more, and at most one less than there are samples.
  public var count = 15
  public var metric = NeighbourMetric.correlation
  public init() {}

  /// The neighbours of each row of `features` (finite numbers).
  public func table(of features: Matrix<Float>) throws -> NeighbourTable {
    try require(count >= 1, "the number of neighbours", is: count, mustBe: "1 or more")
    guard features.rows >= 2, features.columns >= 1 else {
      throw DataError("neighbours need at least two samples, but there are \(features.rows)")
    }
    guard features.values.allSatisfy(\.isFinite) else {
      throw DataError("neighbours need finite numbers; a feature is infinite or not a number")
    }
    let rows = MetricRows(features, metric: metric)
    return exhaustiveNeighbours(of: rows, count: min(count, features.rows - 1))
  }
}
