import TesseraNumerics

/// Builds the hierarchy of motif-cells.
public struct HierarchyMethod: Sendable, Codable, Equatable {
  /// Which types are the perfect crystal.
  public enum Dominance: Sendable, Codable, Equatable {
    /// All at least this share, 0 ... 1, as frequent as the most frequent: one in a crystal with few defects, all cells
    /// of a superstructure, both cells of a half-and-half alloy.
    case ratio(Double)
    /// This many of the most frequent types.
    case count(Int)
    /// These types, by their indices in `Cells.types`.
    case types([Int])
  }

  /// Which motif-cells count as one, beside translations.
  public enum Equivalence: String, Sendable, Codable, CaseIterable {
    /// The turns and reflections of the lattice.
    case pointGroup
    /// Turns of the index grid by 90 degrees: the paper's rule, no symmetry of a hexagonal lattice.
    case index90
    /// Translations alone.
    case translations

    /// What it may do to the indices of cells.
    func transforms(of cells: Cells) -> [IndexTransform] {
      switch self {
      case .pointGroup: cells.grid?.pointGroup() ?? []
      case .index90: IndexTransform.quarterTurns
      case .translations: [.identity]
      }
    }
  }

  /// Which types are set aside as the perfect crystal; what is left are motif-cells.
  public var dominance = Dominance.ratio(0.5)
  /// Which motif-cells count as one.
  public var equivalence = Equivalence.pointGroup
  /// Largest number of cells in a motif-cell, 1 ... 10; 6 without a lattice, whose cost grows factorially.
  public var highestLevel = 4
  /// Motif-cells of up to four cells, with types at least half as frequent as the most frequent one set aside.
  public init() {}

  /// O(cells + groups 2^level).
  public func hierarchy(of cells: Cells) throws(ParameterError) -> Hierarchy {
    let limit = cells.grid == nil ? 6 : 10
    try require(
      (1...limit).contains(highestLevel), "hierarchy: highest level", is: highestLevel, mustBe: "between 1 and \(limit)"
    )
    if case .ratio(let ratio) = dominance {
      try require(ratio > 0 && ratio <= 1, "hierarchy: dominance ratio", is: ratio, mustBe: "above 0 and at most 1")
    }
    let dominant = dominantTypes(of: cells.types)
    let all = connectedGroups(of: cells, without: Set(dominant))
    let groups = all.filter { group in
      group.allSatisfy { cells.cells[$0].neighbours.allSatisfy { cells.cells[$0].type != nil } }
    }
    let matcher = PatternMatcher(cells: cells, equivalence: equivalence)
    var catalogue = Catalogue()
    // Every type is a motif-cell of level 1, also where it never stands alone.
    let aside = Set(dominant)
    for (index, cell) in cells.cells.enumerated() {
      if let type = cell.type, !aside.contains(type) { _ = catalogue.number(matcher.pattern(of: [index]), [index]) }
    }
    let groupNumbers = groups.map { group -> Int? in
      guard group.count <= highestLevel else { return nil }
      let n = catalogue.number(matcher.pattern(of: group), group)
      catalogue.entries[n].count += 1
      return n
    }
    let (order, rank) = catalogue.ranks()
    var nodeOfCell = [Int?](repeating: nil, count: cells.cells.count)
    for (group, n) in zip(groups, groupNumbers) { for cell in group { nodeOfCell[cell] = n.map { rank[$0] } } }
    let larger = groups.filter { $0.count > highestLevel }
    let found = order.map { catalogue.entries[$0] }
    let nodes = found.map { node($0.pattern, count: $0.count, types: cells.types) }
    var edges: [Hierarchy.Edge] = []
    for higher in found.indices {
      for part in matcher.properParts(of: found[higher].example) {
        guard let lower = catalogue.number(of: part).map({ rank[$0] }) else { continue }
        edges.append(
          Hierarchy.Edge(lower: lower, higher: higher, difference: nodes[higher].level - nodes[lower].level))
      }
    }
    edges.sort { ($0.lower, $0.higher) < ($1.lower, $1.higher) }
    return Hierarchy(
      types: cells.types, dominant: dominant, nodes: nodes, edges: edges, largerGroups: larger.count,
      cellsInLargerGroups: larger.reduce(0) { $0 + $1.count }, cutGroups: all.count - groups.count,
      nodeOfCell: nodeOfCell)
  }

  /// The motif-cells that were met, in the order in which they were met first.
  private struct Catalogue {
    /// Each with the cells of its first example, and the number of groups that it is the whole of.
    var entries: [(pattern: CellPattern, example: [Int], count: Int)] = []
    private var numbers: [CellPattern: Int] = [:]

    /// The number of a motif-cell that was met; nil for another.
    func number(of pattern: CellPattern) -> Int? { numbers[pattern] }

    /// The number of a motif-cell, which is entered where it is new.
    mutating func number(_ pattern: CellPattern, _ example: [Int]) -> Int {
      if let known = numbers[pattern] { return known }
      numbers[pattern] = entries.count
      entries.append((pattern, example, 0))
      return entries.count - 1
    }

    /// The entries by rising level, within one by falling count, and the place of each in this order.
    func ranks() -> (order: [Int], rank: [Int]) {
      let order = entries.indices.sorted { a, b in
        let (x, y) = (entries[a], entries[b])
        if x.example.count != y.example.count { return x.example.count < y.example.count }
        return x.count != y.count ? x.count > y.count : x.pattern.key.lexicographicallyPrecedes(y.pattern.key)
      }
      var rank = [Int](repeating: 0, count: entries.count)
      for (place, n) in order.enumerated() { rank[n] = place }
      return (order, rank)
    }
  }

  private func dominantTypes(of types: [Cells.CellType]) -> [Int] {
    switch dominance {
    case .ratio(let ratio):
      frequentTypes(types, ratio: ratio)
    case .count(let count): Array(types.indices.prefix(max(0, count)))
    case .types(let chosen): chosen.filter(types.indices.contains).sorted()
    }
  }

  /// None where hardly a type comes twice: large cells, filled at random, are each of a type of its own, and none is the perfect crystal.
  private func frequentTypes(_ types: [Cells.CellType], ratio: Double) -> [Int] {
    let frequent = types.indices.filter { Double(types[$0].count) >= ratio * Double(types[0].count) }
    let cells = frequent.reduce(0) { $0 + types[$1].count }
    return frequent.count > Self.fewTypes && cells < 2 * frequent.count ? [] : frequent
  }

  /// So many types may be the perfect crystal however few cells there are.
  private static let fewTypes = 4

  private func node(_ pattern: CellPattern, count: Int, types: [Cells.CellType]) -> Hierarchy.Node {
    let labels = pattern.cells.flatMap { types[$0.type].members + types[$0.type].extras }
    let level = pattern.cells.count
    return Hierarchy.Node(
      level: level, size: labels.count { $0 > 0 }, count: count,
      cellCount: level == 1 ? types[pattern.cells[0].type].count : level * count,
      composition: parts(labels),
      cells: pattern.cells)
  }
}

/// Cells of types that are not set aside, joined across walls; each group rising, groups by their first cell. Cells of
/// unknown type join nothing.
private func connectedGroups(of cells: Cells, without dominant: Set<Int>) -> [[Int]] {
  func grows(_ index: Int) -> Bool { cells.cells[index].type.map { !dominant.contains($0) } ?? false }
  var isSeen = [Bool](repeating: false, count: cells.cells.count)
  var groups: [[Int]] = []
  for start in cells.cells.indices where !isSeen[start] && grows(start) {
    var group = [start]
    isSeen[start] = true
    var next = 0
    while next < group.count {
      for other in cells.cells[group[next]].neighbours where !isSeen[other] && grows(other) {
        isSeen[other] = true
        group.append(other)
      }
      next += 1
    }
    groups.append(group.sorted())
  }
  return groups
}

/// Brings groups of cells into their common form.
private struct PatternMatcher {
  let cells: Cells
  let group: [IndexTransform]

  init(cells: Cells, equivalence: HierarchyMethod.Equivalence) {
    self.cells = cells
    group = equivalence.transforms(of: cells)
  }

  /// - Parameter members: indices of cells whose type is known.
  func pattern(of members: [Int]) -> CellPattern {
    let types = members.map { cells.cells[$0].type! }
    guard cells.grid != nil else {
      return graphPattern(types: types) { cells.cells[members[$0]].neighbours.contains(members[$1]) }
    }
    let placed = zip(members, types).map { PatternCell(i: cells.cells[$0].i, j: cells.cells[$0].j, type: $1) }
    return latticePattern(of: placed, under: group)
  }

  /// The patterns of all connected parts of a group but the whole, each once.
  func properParts(of members: [Int]) -> Set<CellPattern> {
    var parts: Set<CellPattern> = []
    for mask in 1..<(1 << members.count) - 1 {
      let part = members.indices.filter { mask >> $0 & 1 == 1 }.map { members[$0] }
      if isConnected(part) { parts.insert(pattern(of: part)) }
    }
    return parts
  }

  private func isConnected(_ part: [Int]) -> Bool {
    var reached = [part[0]]
    var next = 0
    while next < reached.count {
      for other in cells.cells[reached[next]].neighbours where part.contains(other) && !reached.contains(other) {
        reached.append(other)
      }
      next += 1
    }
    return reached.count == part.count
  }
}
