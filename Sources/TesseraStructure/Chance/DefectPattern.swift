import TesseraNumerics

/// Defects in fixed positions to one another, in any of the orientations that count as the same.
struct DefectPattern: Sendable, Hashable {
  struct Place: Sendable, Hashable {
    /// Steps of the lattice from the first place.
    var i, j: Int
    var content: UInt64
  }

  /// Each with the first place at (0, 0); one per orientation, none twice.
  let orientations: [[Place]]

  /// The defects of a motif-cell, what surrounds them left out; nil where it has none.
  init?(_ cells: [PatternCell], contents: (Int) -> UInt64, under group: [IndexTransform]) {
    let held = cells.map { (i: $0.i, j: $0.j, content: contents($0.type)) }.filter { $0.content != 0 }
    guard !held.isEmpty else { return nil }
    let turned = group.map { transform -> [Place] in
      let moved = held.map { cell -> Place in
        let (i, j) = transform(cell.i, cell.j)
        return Place(i: i, j: j, content: cell.content)
      }.sorted { ($0.j, $0.i) < ($1.j, $1.i) }
      return moved.map { Place(i: $0.i - moved[0].i, j: $0.j - moved[0].j, content: $0.content) }
    }
    orientations = Set(turned).sorted { a, b in
      a.flatMap { [$0.j, $0.i, Int(bitPattern: UInt($0.content))] }
        .lexicographicallyPrecedes(b.flatMap { [$0.j, $0.i, Int(bitPattern: UInt($0.content))] })
    }
  }

  /// Number of cells with defects.
  var size: Int { orientations[0].count }

  /// How often the defects lie so, alone or among others.
  func occurrences(in contents: [UInt64], occupied: [Int], cells: Cells, map: CellMap) -> Int {
    var count = 0
    for places in orientations {
      for start in occupied where contents[start] == places[0].content {
        let (i, j) = (cells.cells[start].i, cells.cells[start].j)
        let isThere = places.dropFirst().allSatisfy { place in
          map.cell(i + place.i, j + place.j).map { contents[$0] == place.content } ?? false
        }
        if isThere { count += 1 }
      }
    }
    return count
  }

  /// How often a single cell with this content has no other defects near enough to join.
  func lone(in contents: [UInt64], occupied: [Int], cells: Cells, map: CellMap, joining: [(i: Int, j: Int)]) -> Int {
    occupied.count { start in
      contents[start] == orientations[0][0].content
        && !joining.contains { step in
          map.cell(cells.cells[start].i + step.i, cells.cells[start].j + step.j).map { contents[$0] != 0 } ?? false
        }
    }
  }
}
