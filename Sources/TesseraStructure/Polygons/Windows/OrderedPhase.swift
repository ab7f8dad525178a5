import Foundation
import TesseraNumerics

/// A region whose windows of level 3 are of types that are more frequent than independent fillings allow.
public struct OrderedPhase: Sendable, Equatable {
  /// Units of all windows of those types, and of the places beside them that continue the order (`PhaseGrowth`), rising.
  public var units: [Int]
  /// Those types of the overlapping windows, the commonest first.
  public var types: [Int]
  /// In square pixels: the units' number, less those expected to continue the order by chance, times the mean area for each unit of the net; and
  /// over the area of the image.
  public var area, areaFraction: Double
  /// The two commonest types of the disjoint windows that lie in the region, and how many there are of each; fewer where there are.
  public var commonest: [(type: Int, count: Int)]
  /// Number of the first over that of the second, and its interval of 95 %; nil where there is no second.
  public var ratio: Double?
  /// Both ends of the interval of 95 % of `ratio`; the upper one may be infinite.
  public var ratioInterval: [Double]?

  public static func == (a: Self, b: Self) -> Bool {
    a.units == b.units && a.types == b.types && a.area == b.area && a.ratio == b.ratio
      && a.commonest.map(\.type) == b.commonest.map(\.type) && a.commonest.map(\.count) == b.commonest.map(\.count)
  }

  /// The ratio of two counts, with the interval that the share of the first in both has.
  static func ratio(_ first: Int, _ second: Int) -> (value: Double, interval: [Double]) {
    let interval = Statistics.shareInterval(first, of: first + second)
    return (Double(first) / Double(second), interval.map { $0 < 1 ? $0 / (1 - $0) : .infinity })
  }
}
