import TesseraNumerics

extension DefectKinds {
  /// Classes at one place of the cell that are as bright as one another.
  struct Group {
    var classes: [Int]
    /// How far from the perfect crystal's brightness, in units of it; 1 where the column is missing.
    var contrast: Double
  }

  /// Marks that a stronger one stands beside in more than this share of their cells are what it makes of its neighbours ...
  private static let leastBeside = 0.9
  /// ... unless it stands beside more than this share of all cells.
  private static let mostBeside = 0.5

  /// How far the brightest and darkest classes of a group, on average, are from the nearest host.
  static func contrast(of strengths: [Double], counts: [Int], hosts: [Double]) -> Double {
    let all = counts.reduce(0, +)
    guard all > 0 else { return 0 }
    let mean = zip(strengths, counts).reduce(0) { $0 + $1.0 * Double($1.1) } / Double(all)
    return hosts.filter(\.isFinite).map { abs(mean - $0) / max(abs($0), .leastNormalMagnitude) }.min() ?? 0
  }

  /// Number of cells with a class at a place.
  static func count(of label: Int, at slot: Int, in cells: Cells) -> Int {
    cells.types.reduce(0) { $0 + ($1.members.count > slot && $1.members[slot] == label ? $1.count : 0) }
  }

  /// The marks of each slot, without those that nearly always have a stronger mark in their cell or in one around it.
  ///
  /// Beside a missing column the fit and the patch change: its neighbours, dimmed by that, are no defects. O(cells marks).
  static func withoutSatellites(_ groups: [[Group]], in cells: Cells) -> [[Int]] {
    let map = CellMap(cells)
    let known = cells.cells.indices.filter { cells.cells[$0].type != nil }
    /// Cells that hold one of the groups, by type.
    func holding(_ wanted: [(slot: Int, classes: [Int])]) -> [Bool] {
      let types = cells.types.map { type in
        wanted.contains { type.members.count > $0.slot && $0.classes.contains(type.members[$0.slot]) }
      }
      return cells.cells.map { $0.type.map { types[$0] } ?? false }
    }
    return groups.indices.map { slot in
      groups[slot].filter { group in
        let stronger = groups.indices.flatMap { other in
          groups[other].filter { $0.contrast > group.contrast + leastContrast }.map {
            (slot: other, classes: $0.classes)
          }
        }
        guard !stronger.isEmpty else { return true }
        let (own, strong) = (holding([(slot, group.classes)]), holding(stronger))
        func isBeside(_ index: Int) -> Bool {
          let cell = cells.cells[index]
          return (-1...1).contains { dj in
            (-1...1).contains { di in map.cell(cell.i + di, cell.j + dj).map { strong[$0] } ?? false }
          }
        }
        let (held, beside) = (known.filter { own[$0] }, known.count(where: isBeside))
        return Double(held.count(where: isBeside)) <= leastBeside * Double(held.count)
          || Double(beside) > mostBeside * Double(known.count)
      }.flatMap(\.classes)
    }
  }
}
