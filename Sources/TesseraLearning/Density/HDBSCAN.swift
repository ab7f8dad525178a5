import TesseraNumerics

/// HDBSCAN*: classes are the hills of the point density that last longest as the density threshold rises. Their number
/// is found, not given; points between the hills get no class.
///
/// Source: Campello, Moulavi & Sander, PAKDD 2013; the choice of classes follows McInnes, Healy & Astels, JOSS 2
/// (2017) 205. O(n log² n) time and O(n) memory: 200,000 points take seconds.
public struct HDBSCAN: Sendable, Codable, Equatable {
  /// Which classes of the hierarchy are reported.
  public enum Selection: String, Sendable, Codable, CaseIterable {
    /// Those that together are most stable.
    case excessOfMass
    /// The smallest ones: all that do not split further.
    case leaves
  }

  /// The least number of points of a class, 2 or more.
  public var minimumSize = 15
  /// The neighbour whose distance measures the density at a point, 1 or more; larger is smoother.
  public var neighbours = 10
  /// Which classes of the hierarchy are reported.
  public var selection = Selection.excessOfMass
  /// Whether one class of everything is a possible answer.
  public var allowsSingleClass = false
  /// Classes of 15 points or more, chosen by excess of mass.
  public init() {}

  /// The classes of a layout. The confidence of a point is its density over the largest of its class, in the sense of
  /// λ = 1 / distance; it is 0 for points without class.
  public func classes(of layout: Layout) throws -> Classes {
    try require(minimumSize >= 2, "the least number of points of a class", is: minimumSize, mustBe: "2 or more")
    try require(neighbours >= 1, "the number of neighbours", is: neighbours, mustBe: "1 or more")
    guard layout.points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else {
      throw DataError("HDBSCAN needs finite coordinates")
    }
    let edges = reachabilityTree(of: layout.points, neighbours: neighbours)
    // Points closer than a millionth of the longest edge are one place.
    let shortest = max((edges.last?.length ?? 1) * 1e-6, .leastNormalMagnitude)
    let tree = CondensedTree(edges, count: layout.points.count, minimumSize: minimumSize, shortest: shortest)
    let chosen =
      switch selection {
      case .excessOfMass: tree.stableClusters(allowingRoot: allowsSingleClass)
      case .leaves: tree.leaves(allowingRoot: allowsSingleClass)
      }
    let (labels, strength) = tree.membership(in: chosen)
    return Classes(grouping: labels, confidence: strength)
  }
}
