import TesseraNumerics

/// A group of connected cells, in the one form that all its copies share.
struct CellPattern: Hashable, Sendable {
  /// Types and arrangement as numbers; equal for equal patterns.
  let key: [Int]
  /// The cells behind the key: lattice indices from (0, 0) on (zero in a Voronoi tiling), and types.
  let cells: [PatternCell]

  static func == (a: CellPattern, b: CellPattern) -> Bool { a.key == b.key }
  func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

/// What makes two groups of lattice cells the same: translations, and these transforms of the indices.
func latticePattern(of cells: [PatternCell], under group: [IndexTransform]) -> CellPattern {
  var best: (key: [Int], cells: [PatternCell])?
  for transform in group {
    let moved = cells.map { cell in
      let (i, j) = transform(cell.i, cell.j)
      return PatternCell(i: i, j: j, type: cell.type)
    }
    let (i0, j0) = (moved.map(\.i).min() ?? 0, moved.map(\.j).min() ?? 0)
    let sorted = moved.map { PatternCell(i: $0.i - i0, j: $0.j - j0, type: $0.type) }
      .sorted { ($0.j, $0.i) < ($1.j, $1.i) }
    let key = sorted.flatMap { [$0.j, $0.i, $0.type] }
    if best.map({ key.lexicographicallyPrecedes($0.key) }) ?? true { best = (key, sorted) }
  }
  return CellPattern(key: best?.key ?? [], cells: best?.cells ?? [])
}

/// The same for cells without lattice: equal types, joined alike. Tries all orders of cells of one type, so its cost
/// grows as the factorial of their number.
///
/// - Parameter isJoined: whether two of the cells, by their places in `types`, are neighbours.
func graphPattern(types: [Int], isJoined: (Int, Int) -> Bool) -> CellPattern {
  let sorted = types.indices.sorted { (types[$0], $0) < (types[$1], $1) }
  var best: [Int]?
  var order = sorted
  func permute(_ place: Int) {
    guard place < order.count else {
      var links: [Int] = []
      for a in order.indices { for b in 0..<a { links.append(isJoined(order[a], order[b]) ? 1 : 0) } }
      if best.map({ links.lexicographicallyPrecedes($0) }) ?? true { best = links }
      return
    }
    for other in place..<order.count where types[order[other]] == types[sorted[place]] {
      order.swapAt(place, other)
      permute(place + 1)
      order.swapAt(place, other)
    }
  }
  permute(0)
  let kinds = sorted.map { types[$0] }
  return CellPattern(key: kinds + (best ?? []), cells: kinds.map { PatternCell(i: 0, j: 0, type: $0) })
}
