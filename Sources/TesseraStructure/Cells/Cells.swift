import TesseraNumerics

/// The tiles of an image and what each holds: unit cells of a lattice, or Voronoi cells of chosen sites.
///
/// Cells with equal members are the same single-cell motif-cell, here a *type*. Source: M22, "Automatic Construction of
/// Motif-cell Hierarchy".
public struct Cells: Sendable, Equatable {
  /// A tile of the image.
  public struct Cell: Sendable, Equatable {
    /// Lattice index; (0, 0) for all Voronoi cells.
    public var i = 0, j = 0
    /// Middle of the cell, or the site of a Voronoi cell, in pixels.
    public var centre: Point
    /// Index into `types`; nil where the cell leaves the region or holds a site without class.
    public var type: Int?
    /// Corners in turn, in pixels.
    public var outline: [Point]
    /// The cells beside it, rising: across the four walls of a lattice cell.
    public var neighbours: [Int] = []
  }

  /// What cells with equal members have in common.
  public struct CellType: Sendable, Codable, Equatable {
    /// The class at each sublattice position; 0 where no site is. The class of its own site in a Voronoi cell.
    public var members: [Int]
    /// Classes of further sites, rising: several at one position, or away from all.
    public var extras: [Int]
    /// Number of cells.
    public var count: Int
  }

  /// In lattice order (by j, then i), or in the order of the chosen sites.
  public let cells: [Cell]
  /// By falling count; ties by members.
  public let types: [CellType]
  /// The cell of each site; nil where a site is in none.
  public let cellOfSite: [Int?]
  /// The lattice; nil for Voronoi cells.
  public let grid: CellGrid?
  /// Sublattice positions in units of the cell's edges; empty for Voronoi cells.
  public let slots: [Point]

  /// The number of cells whose type is known.
  public var completeCount: Int { types.reduce(0) { $0 + $1.count } }

  /// Numbers the types of `contents` by falling count and gives each cell its own.
  init(
    cells: [Cell], contents: [(members: [Int], extras: [Int])?], cellOfSite: [Int?], grid: CellGrid?, slots: [Point]
  ) {
    var numbers: [[Int]: Int] = [:]
    var found: [CellType] = []
    let raw = contents.map { content -> Int? in
      guard let content else { return nil }
      let number = numbers[content.members + content.extras] ?? found.count
      if number == found.count {
        numbers[content.members + content.extras] = number
        found.append(CellType(members: content.members, extras: content.extras, count: 0))
      }
      found[number].count += 1
      return number
    }
    let order = found.indices.sorted { a, b in
      if found[a].count != found[b].count { return found[a].count > found[b].count }
      return (found[a].members + found[a].extras).lexicographicallyPrecedes(found[b].members + found[b].extras)
    }
    var rank = [Int](repeating: 0, count: found.count)
    for (place, number) in order.enumerated() { rank[number] = place }
    var typed = cells
    for index in typed.indices { typed[index].type = raw[index].map { rank[$0] } }
    (self.cells, types) = (typed, order.map { found[$0] })
    (self.cellOfSite, self.grid, self.slots) = (cellOfSite, grid, slots)
  }
}
