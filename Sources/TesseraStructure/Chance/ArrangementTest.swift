import TesseraNumerics

/// Tells the motif-cells that chance would give as often from those that it would not.
///
/// The defects of the image are placed at random, at equal numbers and each on its own sublattice, and the arrangements of every
/// motif-cell are counted again. What a defect's patch makes of its neighbours moves with it: a vacancy and its three
/// changed neighbours are one vacancy, no arrangement of four. The test is exact where defects are independent, and as dense
/// throughout each region of the image (`DefectMap`), whatever its shape. Sources: M22 for the motif-cells; a randomization test
/// (E. S. Edgington) for p; Benjamini & Hochberg, J. R. Stat. Soc. B 57 (1995) 289, for q.
public struct ArrangementTest: Sendable, Codable, Equatable {
  /// Random placements, 99 or more; no p is below 1 / (1 + this).
  public var permutations = 999
  /// A test against 999 random placements; the smallest p-value is 0.001.
  public init() {}

  /// What chance says of each node of a hierarchy: nil where it holds no defect, and without a lattice.
  ///
  /// O(permutations defects orientations). The same seed gives the same figures on any number of threads.
  public func chances(
    of hierarchy: Hierarchy, in cells: Cells, kinds: DefectKinds, equivalence: HierarchyMethod.Equivalence, seed: UInt64
  ) throws(ParameterError) -> [Hierarchy.Chance?] {
    try require(permutations >= 99, "arrangement test: permutations", is: permutations, mustBe: "99 or more")
    let none = [Hierarchy.Chance?](repeating: nil, count: hierarchy.nodes.count)
    guard cells.grid != nil, !kinds.kinds.isEmpty else { return none }
    let defects = DefectMap(cells, kinds: kinds)
    let contents = cells.types.map { defects.content(of: $0) }
    let group = equivalence.transforms(of: cells)
    let patternOfNode = hierarchy.nodes.map { DefectPattern($0.cells, contents: { contents[$0] }, under: group) }
    var found: [Test] = []
    var numbers: [DefectPattern: Int] = [:]
    for (node, pattern) in zip(hierarchy.nodes, patternOfNode) {
      guard let pattern, numbers[pattern] == nil else { continue }
      numbers[pattern] = found.count
      let isSingle = pattern.size == 1 && node.cells.allSatisfy { kinds.kinds(in: cells.types[$0.type]).count <= 1 }
      found.append(Test(pattern: pattern, isSingle: isSingle))
    }
    guard !found.isEmpty else { return none }
    let tests = found
    let joining = Reach(defects, cells, dominant: Set(hierarchy.dominant)).joining

    @Sendable func counts(_ contents: [UInt64], _ occupied: [Int]) -> [Int] {
      tests.map { test in
        test.isSingle
          ? test.pattern.lone(in: contents, occupied: occupied, cells: cells, map: defects.map, joining: joining)
          : test.pattern.occurrences(in: contents, occupied: occupied, cells: cells, map: defects.map)
      }
    }
    let observed = counts(defects.contents, defects.occupied)
    let random = concurrentMap(chunksOf: 32, of: permutations) { range in
      var contents = [UInt64](repeating: 0, count: cells.cells.count)
      return range.map { number in
        var source = RandomSource(seed: seed, stream: UInt64(number))
        let occupied = defects.place(into: &contents, from: &source)
        defer { for place in occupied { contents[place] = 0 } }
        return counts(contents, occupied)
      }
    }.flatMap { $0 }
    let expected = tests.indices.map { test in
      Double(random.reduce(0) { $0 + $1[test] }) / Double(permutations)
    }
    let p = tests.indices.map { test in
      Double(1 + random.count { $0[test] >= observed[test] }) / Double(1 + permutations)
    }
    // An arrangement is looked at because it is there: what counts is how seldom one that is there is there so often.
    let q = Statistics.falseDiscoveryRates(
      tests.indices.map { test in
        tests[test].isSingle
          ? p[test]
          : Self.conditional(
            p[test], observed: observed[test], expected: expected[test], random: random.map { $0[test] })
      })
    return patternOfNode.map { pattern in
      pattern.flatMap { numbers[$0] }.map {
        Hierarchy.Chance(occurrences: observed[$0], expected: expected[$0], pValue: p[$0], qValue: q[$0])
      }
    }
  }

  /// Fewer random placements than this with as many say too little of the tail; a Poisson law stands in.
  private static let fewestExceedances = 10

  /// The share of the random placements with as many or more among those with any.
  private static func conditional(_ p: Double, observed: Int, expected: Double, random: [Int]) -> Double {
    let exceeding = random.count { $0 >= observed }
    if exceeding >= fewestExceedances { return Double(1 + exceeding) / Double(1 + random.count { $0 >= 1 }) }
    let mean = max(expected, 1 / Double(random.count))
    return max(p, Statistics.poissonTail(observed, mean: mean) / Statistics.poissonTail(1, mean: mean))
  }

  private struct Test: Sendable {
    var pattern: DefectPattern
    /// Whether it is one defect, for which to stand alone is what can be more or less than chance.
    var isSingle: Bool
  }
}

extension Hierarchy {
  /// How often the defects of a motif-cell lie so, and how often they would by chance.
  public struct Chance: Sendable, Codable, Equatable {
    /// Places where the defects lie so, alone or among others; of a single defect those where it stands alone.
    public var occurrences: Int
    /// The mean number when the defects of the image lie at random.
    public var expected: Double
    /// The share of random placements with as many or more, the image's own counted in.
    public var pValue: Double
    /// The smallest false discovery rate at which this is more than chance, from the shares among the placements with any: motif-cells
    /// are tested because they occur, so one that occurs once is never more than chance.
    public var qValue: Double
  }
}

/// How far the patch of a defect changes the cells around it.
private struct Reach {
  /// Steps to the cells whose defects join a group with one at (0, 0).
  let joining: [(i: Int, j: Int)]

  private static let farthest = 2
  /// A cell beside a defect is changed by it if it is in more than this share of the cases, and in so many at least.
  private static let (leastShare, fewest) = (0.5, 3)

  init(_ defects: DefectMap, _ cells: Cells, dominant: Set<Int>) {
    let steps = (-Self.farthest...Self.farthest).flatMap { j in (-Self.farthest...Self.farthest).map { (i: $0, j: j) } }
    func cell(_ from: Int, _ step: (i: Int, j: Int)) -> Int? {
      defects.map.cell(cells.cells[from].i + step.i, cells.cells[from].j + step.j)
    }
    let changed = steps.filter { step in
      guard step != (0, 0) else { return true }
      var (seen, altered) = (0, 0)
      for start in defects.occupied {
        guard let other = cell(start, step), let type = cells.cells[other].type, defects.contents[other] == 0 else {
          continue
        }
        // No other defect may be what changed it.
        let isOurs = steps.allSatisfy { near in
          guard abs(near.i) <= 1, abs(near.j) <= 1, let beside = cell(other, near) else { return true }
          return beside == start || defects.contents[beside] == 0
        }
        guard isOurs else { continue }
        seen += 1
        if !dominant.contains(type) { altered += 1 }
      }
      return seen >= Self.fewest && Double(altered) > Self.leastShare * Double(seen)
    }
    var joined: Set<[Int]> = []
    for a in changed {
      for b in changed {
        for wall in [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)] {
          joined.insert([a.j - b.j + wall.1, a.i - b.i + wall.0])
        }
      }
    }
    joined.remove([0, 0])
    joining = joined.sorted { $0.lexicographicallyPrecedes($1) }.map { (i: $0[1], j: $0[0]) }
  }
}
