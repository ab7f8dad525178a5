import TesseraNumerics

extension GrainFinder {
  /// The domains of one lattice, which are shifted against each other by a part of a lattice vector, as across a stacking fault or an
  /// antiphase boundary; nil where there is one.
  ///
  /// A lattice that holds two domains has the columns of both in its basis. Those of one crystal stand in the same cells; those of two
  /// domains meet along their boundary only.
  func domains(of lattice: Lattice, positions: [Point], heights: [Double]) -> Grains? {
    guard (2...Self.mostColumns).contains(lattice.basis.count) else { return nil }
    var cells = [Set<SIMD2<Int>>](repeating: [], count: lattice.basis.count)
    for node in lattice.nodes { if let node { cells[node.basis].insert(SIMD2(node.i, node.j)) } }
    var sets = DisjointSets(cells.count)
    for first in cells.indices {
      for second in first + 1..<cells.count {
        let (small, large) = cells[first].count < cells[second].count ? (first, second) : (second, first)
        let shared = cells[small].count { cells[large].contains($0) }
        if Double(shared) > Self.sharedCells * Double(cells[small].count) { sets.unite(first, second) }
      }
    }
    let groups = Set(cells.indices.map { sets.find($0) }).sorted()
    guard groups.count > 1 else { return nil }
    let indexer = LatticeIndexer(u: lattice.grid.u, v: lattice.grid.v)
    var grains: [Grain] = []
    for group in groups {
      let sites = lattice.nodes.indices.filter { site in
        lattice.nodes[site].map { sets.find($0.basis) == group } ?? false
      }
      guard sites.count >= smallestGrain,
        let part = indexer.lattice(of: sites.map { positions[$0] }, heights: sites.map { heights[$0] }),
        part.indexedShare >= Self.completeShare
      else { return nil }
      grains.append(Grain(part.spread(over: positions.count, sites: sites)))
    }
    return Self.settled(grains, count: positions.count, smallest: smallestGrain)
  }

  /// A cell of more columns is that of one crystal.
  private static let mostColumns = 12
  /// Two columns of a basis are of one crystal where both are there in more than this share of the cells that hold the rarer one: half of
  /// the places of a sublattice may be empty, and a boundary crosses few cells.
  private static let sharedCells = 0.3
}
