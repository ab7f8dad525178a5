import TesseraNumerics

/// The defects of an image, cell by cell, and random placements of the same ones.
///
/// Under the null a defect of each kind may lie at any node of its sublattice whose cell is known and in the same region of the image, at
/// most one at a node; the numbers are those of each region. So where defects are dense, as where the beam has damaged more, they are as dense
/// in the placements, and pairs that come of that alone are no discovery. What a defect's patch makes of its neighbours goes with it, so it
/// does not enter.
struct DefectMap: Sendable {
  /// What each cell holds: the sum of the keys of its defects; 0 without any.
  let contents: [UInt64]
  /// The cells that hold any, rising.
  let occupied: [Int]
  let map: CellMap
  let kinds: DefectKinds
  private let regions: [Region]
  private let keys: [UInt64]

  /// A part of the image in which defects are taken to be as dense in one place as in another.
  private struct Region: Sendable {
    /// Cells whose type is known, rising.
    var known: [Int] = []
    /// Of each slot, then beside all: how many defects of each kind.
    var wanted: [[(kind: Int, count: Int)]] = []
  }

  /// Side of a region in units of the longer cell edge. What belongs together lies within two or three cells, and falls together by chance in
  /// one of a hundred placements within such a region; and a density that changes across the image changes little from one side of it to the other.
  private static let regionSide = 12.0

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
    let slots = Set(kinds.kinds.compactMap(\.slot)).sorted()
    regions = Self.regions(of: cells).map { known in
      var counts = [Int](repeating: 0, count: kinds.kinds.count)
      for cell in known { for kind in held[cells.cells[cell].type!] { counts[kind] += 1 } }
      let wanted = (slots.map(Optional.some) + [nil]).map { slot in
        kinds.kinds.indices.filter { kinds.kinds[$0].slot == slot }.map { ($0, counts[$0]) }
      }
      return Region(known: known, wanted: wanted)
    }
  }

  /// The cells whose type is known by rectangles of equal size that cover them.
  private static func regions(of cells: Cells) -> [[Int]] {
    let known = cells.cells.indices.filter { cells.cells[$0].type != nil }
    let side = regionSide * max(cells.grid?.u.length ?? .infinity, cells.grid?.v.length ?? .infinity)
    var (low, high) = (Point(.infinity, .infinity), Point(-.infinity, -.infinity))
    for cell in known {
      (low, high) = (pointwiseMin(low, cells.cells[cell].centre), pointwiseMax(high, cells.cells[cell].centre))
    }
    let parts = [high.x - low.x, high.y - low.y].map { max(1, Int(saturating: ($0 / side).rounded())) }
    func part(_ place: Double, _ extent: Double, _ count: Int) -> Int {
      extent > 0 ? min(count - 1, Int(saturating: place / extent * Double(count))) : 0
    }
    var regions = [[Int]](repeating: [], count: parts[0] * parts[1])
    for cell in known {
      let (offset, extent) = (cells.cells[cell].centre - low, high - low)
      regions[part(offset.y, extent.y, parts[1]) * parts[0] + part(offset.x, extent.x, parts[0])].append(cell)
    }
    return regions.filter { !$0.isEmpty }
  }

  /// The content of cells of this type.
  func content(of type: Cells.CellType) -> UInt64 { kinds.kinds(in: type).reduce(0) { $0 &+ keys[$1] } }

  /// The cells of the defects of each kind when they lie at random in their regions.
  func placement(from source: inout RandomSource) -> [(kind: Int, cells: [Int])] {
    var result: [(kind: Int, cells: [Int])] = kinds.kinds.indices.map { ($0, []) }
    for region in regions {
      for group in region.wanted {
        let total = group.reduce(0) { $0 + $1.count }
        guard total > 0 else { continue }
        let isBesideSlots = kinds.kinds[group[0].kind].slot == nil
        let places =
          isBesideSlots
          ? (0..<total).map { _ in region.known[source.index(below: region.known.count)] }
          : Self.distinct(total, of: region.known, from: &source)
        var next = 0
        for (kind, count) in group {
          result[kind].cells += places[next..<next + count]
          next += count
        }
      }
    }
    return result
  }

  /// So many of some cells, each at most once.
  private static func distinct(_ count: Int, of cells: [Int], from source: inout RandomSource) -> [Int] {
    // The first steps of a shuffle, without touching the cells that no defect gets.
    var moved: [Int: Int] = [:]
    return (0..<count).map { step in
      let chosen = step + source.index(below: cells.count - step)
      defer { moved[chosen] = moved[step] ?? step }
      return cells[moved[chosen] ?? chosen]
    }
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
