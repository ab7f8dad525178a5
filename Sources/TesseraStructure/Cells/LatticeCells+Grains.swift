import TesseraNumerics

extension LatticeCells {
  /// The cells of a crystal, however slowly its lattice bends across the image; of several grains each on its own lattice.
  ///
  /// Among several grains a cell that lacks a site is taken to be cut by a boundary and has no type: vacancies are sites.
  /// Slots are ordered by
  /// the class that is commonest there, so that equal cells of grains turned against each other have equal types. The
  /// grid and the slots are those of the first grain; indices of the others are shifted along i to keep them apart.
  /// - Parameters:
  ///   - positions: of the sites, in pixels; finite.
  ///   - labels: the class of each site, 1 or more; 0 where it has none.
  ///   - grains: the crystals of the image, each with its lattice.
  ///   - nodes: of each site in the lattice of its grain; nil where it has none.
  ///   - grainOfSite: the number of each site's grain from 1; 0 for none.
  public func cells(
    of positions: [Point], labels: [Int], grains: Grains, nodes: [Lattice.Node?], grainOfSite: [Int]
  ) throws(ParameterError) -> Cells {
    precondition(nodes.count == positions.count && grainOfSite.count == positions.count)
    if grains.grains.count == 1 {
      return try cells(of: positions, labels: labels, lattice: grains.grains[0].lattice, nodes: nodes)
    }
    var all: [Cells.Cell] = []
    var contents: [(members: [Int], extras: [Int])?] = []
    var cellOfSite = [Int?](repeating: nil, count: positions.count)
    var first: (grid: CellGrid?, slots: [Point])?
    var nextColumn = 0
    for (k, grain) in grains.grains.enumerated() {
      let members = positions.indices.filter { grainOfSite[$0] == k + 1 }
      let part = try cells(
        of: members.map { positions[$0] }, labels: members.map { labels[$0] }, lattice: grain.lattice,
        nodes: members.map { nodes[$0] })
      guard let left = part.cells.map(\.i).min(), let right = part.cells.map(\.i).max() else { continue }
      let shift = all.isEmpty ? 0 : nextColumn - left
      let order = part.slotsByCommonestClass
      let offset = all.count
      for cell in part.cells {
        var cell = cell
        let type = cell.type.map { part.types[$0] }
        contents.append(
          type.flatMap { type in type.members.contains(0) ? nil : (order.map { type.members[$0] }, type.extras) })
        cell.i += shift
        cell.neighbours = cell.neighbours.map { $0 + offset }
        cell.type = nil
        all.append(cell)
      }
      for (index, site) in members.enumerated() { cellOfSite[site] = part.cellOfSite[index].map { $0 + offset } }
      nextColumn = right + shift + 3
      first = first ?? (part.grid, order.map { part.slots[$0] })
    }
    return Cells(
      cells: all, contents: contents, cellOfSite: cellOfSite, grid: first?.grid ?? nil, slots: first?.slots ?? [])
  }
}

extension Cells {
  /// The slots by the class that most cells have there; ties by place.
  fileprivate var slotsByCommonestClass: [Int] {
    let common = slots.indices.map { slot -> Int in
      var votes: [Int: Int] = [:]
      for type in types { votes[type.members[slot], default: 0] += type.count }
      return votes.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key ?? 0
    }
    return slots.indices.sorted { (common[$0], $0) < (common[$1], $1) }
  }
}
