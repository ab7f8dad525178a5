import TesseraNumerics

/// The defects of an image, cell by cell, and random placements of the same ones.
///
/// Under the null a defect of each kind may lie at any node of its sublattice whose cell is known, at most one at a node; the numbers
/// are those of the image. What a defect's patch makes of its neighbours goes with it, so it does not enter.
struct DefectMap: Sendable {
  /// What each cell holds: the sum of the keys of its defects; 0 without any.
  let contents: [UInt64]
  /// The cells that hold any, rising.
  let occupied: [Int]
  let map: CellMap
  let kinds: DefectKinds
  /// Cells whose type is known.
  private let known: [Int]
  /// Of each slot, then beside all: how many defects of each kind.
  private let wanted: [[(kind: Int, count: Int)]]
  private let keys: [UInt64]

  init(_ cells: Cells, kinds: DefectKinds) {
    self.kinds = kinds
    map = CellMap(cells)
    var source = RandomSource(seed: 0, stream: 0)
    let keys = kinds.kinds.map { _ in source.next() | 1 }
    self.keys = keys
    let held = cells.types.map { kinds.kinds(in: $0) }
    let sums = held.map { $0.reduce(0) { $0 &+ keys[$1] } }
    contents = cells.cells.map { $0.type.map { sums[$0] } ?? 0 }
    occupied = contents.indices.filter { [contents] in contents[$0] != 0 }
    known = cells.cells.indices.filter { cells.cells[$0].type != nil }
    var counts = [Int](repeating: 0, count: kinds.kinds.count)
    for (type, held) in zip(cells.types, held) { for kind in held { counts[kind] += type.count } }
    wanted = (cells.slots.indices.map(Optional.some) + [nil]).map { slot in
      kinds.kinds.indices.filter { kinds.kinds[$0].slot == slot }.map { ($0, counts[$0]) }
    }
  }

  /// The content of cells of this type.
  func content(of type: Cells.CellType) -> UInt64 { kinds.kinds(in: type).reduce(0) { $0 &+ keys[$1] } }

  /// The cells of the defects of each kind when they lie at random.
  func placement(from source: inout RandomSource) -> [(kind: Int, cells: [Int])] {
    var result: [(kind: Int, cells: [Int])] = []
    for group in wanted {
      let total = group.reduce(0) { $0 + $1.count }
      guard total > 0 else { continue }
      var places: [Int] = []
      if group.first.map({ kinds.kinds[$0.kind].slot == nil }) ?? false {
        places = (0..<total).map { _ in known[source.index(below: known.count)] }
      } else {
        // The first steps of a shuffle, without touching the cells that no defect gets.
        var moved: [Int: Int] = [:]
        for step in 0..<total {
          let chosen = step + source.index(below: known.count - step)
          places.append(known[moved[chosen] ?? chosen])
          moved[chosen] = moved[step] ?? step
        }
      }
      var next = 0
      for (kind, count) in group {
        result.append((kind, Array(places[next..<next + count])))
        next += count
      }
    }
    return result
  }

  /// What each cell holds, and which hold any, in a random placement.
  /// - Parameter contents: zero everywhere; filled on return.
  func place(into contents: inout [UInt64], from source: inout RandomSource) -> [Int] {
    var filled: [Int] = []
    for (kind, cells) in placement(from: &source) {
      for cell in cells {
        if contents[cell] == 0 { filled.append(cell) }
        contents[cell] &+= keys[kind]
      }
    }
    return filled
  }
}
