import Foundation
import TesseraNumerics

/// Columns that stand in the middle of a polygon of others: they are no part of its wall.
///
/// A column is a candidate of n sides, 4 ... 8, if its neighbours in the Delaunay triangulation are n columns at nearly one distance
/// and at nearly equal angles, all of them bonded to it, and no side of that ring is much longer than a bond. Where candidates exclude each other (a wall
/// between filled polygons has a ring, too, of walls and middles) the one with the longer sides stands: walls are the coarser net.
/// Where the columns of the ring pass the same test, as in a triangular lattice, nothing tells middles from walls, and there is none.
package struct CentreColumns: Sendable, Codable, Equatable {
  /// Largest coefficient of variation of the distances of the ring; an equilateral Cairo pentagon has .12.
  package var largestVariation = 0.2
  /// Largest relative deviation of an angle of the ring from 360 degrees / n.
  package var largestTurn = 0.35
  /// Longest side of the ring, in median bonds of all columns; a square's diagonal has 1.41.
  package var longestSide = 1.25

  package init() {}

  /// A column with a ring around it.
  private struct Candidate {
    var column: Int
    var ring: [Int]
    /// Mean side of the ring, in pixels.
    var side: Double
  }

  /// What each column is.
  package struct Roles: Sendable {
    package var isMiddle: [Bool]
    /// False where columns outside the frame decide: those whose neighbours the frame may cut, unless they are the wall of a middle.
    package var isDecided: [Bool]
  }

  /// The numbers of the columns that are middles, rising.
  package func indices(of points: [Point]) -> [Int] {
    let roles = roles(of: points)
    return points.indices.filter { roles.isMiddle[$0] }
  }

  /// O(n log n).
  /// - Parameters:
  ///   - points: all columns, in pixels.
  ///   - size: width and height of the frame in which all columns are known; nil: everywhere.
  package func roles(of points: [Point], size: Point? = nil) -> Roles {
    var roles = Roles(
      isMiddle: [Bool](repeating: false, count: points.count),
      isDecided: [Bool](repeating: size == nil, count: points.count))
    let net = NeighbourNet(points)
    guard let bond = net.bondLength else { return roles }
    var bonded = [Set<Int>](repeating: [], count: points.count)
    for bond in net.bonds {
      bonded[bond.a].insert(bond.b)
      bonded[bond.b].insert(bond.a)
    }
    let neighbours = bonded
    let (rings, isWhole) = Self.rings(of: points, size: size)
    let candidates = concurrentMap(count: points.count) { column in
      rings[column].flatMap { ring in
        ring.allSatisfy(neighbours[column].contains) ? candidate(column, ring: ring, points: points, bond: bond) : nil
      }
    }
    let clear = candidates.compactMap { candidate -> Candidate? in
      guard let candidate else { return nil }
      let alike = candidate.ring.count { candidates[$0]?.ring.count == candidate.ring.count }
      return alike > 1 ? nil : candidate
    }
    var isWall = [Bool](repeating: false, count: points.count)
    var isDoubtful = isWall
    for candidate in clear.sorted(by: { ($1.side, $0.column) < ($0.side, $1.column) }) {
      guard !isWall[candidate.column], !candidate.ring.contains(where: { roles.isMiddle[$0] }) else { continue }
      // A column of the ring that the frame may cut might be a middle itself, which would make this one a wall.
      guard candidate.ring.allSatisfy({ isWhole[$0] || isWall[$0] }) else {
        isDoubtful[candidate.column] = true
        continue
      }
      roles.isMiddle[candidate.column] = true
      for member in candidate.ring { isWall[member] = true }
    }
    for point in points.indices {
      roles.isDecided[point] = isWall[point] || roles.isMiddle[point] || (isWhole[point] && !isDoubtful[point])
    }
    return roles
  }

  private func candidate(_ column: Int, ring: [Int], points: [Point], bond: Double) -> Candidate? {
    let n = ring.count
    guard (4...8).contains(n) else { return nil }
    let ways = ring.map { points[$0] - points[column] }
    let distances = ways.map(\.length)
    let mean = Statistics.mean(distances)
    guard Statistics.deviation(distances) <= largestVariation * mean else { return nil }
    let step = 2 * Double.pi / Double(n)
    var sides = 0.0
    for k in 0..<n {
      let (p, q) = (ways[k], ways[(k + 1) % n])
      let turn = atan2(p.cross(q), p.dot(q))
      guard abs(turn - step) <= largestTurn * step, (q - p).length <= longestSide * bond else { return nil }
      sides += (q - p).length
    }
    return Candidate(column: column, ring: ring, side: sides / Double(n))
  }

  /// The neighbours of each point in the triangulation, from +x towards +y, nil at its border; and whether no point outside the
  /// frame could change them: the circles of its triangles lie inside.
  private static func rings(of points: [Point], size: Point?) -> (rings: [[Int]?], isWhole: [Bool]) {
    var (next, before) = ([[Int]](repeating: [], count: points.count), [[Int]](repeating: [], count: points.count))
    var isWhole = [Bool](repeating: true, count: points.count)
    for corners in DelaunayTriangulation(points).triangles {
      let places = (0..<3).map { points[Int(corners[$0])] }
      let isInside = size.map { lies(circleThrough: places, in: $0) } ?? true
      for k in 0..<3 {
        next[Int(corners[k])].append(Int(corners[(k + 1) % 3]))
        before[Int(corners[k])].append(Int(corners[(k + 2) % 3]))
        isWhole[Int(corners[k])] = isWhole[Int(corners[k])] && isInside
      }
    }
    let rings = points.indices.map { point -> [Int]? in
      guard next[point].count >= 3, next[point].sorted() == before[point].sorted() else { return nil }
      return next[point].sorted { ((points[$0] - points[point]).angle, $0) < ((points[$1] - points[point]).angle, $1) }
    }
    return (rings, zip(rings, isWhole).map { $0 != nil && $1 })
  }

  /// Whether the circle through three points lies in a frame.
  private static func lies(circleThrough points: [Point], in size: Point) -> Bool {
    let (p, q) = (points[1] - points[0], points[2] - points[0])
    let twice = 2 * p.cross(q)
    guard twice != 0 else { return false }
    let centre =
      Point(q.y * p.squaredLength - p.y * q.squaredLength, p.x * q.squaredLength - q.x * p.squaredLength) / twice
    let (place, radius) = (points[0] + centre, centre.length)
    return place.x - radius >= -0.5 && place.y - radius >= -0.5 && place.x + radius <= size.x - 0.5
      && place.y + radius <= size.y - 0.5
  }
}
