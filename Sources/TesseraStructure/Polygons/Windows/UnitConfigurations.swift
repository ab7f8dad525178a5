import Foundation
import TesseraNumerics

/// How filled and empty units are arranged: windows of two levels, their types, entropies, and an ordered phase if there is one.
public struct UnitConfigurations: Sendable, Codable, Equatable {
  /// Random arrangements of the same fillings that entropies are compared with, 100 or more.
  public var permutations = 200
  /// A type of level 3 belongs to a phase if its false discovery rate is at most this. Windows overlap, so their counts
  /// scatter a little more than independent ones: of 300 random arrangements at .379 and .5, two had a type below .05, none below .01.
  public var largestRate = 0.01

  /// A comparison with 200 random arrangements.
  public init() {}

  /// The types of one level.
  public struct Level: Sendable, Equatable {
    /// Nil without windows.
    public var overlapping, disjoint: CodeStatistics?
    /// Windows that hold a partly filled unit, and so have no type.
    public var leftOut: Int
    /// Type of the disjoint window that each unit belongs to; nil where there is none.
    public var types: [Int?]
  }

  /// The windows of one image and what they tell.
  public struct Outcome: Sendable, Equatable {
    /// The windows of both levels, with or without a type.
    public var windows: UnitWindows
    /// The types of windows of four units, and of sixteen.
    public var level2, level3: Level
    /// Nil where no type of level 3 is more frequent than independent fillings allow.
    public var phase: OrderedPhase?
    /// Share of filled units among those of windows with a type; NaN without any.
    public var filled: Double
  }

  /// - Parameters:
  ///   - centres: of units of one number of sides, in pixels.
  ///   - fillings: of each; nil where it is unknown.
  ///   - imageArea: in square pixels.
  ///   - seed: of the random arrangements.
  public func outcome(
    centres: [Point], fillings: [PolygonalUnit.Filling?], imageArea: Double, seed: UInt64
  ) throws(ParameterError) -> Outcome {
    precondition(centres.count == fillings.count, "a filling for each unit")
    try require(
      permutations >= 100 && permutations <= 100_000, "permutations", is: permutations, mustBe: "between 100 and 100000"
    )
    let windows = UnitWindows(centres: centres)
    let isCoded = fillings.map { $0 == .empty || $0 == .filled }
    let isFilled = fillings.map { $0 == .filled }
    let sets = [2, 3].map { UnitCodes(level: $0, of: windows, isCoded: isCoded) }
    var isUsed = [Bool](repeating: false, count: centres.count)
    for unit in sets[0].units { isUsed[Int(unit)] = true }
    let pool = centres.indices.filter { isUsed[$0] }
    let filled = pool.isEmpty ? Double.nan : Double(pool.count { isFilled[$0] }) / Double(pool.count)
    let random = randomEntropies(sets, pool: pool, isFilled: isFilled, seed: seed)
    let codes = sets.map { $0.codes(isFilled: isFilled) }
    let levels = sets.indices.map { k in
      level(sets[k], codes[k], filled: filled, random: random.map { $0[k] }, count: centres.count)
    }
    return Outcome(
      windows: windows, level2: levels[0], level3: levels[1],
      phase: phase(
        sets[1], codes[1], levels[1], windows: windows, centres: centres, isCoded: isCoded, isFilled: isFilled,
        filled: filled, imageArea: imageArea),
      filled: filled)
  }

  /// For each permutation and level the plug-in entropies of overlapping and disjoint windows.
  private func randomEntropies(_ sets: [UnitCodes], pool: [Int], isFilled: [Bool], seed: UInt64) -> [[(
    all: Double, apart: Double
  )]] {
    guard !pool.isEmpty else { return [] }
    return concurrentMap(count: permutations) { number in
      var random = RandomSource(seed: seed, stream: UInt64(number) + 1)
      var values = pool.map { isFilled[$0] }
      values.shuffle(using: &random)
      var shuffled = isFilled
      for (unit, value) in zip(pool, values) { shuffled[unit] = value }
      return sets.map { set in
        let codes = set.codes(isFilled: shuffled)
        return (CodeEntropy.plugIn(set.counts(codes)), set.bestDisjoint(codes).entropy)
      }
    }
  }

  private func level(
    _ set: UnitCodes, _ codes: [Int], filled: Double, random: [(all: Double, apart: Double)], count: Int
  ) -> Level {
    func statistics(_ counts: [Int], _ null: [Double]) -> CodeStatistics? {
      let windows = counts.reduce(0, +)
      guard windows > 0 else { return nil }
      let observed = CodeEntropy.plugIn(counts)
      return CodeStatistics(
        entropy: ConfigurationEntropy(
          windows: windows, plugIn: observed, corrected: CodeEntropy.corrected(counts),
          randomLattice: Statistics.mean(null), randomLatticeDeviation: Statistics.deviation(null),
          pValue: Double(1 + null.count { $0 <= observed + 1e-12 }) / Double(1 + null.count),
          logWindows: log(Double(windows)), independent: CodeEntropy.independent(bits: set.bits, filled: filled),
          maximum: log(Double(set.types))),
        codes: CodeStatistics.table(counts: counts, bits: set.bits, filled: filled))
    }
    let best = set.bestDisjoint(codes)
    var types = [Int?](repeating: nil, count: count)
    for window in set.disjoint[best.set] {
      for k in 0..<set.bits { types[Int(set.units[window * set.bits + k])] = codes[window] + 1 }
    }
    return Level(
      overlapping: statistics(set.counts(codes), random.map(\.all)),
      disjoint: statistics(best.counts, random.map(\.apart)), leftOut: set.leftOut, types: types)
  }

  private func phase(
    _ set: UnitCodes, _ codes: [Int], _ level: Level, windows: UnitWindows, centres: [Point], isCoded: [Bool],
    isFilled: [Bool], filled: Double, imageArea: Double
  ) -> OrderedPhase? {
    guard let table = level.overlapping?.codes, let cell = windows.areaPerWindow else { return nil }
    let types = table.filter { $0.qValue <= largestRate }.map(\.type)
    guard !types.isEmpty else { return nil }
    let isOrdered = Set(types)
    func grown(_ set: UnitCodes, _ codes: [Int], _ windows: UnitWindows, _ types: Set<Int>) -> (
      isInside: [Bool], byChance: Double
    ) {
      let sure = codes.indices.filter { types.contains(codes[$0] + 1) }
      return PhaseGrowth(
        windows: windows, isCoded: isCoded, isFilled: isFilled, codes: Set(types.map { $0 - 1 }), filled: filled
      )
      .units(from: Set(sure.flatMap { windows.level3[set.windows[$0]].corners }))
    }
    var (isInside, byChance) = grown(set, codes, windows, isOrdered)
    // The phase may end along squares of the other kind: those of kind A are then cut all around it, and more is seen of it in the others.
    if windows.orientations.count == 2 {
      let others = UnitWindows(centres: centres, swapsKinds: true)
      let own = UnitCodes(level: 3, of: others, isCoded: isCoded)
      let found = own.codes(isFilled: isFilled)
      let frequent = CodeStatistics.table(counts: own.counts(found), bits: own.bits, filled: filled)
        .filter { $0.qValue <= largestRate }.map(\.type)
      let also = grown(own, found, others, Set(frequent))
      if also.isInside.count(where: { $0 }) > isInside.count(where: { $0 }) { (isInside, byChance) = also }
    }
    let inside = set.disjoint[set.bestDisjoint(codes).set].filter { window in
      (0..<set.bits).allSatisfy { isInside[Int(set.units[window * set.bits + $0])] }
    }
    let counts = set.counts(codes, of: inside)
    let commonest = counts.indices.filter { counts[$0] > 0 }.sorted { (counts[$1], $0) < (counts[$0], $1) }.prefix(2)
    let members = isInside.indices.filter { isInside[$0] }
    let area = max(0, Double(members.count) - byChance) / 4 * cell
    var phase = OrderedPhase(
      units: members, types: types, area: area, areaFraction: imageArea > 0 ? area / imageArea : .nan,
      commonest: commonest.map { ($0 + 1, counts[$0]) })
    if commonest.count == 2 {
      let ratio = OrderedPhase.ratio(counts[commonest[0]], counts[commonest[1]])
      (phase.ratio, phase.ratioInterval) = (ratio.value, ratio.interval)
    }
    return phase
  }
}
