import TesseraNumerics
import TesseraStructure
import Testing

/// A square lattice of 40 x 40 cells with one site each: 1 the perfect crystal, 2 a vacancy, 3 what a vacancy makes of the
/// site to its right and of the one above it.
struct DefectiveLattice {
  static let side = 40
  var cells: Cells
  /// Mean brightness of the classes 0, 1, 2, 3.
  var strengths = [0, 10.0, 1, 10.2]

  init(vacancies: Set<[Int]>) throws {
    let (n, a) = (Self.side, 12.0)
    func isVacant(_ i: Int, _ j: Int) -> Bool { vacancies.contains([i, j]) }
    var (positions, labels): ([Point], [Int]) = ([], [])
    for j in 0..<n {
      for i in 0..<n {
        positions.append(Point(a * Double(i) + 20, a * Double(j) + 20))
        labels.append(isVacant(i, j) ? 2 : isVacant(i - 1, j) || isVacant(i, j - 1) ? 3 : 1)
      }
    }
    let grid = CellGrid(origin: Point(14, 14), u: Point(a, 0), v: Point(0, a))!
    cells = try LatticeCells().cells(of: positions, labels: labels, grid: grid)
  }

  var hierarchy: Hierarchy { get throws { try HierarchyMethod().hierarchy(of: cells) } }
  func kinds(_ hierarchy: Hierarchy) -> DefectKinds {
    DefectKinds(of: cells, dominant: hierarchy.dominant, strengths: strengths)
  }

  func chances(seed: UInt64 = 1) throws -> (Hierarchy, [Hierarchy.Chance?]) {
    let hierarchy = try hierarchy
    var test = ArrangementTest()
    test.permutations = 199
    let chances = try test.chances(
      of: hierarchy, in: cells, kinds: kinds(hierarchy), equivalence: .pointGroup, seed: seed)
    return (hierarchy, chances)
  }

  /// Vacancies alone, at random.
  static func independent(_ count: Int, seed: UInt64) -> Set<[Int]> {
    var source = RandomSource(seed: seed)
    var places: Set<[Int]> = []
    while places.count < count { places.insert([source.index(below: side), source.index(below: side)]) }
    return places
  }

  /// Pairs of neighbours, far from one another.
  static func pairs(_ count: Int, seed: UInt64) -> Set<[Int]> {
    var source = RandomSource(seed: seed)
    var places: Set<[Int]> = []
    while places.count < 2 * count {
      let (i, j) = (1 + source.index(below: side - 3), 1 + source.index(below: side - 3))
      let isFree = places.allSatisfy { abs($0[0] - i) > 4 || abs($0[1] - j) > 4 }
      if isFree { places.formUnion([[i, j], [i + 1, j]]) }
    }
    return places
  }
}

struct `Motif-cells against chance` {
  @Test func `Vacancies are defects, what stands beside them is not`() throws {
    let lattice = try DefectiveLattice(vacancies: DefectiveLattice.independent(60, seed: 2))
    #expect(lattice.kinds(try lattice.hierarchy).kinds == [.init(slot: 0, classes: [2])])
  }

  @Test func `A rare class of the usual brightness is a defect where none is near`() throws {
    var lattice = try DefectiveLattice(vacancies: DefectiveLattice.independent(60, seed: 2))
    // As bright as the others: nothing marks class 2, and class 3 stands beside nothing that is marked.
    lattice.strengths = [0, 10, 10, 10]
    #expect(lattice.kinds(try lattice.hierarchy).kinds.map(\.classes) == [[2], [3]])
  }

  @Test func `Columns dimmed by a stronger defect beside them are none of their own`() throws {
    var lattice = try DefectiveLattice(vacancies: DefectiveLattice.independent(60, seed: 2))
    // Class 3 only stands beside a vacancy, 20 % dimmer than the crystal.
    lattice.strengths = [0, 10, 1, 8]
    #expect(lattice.kinds(try lattice.hierarchy).kinds == [.init(slot: 0, classes: [2])])
  }

  @Test func `A few misfitted columns do not make a class a defect`() throws {
    let lattice = try DefectiveLattice(vacancies: DefectiveLattice.independent(60, seed: 2))
    let labels = (0..<40).map { $0 < 20 ? 1 : 3 } + [Int](repeating: 2, count: 20)
    // Every fourth column of class 3 is nearly gone: its mean is 23 % below the crystal's.
    let heights = labels.enumerated().map { $1 == 2 ? 1 : $1 == 3 && $0 % 4 == 0 ? 1 : 10.0 }
    let kinds = DefectKinds(
      of: lattice.cells, dominant: try lattice.hierarchy.dominant, heights: heights, labels: labels)
    #expect(kinds.kinds == [.init(slot: 0, classes: [2])])
  }

  @Test func `An arrangement that occurs once is not more than chance, however rare`() throws {
    // Two neighbours among 1,600 nodes: 3,120 places for the pair, 1,279,200 for two defects.
    let lattice = try DefectiveLattice(plain: [[20, 20], [21, 20]], strengths: [0, 10, 1])
    let (hierarchy, chances) = try lattice.chances()
    let pair = try #require(hierarchy.nodes.firstIndex { $0.level == 2 })
    #expect(try #require(chances[pair]).qValue > 0.05)
  }

  @Test func `Pairs that were planted are more than chance, and each vacancy is one defect`() throws {
    let (hierarchy, chances) = try DefectiveLattice(vacancies: DefectiveLattice.pairs(12, seed: 4)).chances()
    // A pair with its three changed neighbours has more than four cells; its cells occur as types of level 1.
    let tested = zip(hierarchy.nodes, chances).compactMap { node, chance in chance.map { (node, $0) } }
    #expect(!tested.isEmpty)
    // No vacancy is alone: fewer than by chance, which is no discovery.
    for (node, chance) in tested where node.level == 1 { #expect(chance.occurrences == 0 && chance.pValue == 1) }
  }

  @Test func `Pairs without satellites stand in the hierarchy with a small q`() throws {
    var lattice = try DefectiveLattice(vacancies: DefectiveLattice.pairs(14, seed: 4))
    lattice = try DefectiveLattice(plain: DefectiveLattice.pairs(14, seed: 4), strengths: lattice.strengths)
    let (hierarchy, chances) = try lattice.chances()
    let pair = try #require(hierarchy.nodes.firstIndex { $0.level == 2 })
    let chance = try #require(chances[pair])
    #expect(hierarchy.nodes[pair].count == 14 && chance.occurrences == 14)
    // 28 vacancies on 1,600 nodes: 3,120 neighbouring pairs, each vacant with probability (28 / 1600) (27 / 1599).
    #expect(abs(chance.expected - 3_120 * 28 * 27 / (1_600 * 1_599)) < 0.35)
    #expect(chance.pValue == 1.0 / 200 && chance.qValue < 0.02)
  }

  @Test func `Independent vacancies are found significant as seldom as q says`() throws {
    var images = 0
    for seed in 1...40 {
      let (_, chances) = try DefectiveLattice(vacancies: DefectiveLattice.independent(70, seed: UInt64(seed))).chances()
      if chances.contains(where: { $0.map { $0.qValue < 0.05 } ?? false }) { images += 1 }
    }
    // Under the null at most 5 % of images on average; six of forty have a chance of 1.4 %.
    #expect(images <= 5)
  }

  @Test func `The same seed gives the same figures on one thread and on many`() throws {
    let lattice = try DefectiveLattice(vacancies: DefectiveLattice.independent(70, seed: 1))
    let many = try lattice.chances(seed: 3).1
    #expect(try Workers.$limit.withValue(1) { try lattice.chances(seed: 3).1 } == many)
  }

  @Test func `Nothing is tested without defects or without a lattice`() throws {
    let (hierarchy, chances) = try DefectiveLattice(vacancies: []).chances()
    #expect(chances.allSatisfy { $0 == nil } && hierarchy.nodes.isEmpty)
  }
}

extension DefectiveLattice {
  /// Vacancies that leave their neighbours as they are.
  init(plain vacancies: Set<[Int]>, strengths: [Double]) throws {
    var (positions, labels): ([Point], [Int]) = ([], [])
    for j in 0..<Self.side {
      for i in 0..<Self.side {
        positions.append(Point(12 * Double(i) + 20, 12 * Double(j) + 20))
        labels.append(vacancies.contains([i, j]) ? 2 : 1)
      }
    }
    let grid = CellGrid(origin: Point(14, 14), u: Point(12, 0), v: Point(0, 12))!
    cells = try LatticeCells().cells(of: positions, labels: labels, grid: grid)
    self.strengths = strengths
  }
}
