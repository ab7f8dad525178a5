import Foundation
import TesseraNumerics
import TesseraStructure
import Testing

/// A honeycomb of 40 x 40 cells: class 1 and class 2; what `change` returns replaces the class at (i, j, sublattice),
/// nil leaves the site out.
private func honeycomb(
  cells: Int = 40, noise: Double = 0.4, change: (Int, Int, Int) -> Int? = { _, _, s in s + 1 }
) -> (positions: [Point], labels: [Int], grid: CellGrid) {
  let (u, v) = (Point(24, 1), Point(24, 1).rotated(by: 2 * .pi / 3))
  var source = RandomSource(seed: 12)
  var (positions, labels): ([Point], [Int]) = ([], [])
  for j in 0..<cells {
    for i in 0..<cells {
      for (s, place) in [Point(0.31, 0.62), Point(0.64, 0.28)].enumerated() {
        let jitter = Point(source.gaussian(), source.gaussian()) * noise
        guard let label = change(i, j, s) else { continue }
        positions.append(Point(600, 30) + u * (Double(i) + place.x) + v * (Double(j) + place.y) + jitter)
        labels.append(label)
      }
    }
  }
  return (positions, labels, CellGrid(origin: Point(3, 5), u: u, v: v)!)
}

struct `Cell grids` {
  @Test func `turn positions into coordinates and back`() {
    let grid = CellGrid(origin: Point(3, -2), u: Point(10, 2), v: Point(-4, 9))!
    #expect((grid.position(of: grid.coordinates(of: Point(17, 31))) - Point(17, 31)).length < 1e-12)
    #expect(CellGrid(origin: .zero, u: Point(1, 2), v: Point(2, 4)) == nil)
  }

  @Test func `know the point group of their lattice`() {
    func order(_ u: Point, _ v: Point) -> Int { CellGrid(origin: .zero, u: u, v: v)!.pointGroup().count }
    #expect(order(Point(10, 0), Point(0, 10)) == 8)
    #expect(order(Point(10, 1), Point(10, 1).rotated(by: 2 * .pi / 3)) == 12)
    #expect(order(Point(10, 1), Point(10, 1).rotated(by: .pi / 3)) == 12)
    #expect(order(Point(10, 0), Point(0, 14)) == 4)
    #expect(order(Point(10, 0), Point(3, 14)) == 2)
    #expect(order(Point(10, 0), Point(5, 14)) == 4)  // Rhombic.
  }

  @Test func `move their origin so that walls keep away from sites`() {
    let grid = CellGrid(origin: .zero, u: Point(20, 0), v: Point(0, 20))!
    let sites = (0..<25).map { Point(Double($0 % 5) * 20 + 3, Double($0 / 5) * 20 + 17) }
    let centre = grid.originFitted(to: sites).coordinates(of: sites[0])
    #expect((centre - Point(centre.x.rounded(.down), centre.y.rounded(.down)) - Point(0.5, 0.5)).length < 0.03)
  }
}

struct `Lattice cells` {
  @Test func `of a perfect crystal are all of one type`() throws {
    let crystal = honeycomb()
    let cells = try LatticeCells().cells(of: crystal.positions, labels: crystal.labels, grid: crystal.grid)
    #expect(cells.slots.count == 2)
    #expect(cells.types.count == 1 && cells.types[0].members.sorted() == [1, 2])
    // Cells at the rim may be cut by the walls' new place.
    #expect(cells.types[0].count > 38 * 38)
    #expect(cells.cellOfSite.allSatisfy { $0 != nil })
  }

  @Test func `hold what is absent, in excess or unknown`() throws {
    let crystal = honeycomb { i, j, s in
      switch (i, j, s) {
      case (10, 10, 0): nil  // A vacancy.
      case (20, 20, 1): 3
      case (30, 30, 0): 0  // A site without class.
      default: s + 1
      }
    }
    let cells = try LatticeCells().cells(
      of: crystal.positions + [crystal.positions[400] + Point(1, 0)], labels: crystal.labels + [4], grid: crystal.grid)
    let rare = cells.types.filter { $0.count == 1 }
    #expect(cells.types.count == 4 && rare.count == 3)
    #expect(Set(rare.map { $0.members.sorted() }) == [[0, 2], [1, 3], [1, 2]])
    #expect(rare.contains { $0.extras == [4] })
    let unknown = cells.cellOfSite[crystal.labels.firstIndex(of: 0)!]!
    #expect(cells.cells[unknown].type == nil && cells.cells[unknown].neighbours.count == 4)
  }

  /// Where vacant nodes are sites, a node without any may hold a column that is not seen.
  @Test func `have no type where it is not known whether a node is vacant`() throws {
    let crystal = honeycomb { i, j, s in i == 6 && j == 6 && s == 0 ? 3 : s + 1 }
    let lattice = try #require(
      LatticeIndexer(u: crystal.grid.u, v: crystal.grid.v).lattice(
        of: crystal.positions, heights: crystal.positions.map { _ in 1 }))
    let lost = try #require(crystal.labels.firstIndex(of: 3))
    func cells(losing: Bool, emptyIsVacant: Bool) throws -> Cells {
      let kept = crystal.positions.indices.filter { !losing || $0 != lost }
      var method = LatticeCells()
      method.emptyPlacesAreVacant = emptyIsVacant
      return try method.cells(
        of: kept.map { crystal.positions[$0] }, labels: kept.map { crystal.labels[$0] }, grains: Grains(lattice),
        nodes: kept.map { lattice.nodes[$0] }, grainOfSite: kept.map { _ in 1 })
    }
    let whole = try cells(losing: false, emptyIsVacant: false)
    let own = whole.cells[try #require(whole.cellOfSite[lost])]
    func type(losing: Bool, emptyIsVacant: Bool) throws -> [Int]? {
      let found = try cells(losing: losing, emptyIsVacant: emptyIsVacant)
      let cell = try #require(found.cells.first { $0.i == own.i && $0.j == own.j })
      return cell.type.map { found.types[$0].members.sorted() }
    }
    #expect(try type(losing: false, emptyIsVacant: false) == [2, 3])
    #expect(try type(losing: true, emptyIsVacant: true) == [0, 2])
    #expect(try type(losing: true, emptyIsVacant: false) == nil)
  }

  @Test func `follow a lattice that bends by more than a cell`() throws {
    let crystal = honeycomb(noise: 0.2) { i, j, s in i == 20 && j == 20 && s == 1 ? 3 : s + 1 }
    let bent = crystal.positions.map { $0 + Point(3e-5 * ($0.y - 400) * ($0.y - 400), 0) }
    let lattice = try #require(
      LatticeIndexer(u: crystal.grid.u, v: crystal.grid.v).lattice(of: bent, heights: bent.map { _ in 1 }))
    let cells = try LatticeCells().cells(
      of: bent, labels: crystal.labels, grains: Grains(lattice), nodes: lattice.nodes,
      grainOfSite: bent.map { _ in 1 })
    #expect(lattice.deviation > 1)
    #expect(cells.types.filter { $0.members.contains(0) == false }.map { $0.members.sorted() } == [[1, 2], [1, 3]])
    #expect(cells.types[0].count > 1300)
  }

  @Test func `of a hundred thousand are found within a second`() throws {
    let crystal = honeycomb(cells: 320) { i, j, s in (i * 7 + j * 13) % 50 == 0 && s == 0 ? 3 : s + 1 }
    let clock = ContinuousClock()
    var nodes = 0
    let time = try clock.measure {
      let cells = try LatticeCells().cells(of: crystal.positions, labels: crystal.labels, grid: crystal.grid)
      nodes = try HierarchyMethod().hierarchy(of: cells).nodes.count
    }
    #expect(nodes >= 1)
    #expect(time < .seconds(4), "\(time)")  // A second on two quiet cores.
  }
}

struct `Motif-cell hierarchy` {
  /// Isolated changed cells, a pair along u, another along v, and an L of three.
  private func sample() throws -> (cells: Cells, hierarchy: Hierarchy) {
    let crystal = honeycomb(cells: 30) { i, j, s in
      let a: Set = [[5, 5], [20, 8], [10, 20], [11, 20], [15, 15], [15, 16], [20, 20], [21, 20], [21, 21]]
      let b: Set = [[8, 8], [22, 21]]
      if s == 0 && a.contains([i, j]) { return 3 }
      if s == 1 && b.contains([i, j]) { return nil }
      return s + 1
    }
    let cells = try LatticeCells().cells(of: crystal.positions, labels: crystal.labels, grid: crystal.grid)
    return (cells, try HierarchyMethod().hierarchy(of: cells))
  }

  @Test func `counts groups by level`() throws {
    let (cells, hierarchy) = try sample()
    #expect(hierarchy.dominant == [0])
    #expect(cells.types.count == 3)
    let byLevel = Dictionary(grouping: hierarchy.nodes, by: \.level)
    #expect(byLevel[1]?.map(\.count) == [2, 1])
    #expect(byLevel[1]?.map(\.cellCount) == [9, 2])
    #expect(byLevel[2]?.map(\.count) == [2])  // A pair along u equals one along v in a hexagonal lattice.
    #expect(byLevel[4]?.map(\.count) == [1])
    #expect(byLevel[3] == nil && hierarchy.largerGroups == 0)
    let four = try #require(byLevel[4]?.first)
    #expect(four.size == 7)
    #expect(four.composition.map(\.label) == [0, 1, 2, 3] && four.composition.map(\.count) == [1, 1, 3, 3])
  }

  @Test func `links what occurs inside what`() throws {
    let hierarchy = try sample().hierarchy
    // Nodes: two single cells, the pair, the four. Single a in both, single b in the four, the pair in the four.
    #expect(hierarchy.edges.map { [$0.lower, $0.higher] } == [[0, 2], [0, 3], [1, 3], [2, 3]])
    // From level 1 to 2, 1 to 4, 1 to 4 and 2 to 4.
    #expect(hierarchy.edges.map(\.difference) == [1, 3, 3, 2])
  }

  @Test func `keeps orientations apart on request`() throws {
    let cells = try sample().cells
    var method = HierarchyMethod()
    method.equivalence = .translations
    #expect(try method.hierarchy(of: cells).nodes.count { $0.level == 2 } == 2)
    method.equivalence = .index90
    #expect(try method.hierarchy(of: cells).nodes.count { $0.level == 2 } == 1)
    method.highestLevel = 3
    let lower = try method.hierarchy(of: cells)
    #expect(lower.largerGroups == 1 && lower.cellsInLargerGroups == 4)
  }

  @Test func `survives JSON`() throws {
    var hierarchy = try sample().hierarchy
    let read = try JSONDecoder().decode(Hierarchy.self, from: JSONEncoder().encode(hierarchy))
    hierarchy.nodeOfCell = []  // Belongs to the table of cells.
    #expect(read == hierarchy)
  }

  @Test func `is the same without a lattice`() throws {
    // A square lattice: each cell is a Voronoi cell of its site.
    let side = 12
    var labels = [Int](repeating: 1, count: side * side)
    for index in [2 * side + 2, 2 * side + 3, 5 * side + 5, 8 * side + 7, 7 * side + 7] { labels[index] = 2 }
    var source = RandomSource(seed: 1)
    let positions = (0..<side * side).map { index in
      Point(Double(index % side) * 10 + 10, Double(index / side) * 10 + 10)
        + Point(source.gaussian(), source.gaussian()) * 0.2
    }
    let cells = try VoronoiCells().cells(of: positions, labels: labels, width: 131, height: 131)
    let areas = cells.cells.map { cell -> Double in
      let next = cell.outline.dropFirst() + cell.outline.prefix(1)
      return zip(cell.outline, next).reduce(0) { $0 + $1.0.cross($1.1) } / 2
    }
    let total = areas.reduce(0, +)
    #expect(abs(total - 131 * 131) < 1e-2)  // The cells tile the image.
    #expect(cells.cells[5 * side + 5].neighbours == [4 * side + 5, 5 * side + 4, 5 * side + 6, 6 * side + 5])
    let hierarchy = try HierarchyMethod().hierarchy(of: cells)
    #expect(hierarchy.nodes.map(\.level) == [1, 2] && hierarchy.nodes.map(\.count) == [1, 2])
    #expect(hierarchy.nodes[0].cellCount == 5)
  }
}
