import Foundation
import TesseraNumerics
import TesseraStructure
import Testing

struct `Nets of columns` {
  /// Points of a lattice with a basis, in a square of so many cells.
  private func lattice(_ a: Point, _ b: Point, _ basis: [Point], cells: Int) -> [Point] {
    (0..<cells).flatMap { j in
      (0..<cells).flatMap { i in basis.map { (Double(i) + $0.x) * a + (Double(j) + $0.y) * b } }
    }
  }

  private func faces(_ points: [Point]) -> [Int: Int] {
    Dictionary(grouping: NeighbourNet(points).faces, by: \.vertices.count).mapValues(\.count)
  }

  @Test(arguments: [0.0, 0.3, 1.1]) func `have the faces that geometry gives them`(angle: Double) {
    func turned(_ points: [Point]) -> [Point] { points.map { $0.rotated(by: angle) } }
    // n x n points of a square lattice have (n - 1)² squares, those of a hexagonal one 2 (n - 1)² triangles.
    #expect(faces(turned(lattice(Point(10, 0), Point(0, 10), [.zero], cells: 8))) == [4: 49])
    #expect(faces(turned(lattice(Point(10, 0), Point(5, 75.0.squareRoot()), [.zero], cells: 8))) == [3: 98])
    let honeycomb = lattice(
      Point(10, 0), Point(5, 75.0.squareRoot()), [.zero, Point(1.0 / 3, 1.0 / 3)], cells: 8)
    #expect(faces(turned(honeycomb)) == [6: 49])
    // The net of Cairo pentagons has nothing else; so many of the 4 a cell are whole.
    let cairo = faces(turned(CairoNet(cells: 8).walls))
    #expect(cairo.keys.sorted() == [5] && cairo[5]! > 190)
  }

  private func honeycomb(cells: Int) -> [Point] {
    let a = Point(30, 0)
    let b = Point(15, 675.0.squareRoot())
    // A sheared sheet; the square of it that is wanted lies inside.
    let sheet = lattice(a, b, [.zero, Point(1.0 / 3, 1.0 / 3)], cells: 2 * cells)
    let side = 30.0 * Double(cells)
    return sheet.map { $0 - Point(side / 2, 0) }.filter { $0.x > 0 && $0.y > 0 && $0.x < side - 1 && $0.y < 0.8 * side }
  }

  /// A column that is missing makes three pentagons and a triangle, or a hole, of three hexagons.
  @Test(arguments: 1...5) func `are in doubt where a column is missing or misplaced`(seed: Int) throws {
    var random = RandomSource(seed: UInt64(seed))
    let all = honeycomb(cells: 20)
    let found = all.filter { _ in random.uniform() > 0.03 }.map {
      $0 + Point(random.gaussian(), random.gaussian())
    }
    let net = try PolygonFinder().net(of: found, width: 600, height: 480)
    let sure = net.units.filter(\.isRegularlyBonded)
    #expect(sure.count > 100 && sure.count < net.units.count)
    // At the border too few bonds are seen of some corners.
    let inner = sure.filter { min($0.centre.x, $0.centre.y, 600 - $0.centre.x, 480 - $0.centre.y) > 100 }
    #expect(inner.count > 50 && inner.allSatisfy { $0.sides == 6 })
    #expect(4 * sure.count { $0.sides != 6 } <= net.units.count { $0.sides != 6 })
    let whole = try PolygonFinder().net(of: all, width: 600, height: 480)
    #expect(whole.units.allSatisfy { $0.sides == 6 && $0.isRegularlyBonded })
  }

  /// Stone & Wales: a bond turned by 90 degrees makes two pentagons and two heptagons of four hexagons, and all corners keep three bonds.
  @Test func `keep their true pentagons and heptagons`() throws {
    var points = honeycomb(cells: 20)
    let index = PlanarIndex(points)
    let first = index.nearest(1, to: Point(300, 240))[0]
    let second = index.nearest(2, to: points[first])[1]
    let (middle, along) = ((points[first] + points[second]) / 2, points[second] - points[first])
    points[first] = middle + 0.4 * Point(-along.y, along.x)
    points[second] = middle - 0.4 * Point(-along.y, along.x)
    // The neighbours give way.
    for near in index.nearest(6, to: middle) where near != first && near != second {
      let way = points[near] - middle
      let share = abs(way.dot(along)) / (way.length * along.length)
      points[near] = points[near] + (share > 0.7 ? -0.12 : 0.12) * way
    }
    let net = try PolygonFinder().net(of: points, width: 600, height: 480)
    let others = net.units.filter { $0.sides != 6 }
    #expect(others.map(\.sides).sorted() == [5, 5, 7, 7] && others.allSatisfy(\.isRegularlyBonded))
  }

  @Test func `do not change with the scale`() {
    var random = RandomSource(seed: 3)
    let points = (0..<300).map { _ in Point(random.uniform() * 200, random.uniform() * 200) }
    let bonds = NeighbourNet(points).bonds
    #expect(NeighbourNet(points.map { $0 * 1000 }).bonds == bonds)
    // The slow obvious version.
    for bond in bonds {
      let (p, q) = (points[bond.a], points[bond.b])
      let reach = NeighbourNet.slack * (q - p).length
      #expect(!points.contains { $0 != p && $0 != q && ($0 - p).length < reach && ($0 - q).length < reach })
    }
    // A tree joins them all: n points with one part have n - 1 bonds at least.
    var sets = DisjointSets(points.count)
    for bond in bonds { sets.unite(bond.a, bond.b) }
    #expect(Set(points.indices.map { sets.find($0) }).count == 1)
  }

  @Test(arguments: 1...10) func `tell columns in the middle of pentagons from walls`(seed: Int) {
    let net = CairoNet(cells: 10, angle: Double(seed), jitter: 0.7, seed: UInt64(seed))
    var random = RandomSource(seed: UInt64(seed) + 100)
    let filled = net.middles.filter { _ in random.uniform() < 0.42 }
    let columns = net.walls + filled
    let middles = Set(CentreColumns().indices(of: columns))
    // The ring of a column near the rim is not that of the net.
    let centre = columns.reduce(Point.zero, +) / Double(columns.count)
    func isInner(_ column: Int) -> Bool { (columns[column] - centre).length < 170 }
    #expect(middles.allSatisfy { $0 >= net.walls.count || !isInner($0) }, "no wall is a middle")
    let inner = columns.indices.filter { $0 >= net.walls.count && isInner($0) }
    #expect(inner.count > 50 && Double(inner.count { middles.contains($0) }) >= 0.97 * Double(inner.count))
  }

  @Test func `have no middles where all columns are alike`() {
    let triangles = lattice(Point(10, 0), Point(5, 75.0.squareRoot()), [.zero], cells: 12)
    #expect(CentreColumns().indices(of: triangles).isEmpty)
    #expect(CentreColumns().indices(of: lattice(Point(10, 0), Point(0, 10), [.zero], cells: 12)).isEmpty)
    #expect(CentreColumns().indices(of: CairoNet(cells: 8).walls).isEmpty)
    // Every honeycomb hexagon filled is a triangular lattice; one filled is a middle.
    let honeycomb = lattice(Point(10, 0), Point(5, 75.0.squareRoot()), [.zero, Point(1.0 / 3, 1.0 / 3)], cells: 8)
    let (a, b) = (Point(10, 0), Point(5, 75.0.squareRoot()))
    let middle = (a + b) * (4 + 2.0 / 3)
    #expect(CentreColumns().indices(of: honeycomb + [middle]) == [honeycomb.count])
  }

  @Test func `give a regular polygon the regularity 1, whatever its turn`() {
    for n in 4...12 {
      let step = 2 * Double.pi / Double(n)
      let corners = (0..<n).map { Point(3, 0).rotated(by: 0.2 + step * Double($0)) + Point(9, 4) }
      let shape = PolygonShape(corners)
      #expect(abs(shape.regularity - 1) < 1e-12 && (shape.centre - Point(9, 4)).length < 1e-12)
      let area = 4.5 * Double(n) * sin(step)
      #expect(abs(shape.area - area) < 1e-9)
    }
    // c₁ of corners (±a, ±b): the share ((a + b)² / 2) / (a² + b²).
    let oblong = PolygonShape([Point(2, 1), Point(-2, 1), Point(-2, -1), Point(2, -1)])
    #expect(abs(oblong.regularity - 0.9) < 1e-12)
  }

  @Test func `leave out what columns beyond the border might change`() throws {
    let points = lattice(Point(20, 0), Point(0, 20), [Point(0.5, 0.5)], cells: 10)
    let net = try PolygonFinder().net(of: points, width: 200, height: 200)
    // A bond along the rim has half of its lune outside: 36 outer squares use one.
    #expect(net.units.count == 49 && net.cut == 32 && net.units.allSatisfy { $0.sides == 4 })
    #expect(throws: ParameterError.self) {
      var finder = PolygonFinder()
      finder.sides = 3
      _ = try finder.net(of: points, width: 200, height: 200)
    }
  }
}
