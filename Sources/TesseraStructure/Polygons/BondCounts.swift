import TesseraNumerics

/// How many bonds the columns of a net have, and which numbers are the net's own.
///
/// In a net whose corners all have three bonds the numbers of sides average six (Euler), so that pentagons pair with heptagons. A column that was
/// not found, found twice or displaced breaks this: it makes pentagons and squares of hexagons, and its surroundings have corners with
/// two, four or more bonds.
struct BondCounts: Sendable {
  /// Bonds of each column of the net.
  let counts: [Int]
  /// Numbers of bonds that corners of this net have.
  let usual: Set<Int>

  /// A number of bonds is the net's own if this share of the columns has it: of the nets of regular polygons, those with two kinds of corner have a third
  /// or more of each.
  private static let leastShare = 0.25
  /// How far from the border columns have all their bonds, in bonds.
  private static let margin = 2.0

  /// - Parameter isDecided: whether it is known of each column that it belongs to the wall: beside one of which it is not, bonds say nothing.
  init(of net: NeighbourNet, size: Point, isDecided: [Bool]) {
    var counts = [Int](repeating: 0, count: net.points.count)
    var isBesideDoubt = isDecided.map { !$0 }
    for bond in net.bonds {
      counts[bond.a] += 1
      counts[bond.b] += 1
      if !isDecided[bond.a] { isBesideDoubt[bond.b] = true }
      if !isDecided[bond.b] { isBesideDoubt[bond.a] = true }
    }
    let far = Self.margin * (net.bondLength ?? 0)
    let isInside = zip(net.points, isBesideDoubt).map { point, isBesideDoubt in
      !isBesideDoubt && min(point.x, point.y, size.x - 1 - point.x, size.y - 1 - point.y) > far
    }
    var columns: [Int: Int] = [:]
    for (count, isInside) in zip(counts, isInside) where isInside { columns[count, default: 0] += 1 }
    let all = Double(columns.values.reduce(0, +))
    usual = Set(columns.filter { Double($0.value) >= Self.leastShare * all }.keys)
    // Of the others nothing is said.
    let typical = usual.min() ?? 0
    self.counts = zip(counts, isInside).map { $1 ? $0 : typical }
  }

  /// Whether all corners of a face have usual numbers of bonds.
  func areUsual(at corners: [Int]) -> Bool { usual.isEmpty || corners.allSatisfy { usual.contains(counts[$0]) } }
}
