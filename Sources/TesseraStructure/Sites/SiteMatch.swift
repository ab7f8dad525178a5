import TesseraNumerics

/// Pairs of found and true places that are each other's nearest neighbours.
public struct SiteMatch: Sendable {
  /// A found and a true place that are each other's nearest neighbours.
  public struct Pair: Sendable, Equatable {
    /// Indices into both lists.
    public let predicted, truth: Int
    /// In pixels.
    public let distance: Double
  }

  /// In the order of the found places.
  public let matches: [Pair]
  /// Distance from each found place to the nearest true one, and the other way round; in pixels.
  public let predictedDistances, truthDistances: [Double]

  /// O(n) for n places spread evenly.
  public init(_ predicted: [Point], truth: [Point]) {
    guard !predicted.isEmpty, !truth.isEmpty else {
      (matches, predictedDistances, truthDistances) = ([], [], [])
      return
    }
    let (predictedIndex, truthIndex) = (PlanarIndex(predicted), PlanarIndex(truth))
    let there = concurrentMap(count: predicted.count) { truthIndex.nearest(1, to: predicted[$0])[0] }
    let back = concurrentMap(count: truth.count) { predictedIndex.nearest(1, to: truth[$0])[0] }
    predictedDistances = predicted.indices.map { (predicted[$0] - truth[there[$0]]).length }
    truthDistances = truth.indices.map { (truth[$0] - predicted[back[$0]]).length }
    let distances = predictedDistances
    matches = predicted.indices.filter { back[there[$0]] == $0 }.map {
      Pair(predicted: $0, truth: there[$0], distance: distances[$0])
    }
  }

  /// Half the mean distance between nearest neighbours, in pixels; infinite for fewer than two places.
  public static func defaultTolerance(of truth: [Point]) -> Double {
    PlanarIndex(truth).meanSpacing.map { 0.5 * $0 } ?? .infinity
  }
}
