import TesseraNumerics

/// Sorts sites into the unit cells of a lattice.
public struct LatticeCells: Sendable, Codable, Equatable {
  /// A place in the cell counts as a sublattice if at least this share of the cells has a site there; 0 ... 1.
  public var smallestShare = 0.2
  /// Whether the origin moves to where the sites are farthest from the cell walls.
  public var fitsOrigin = true
  /// Whether a place of a cell at which there is no site holds nothing. Where vacant nodes are sites of their own, a node without any is one
  /// of which the image does not tell whether a column is there: the cell has no type then, unless a site beside its places stands for it.
  /// Places that are no nodes, as those that are filled at random, hold nothing in any case.
  public var emptyPlacesAreVacant = true
  /// Cells whose origin is fitted, with a sublattice wherever a fifth of the cells has a site.
  public init() {}

  /// The cells of all sites with a class. O(n log n).
  ///
  /// A site belongs to the nearest sublattice position, so that noise does not carry it across a wall. A cell has no type
  /// where one of its positions lies outside the extent of the classified sites or holds a site without class.
  /// - Parameters:
  ///   - positions: of the sites, in pixels; finite.
  ///   - labels: the class of each site, 1 or more; 0 where it has none.
  ///   - grid: origin and edges of the cells, in pixels.
  ///   - coordinates: of the sites in units of the lattice, where a distorted lattice makes them differ from `grid`'s; nil: `grid`'s.
  public func cells(
    of positions: [Point], labels: [Int], grid: CellGrid, coordinates: [Point]? = nil
  ) throws(ParameterError) -> Cells {
    try cells(of: positions, labels: labels, grid: grid, coordinates: coordinates, isNode: nil)
  }

  /// - Parameter isNode: whether each site stands on a node of the lattice; nil: all do.
  func cells(
    of positions: [Point], labels: [Int], grid: CellGrid, coordinates: [Point]?, isNode: [Bool]?
  ) throws(ParameterError) -> Cells {
    try require((0...1).contains(smallestShare), "cells: smallest share", is: smallestShare, mustBe: "between 0 and 1")
    try require(grid.area >= 1, "cells: area of a lattice cell", is: grid.area, mustBe: "at least one square pixel")
    precondition(positions.count == labels.count && coordinates?.count ?? labels.count == labels.count)
    guard positions.count > 1 else {
      return Cells(cells: [], contents: [], cellOfSite: labels.map { _ in nil }, grid: grid, slots: [])
    }
    let own = positions.map(grid.coordinates(of:))
    var frame = grid
    if fitsOrigin {
      frame = grid.originFitted(to: coordinates.map { $0.map(grid.position(of:)) } ?? positions)
    }
    let shift = grid.coordinates(of: frame.origin)
    let places = (coordinates ?? own).map { $0 - shift }
    let spacing = PlanarIndex(positions).sampledSpacing
    let slots = CellSlots(of: places, in: frame, spacing: spacing, smallestShare: smallestShare)
    guard !slots.places.isEmpty else {
      return Cells(cells: [], contents: [], cellOfSite: labels.map { _ in nil }, grid: frame, slots: [])
    }
    let assigned = concurrentMap(chunksOf: 4096, of: places.count) { [frame] range in
      range.map { slots.assignment(of: places[$0], in: frame)! }
    }.flatMap { $0 }
    return filled(
      slots.places, with: assigned, mustHold: slotsThatHold(assigned, isNode, count: slots.places.count),
      positions: positions, labels: labels, frame: frame, spacing: spacing)
  }

  /// Where a site goes.
  private typealias Assignment = (slot: Int, i: Int, j: Int, distance: Double)

  /// The slots of which a cell with a type has a site: those of nodes, where vacant ones are sites.
  private func slotsThatHold(_ assigned: [Assignment], _ isNode: [Bool]?, count: Int) -> [Bool] {
    guard !emptyPlacesAreVacant else { return [Bool](repeating: false, count: count) }
    guard let isNode else { return [Bool](repeating: true, count: count) }
    var votes = [Int](repeating: 0, count: count)
    for (assignment, isNode) in zip(assigned, isNode) { votes[assignment.slot] += isNode ? 1 : -1 }
    return votes.map { $0 > 0 }
  }

  private func filled(
    _ slots: [Point], with assigned: [Assignment], mustHold: [Bool], positions: [Point], labels: [Int],
    frame: CellGrid, spacing: Double
  ) -> Cells {
    let slotCount = slots.count
    let columns = assigned.reduce(into: (Int.max, Int.min)) { $0 = (min($0.0, $1.i), max($0.1, $1.i)) }
    let rows = assigned.reduce(into: (Int.max, Int.min)) { $0 = (min($0.0, $1.j), max($0.1, $1.j)) }
    let (width, height) = (columns.1 - columns.0 + 1, rows.1 - rows.0 + 1)
    func cell(_ i: Int, _ j: Int) -> Int { (j - rows.0) * width + i - columns.0 }

    // The nearest site takes the position; the others are extras.
    var taken = [Int](repeating: -1, count: width * height * slotCount)
    var extras: [Int: [Int]] = [:]
    for site in assigned.indices.sorted(by: { (assigned[$0].distance, $0) < (assigned[$1].distance, $1) }) {
      let a = assigned[site]
      let place = cell(a.i, a.j) * slotCount + a.slot
      if a.distance < 0.5 * spacing && taken[place] < 0 {
        taken[place] = site
      } else {
        extras[cell(a.i, a.j), default: []].append(labels[site])
      }
    }

    var low = Point(.infinity, .infinity)
    var high = -low
    for (position, label) in zip(positions, labels) where label > 0 {
      (low, high) = (pointwiseMin(low, position), pointwiseMax(high, position))
    }
    let margin = 0.25 * spacing
    func isInside(_ p: Point) -> Bool {
      p.x > low.x - margin && p.x < high.x + margin && p.y > low.y - margin && p.y < high.y + margin
    }

    var cells: [Cells.Cell] = []
    var contents: [(members: [Int], extras: [Int])?] = []
    var numbers = [Int](repeating: -1, count: width * height)
    for j in rows.0...rows.1 {
      for i in columns.0...columns.1 {
        let index = cell(i, j)
        let sites = taken[index * slotCount..<(index + 1) * slotCount]
        let others = (extras[index] ?? []).sorted()
        let corner = Point(Double(i), Double(j))
        let isWhole = slots.allSatisfy { isInside(frame.position(of: corner + $0)) }
        // Where the bounding box of a slanted lattice has neither sites nor image there is no cell.
        guard isWhole || !others.isEmpty || sites.contains(where: { $0 >= 0 }) else { continue }
        numbers[index] = cells.count
        let members = sites.map { $0 < 0 ? 0 : labels[$0] }
        let isTold = !others.isEmpty || zip(sites, mustHold).allSatisfy { $0 >= 0 || !$1 }
        let isKnown =
          isWhole && isTold && others.allSatisfy { $0 > 0 } && sites.allSatisfy { $0 < 0 || labels[$0] > 0 }
        contents.append(isKnown ? (members, others) : nil)
        cells.append(
          Cells.Cell(
            i: i, j: j, centre: frame.position(of: corner + Point(0.5, 0.5)), outline: frame.outline(ofCell: i, j)))
      }
    }
    for index in cells.indices {
      for (i, j) in [(0, -1), (-1, 0), (1, 0), (0, 1)].map({ (cells[index].i + $0, cells[index].j + $1) })
      where i >= columns.0 && i <= columns.1 && j >= rows.0 && j <= rows.1 {
        let other = numbers[cell(i, j)]
        if other >= 0 { cells[index].neighbours.append(other) }
      }
    }
    let cellOfSite = assigned.map { a -> Int? in
      let number = numbers[cell(a.i, a.j)]
      return number >= 0 ? number : nil
    }
    return Cells(cells: cells, contents: contents, cellOfSite: cellOfSite, grid: frame, slots: slots)
  }
}
