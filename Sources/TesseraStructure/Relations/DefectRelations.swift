import Foundation
import TesseraNumerics

/// Which defects lie at which displacement from which others more often than if each lay at random on its own sublattice.
///
/// The null moves the defects within their regions of the image, each with what its patch makes of its neighbours, as in
/// `ArrangementTest`. Source: M22, Fig. 1H, for the displacements.
public struct DefectRelations: Sendable, Codable, Equatable {
  /// Longest displacement in units of the longer cell edge; positive, 6 or less.
  public var reach = 2.5
  /// Random placements, 99 or more.
  public var permutations = 999
  /// Relations up to 2.5 cell edges, against 999 random placements.
  public init() {}

  /// Defects of one kind at one displacement from defects of another.
  public struct Relation: Sendable, Codable, Equatable {
    /// Indices of `DefectKinds.kinds`.
    public var centre, other: Int
    /// In pixels, along the lattice of the first grain.
    public var displacement: Point
    /// Number of pairs in the image.
    public var count: Int
    /// The mean number in random placements, and by how many of their standard deviations `count` is above it.
    public var expected, z: Double
    /// Probability that a random placement has at least as many pairs.
    public var pValue: Double
    /// The smallest false discovery rate at which this is more than chance, among all displacements within reach.
    public var qValue: Double
    /// Share of the defects `centre` that have such a partner, 0 ... 1.
    public var share: Double
  }

  /// Fewer random placements than this with as many pairs say too little of the tail; a Poisson law stands in.
  private static let fewestExceedances = 10

  /// All displacements that occur, by centre, other, then q. O(permutations defects displacements).
  ///
  /// The same seed gives the same relations on any number of threads. Sites beside the lattice have none.
  public func relations(in cells: Cells, kinds: DefectKinds, seed: UInt64) throws(ParameterError) -> [Relation] {
    try require(reach > 0 && reach <= 6, "defect relations: reach", is: reach, mustBe: "above 0 and at most 6")
    try require(permutations >= 99, "defect relations: permutations", is: permutations, mustBe: "99 or more")
    guard let grid = cells.grid, !kinds.kinds.isEmpty else { return [] }
    let defects = DefectMap(cells, kinds: kinds)
    let steps = Steps(grid, slots: cells.slots, kinds: kinds, reach: reach * max(grid.u.length, grid.v.length))
    let tallies = Tallies(cells, defects.map, steps: steps, kinds: kinds)
    let seen = kinds.kinds.indices.map { kind in
      cells.cells.indices.filter { index in
        cells.cells[index].type.map { kinds.kinds(in: cells.types[$0]).contains(kind) } ?? false
      }
    }
    let observed = tallies.counts(of: seen.enumerated().map { ($0.offset, $0.element) })
    let random = concurrentMap(chunksOf: 32, of: permutations) { range in
      range.map { number -> [Int] in
        var source = RandomSource(seed: seed, stream: UInt64(number))
        return tallies.counts(of: defects.placement(from: &source))
      }
    }.flatMap { $0 }
    var tested: [(pair: Int, expected: Double, deviation: Double, p: Double)] = []
    for pair in steps.pairs.indices where steps.pairs[pair].isFirst {
      let chance = random.map { Double($0[pair]) }
      let expected = Statistics.mean(chance)
      let exceeding = chance.count { Int($0) >= observed[pair] }
      let p =
        exceeding >= Self.fewestExceedances
        ? Double(1 + exceeding) / Double(1 + permutations)
        : Statistics.poissonTail(observed[pair], mean: max(expected, 1 / Double(permutations)))
      tested.append((pair, expected, max(Statistics.deviation(chance), expected.squareRoot(), 0.5), p))
    }
    let q = Statistics.falseDiscoveryRates(tested.map(\.p))
    var found: [Relation] = []
    for (test, q) in zip(tested, q) where observed[test.pair] > 0 {
      for (pair, turned) in [(test.pair, false), (steps.pairs[test.pair].reverse, true)]
      where !turned || pair != test.pair {
        let (centre, other) = (steps.pairs[pair].centre, steps.pairs[pair].other)
        found.append(
          Relation(
            centre: centre, other: other, displacement: steps.pairs[pair].displacement, count: observed[test.pair],
            expected: test.expected, z: (Double(observed[test.pair]) - test.expected) / test.deviation,
            pValue: test.p, qValue: q, share: Double(observed[test.pair]) / Double(max(1, seen[centre].count))))
      }
    }
    return found.sorted {
      ($0.centre, $0.other, $0.qValue, $0.displacement.length, $0.displacement.angle)
        < ($1.centre, $1.other, $1.qValue, $1.displacement.length, $1.displacement.angle)
    }
  }
}

/// The pairs of kinds and lattice steps that are counted.
private struct Steps: Sendable {
  struct Pair: Sendable {
    var centre, other: Int
    var i, j: Int
    var displacement: Point
    /// The same pairs seen from the other defect.
    var reverse: Int
    /// Whether it stands for both.
    var isFirst: Bool
  }
  private(set) var pairs: [Pair] = []

  init(_ grid: CellGrid, slots: [Point], kinds: DefectKinds, reach: Double) {
    let far = Int(saturating: (reach / (grid.area / max(grid.u.length, grid.v.length))).rounded(.up)) + 1
    var numbers: [[Int]: Int] = [:]
    for (centre, from) in kinds.kinds.enumerated() {
      for (other, to) in kinds.kinds.enumerated() {
        guard let a = from.slot, let b = to.slot, max(a, b) < slots.count else { continue }
        for j in -far...far {
          for i in -far...far where !(i == 0 && j == 0 && a == b) {
            let index = Point(Double(i), Double(j)) + slots[b] - slots[a]
            let displacement = grid.u * index.x + grid.v * index.y
            guard displacement.length <= reach else { continue }
            numbers[[centre, other, i, j]] = pairs.count
            pairs.append(
              Pair(centre: centre, other: other, i: i, j: j, displacement: displacement, reverse: -1, isFirst: false))
          }
        }
      }
    }
    for index in pairs.indices {
      let pair = pairs[index]
      pairs[index].reverse = numbers[[pair.other, pair.centre, -pair.i, -pair.j]] ?? index
      pairs[index].isFirst = index <= pairs[index].reverse
    }
  }
}

/// Counts pairs in a placement of defects.
private struct Tallies: Sendable {
  let cells: Cells
  let map: CellMap
  let steps: Steps
  /// Indices of the steps of each ordered pair of kinds that stand for both directions.
  private let stepsOfCentre: [[Int]]

  init(_ cells: Cells, _ map: CellMap, steps: Steps, kinds: DefectKinds) {
    (self.cells, self.map, self.steps) = (cells, map, steps)
    stepsOfCentre = kinds.kinds.indices.map { kind in
      steps.pairs.indices.filter { steps.pairs[$0].isFirst && steps.pairs[$0].centre == kind }
    }
  }

  func counts(of placement: [(kind: Int, cells: [Int])]) -> [Int] {
    var holds = [Set<Int>](repeating: [], count: stepsOfCentre.count)
    for (kind, places) in placement { holds[kind].formUnion(places) }
    var result = [Int](repeating: 0, count: steps.pairs.count)
    for (kind, places) in placement {
      for place in places {
        let (i, j) = (cells.cells[place].i, cells.cells[place].j)
        for step in stepsOfCentre[kind] {
          let pair = steps.pairs[step]
          if let other = map.cell(i + pair.i, j + pair.j), holds[pair.other].contains(other) { result[step] += 1 }
        }
      }
    }
    return result
  }
}
