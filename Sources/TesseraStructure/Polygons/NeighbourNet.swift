import TesseraNumerics

/// Which points of the plane are neighbours: the relative neighbourhood graph, with slack.
///
/// Two points p, q of the Delaunay triangulation are bonded unless a third point r is nearer to both than t |pq|:
///
///     p–q is a bond  ⇔  no r has max(|pr|, |qr|) < t |pq|.
///
/// Source: Toussaint, Pattern Recognition 12 (1980) 261, for t = 1; .85 keeps the sides of triangles whose angles are below 72
/// degrees and drops the diagonals of squares and pentagons, whatever the scale. The diameter of a hexagon stays where two opposite
/// corners are blunt, so a bond is dropped, too, if it is longer than 1.4 median bonds of its two ends. O(n log n).
package struct NeighbourNet: Sendable {
  package struct Bond: Sendable, Equatable {
    package var a, b: Int
    /// Whether every place from which a point could break the bond lies in the frame.
    package var isCertain: Bool
  }

  /// t of the definition; a triangle is kept while its angles stay below 2 asin(1 / 2t) = 72 degrees.
  package static let slack = 0.85
  /// A bond is at most so many times as long as the median of the bonds at its ends; the diameter of a blunt hexagon has 1.5 or more.
  private static let longest = 1.4

  package let points: [Point]
  /// By their lower, then their higher number.
  package let bonds: [Bond]

  /// - Parameters:
  ///   - points: in pixels, finite.
  ///   - size: width and height of the frame in which all points are known, in pixels; nil: everywhere.
  package init(_ points: [Point], size: Point? = nil) {
    self.points = points
    let triangulation = DelaunayTriangulation(points)
    var edges: [(Int, Int)] = []
    for (t, corners) in triangulation.triangles.enumerated() {
      for k in 0..<3 where triangulation.neighbours[t][k] < t {
        let (a, b) = (Int(corners[k]), Int(corners[(k + 1) % 3]))
        edges.append((min(a, b), max(a, b)))
      }
    }
    edges.sort { $0 < $1 }
    let (index, list) = (PlanarIndex(points), edges)
    let found = concurrentMap(chunksOf: 1024, of: list.count) { range in
      range.compactMap { k -> Bond? in
        let (a, b) = list[k]
        let (p, q) = (points[a], points[b])
        let reach = Self.slack * (q - p).length
        let isBroken = index.neighbours(of: (p + q) / 2, within: reach).contains { r in
          r != a && r != b && (points[r] - p).length < reach && (points[r] - q).length < reach
        }
        return isBroken ? nil : Bond(a: a, b: b, isCertain: size.map { Self.isSeen(p, q, size: $0) } ?? true)
      }
    }
    bonds = Self.withoutLong(found.flatMap { $0 }, points: points)
  }

  private static func withoutLong(_ bonds: [Bond], points: [Point]) -> [Bond] {
    let lengths = bonds.map { (points[$0.b] - points[$0.a]).length }
    var around = [[Double]](repeating: [], count: points.count)
    for (bond, length) in zip(bonds, lengths) {
      around[bond.a].append(length)
      around[bond.b].append(length)
    }
    return zip(bonds, lengths).filter { bond, length in
      length <= longest * Statistics.median(around[bond.a] + around[bond.b])
    }.map(\.0)
  }

  /// Whether the lune of p and q, where a point would break their bond, lies in the frame: its two tips and its two sides do.
  private static func isSeen(_ p: Point, _ q: Point, size: Point) -> Bool {
    let (middle, along) = ((p + q) / 2, q - p)
    let across = Point(-along.y, along.x)
    let tip = (slack * slack - 0.25).squareRoot()
    let places = [
      middle + tip * across, middle - tip * across, middle + (slack - 0.5) * along, middle - (slack - 0.5) * along,
    ]
    return places.allSatisfy { $0.x >= -0.5 && $0.y >= -0.5 && $0.x <= size.x - 0.5 && $0.y <= size.y - 0.5 }
  }

  /// Median length of the bonds, in pixels; nil without any.
  package var bondLength: Double? {
    bonds.isEmpty ? nil : Statistics.median(bonds.map { (points[$0.b] - points[$0.a]).length })
  }
}
