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

  /// Grains of one lattice, of which one holds sublattices of the other: each crystal with its own.
  ///
  /// Across a boundary a sublattice of one crystal may go on, less than the tolerance of the indices off, as another one of the next. That
  /// crystal then takes it, and what is left of the other stands between its columns, where no crystal can be. So the columns of both are
  /// chained anew, by steps that are lattice vectors more closely, and chains that stand in the same cells are one crystal.
  func parted(_ grains: [Grain], index: PlanarIndex, heights: [Double]) -> [Grain] {
    var sets = DisjointSets(grains.count)
    for first in grains.indices {
      for second in grains.indices.dropFirst(first + 1) where isMixed(grains[first], grains[second], index) {
        sets.unite(first, second)
      }
    }
    let groups = Dictionary(grouping: grains.indices) { sets.find($0) }.values.sorted { $0[0] < $1[0] }
    return groups.flatMap { group -> [Grain] in
      let mixed = group.map { grains[$0] }
      return mixed.count > 1 ? crystals(amongst: mixed, index: index, heights: heights) ?? mixed : mixed
    }
  }

  /// Whether two grains have equal lattices, and most sites of the smaller one stand between those of the other.
  private func isMixed(_ large: Grain, _ small: Grain, _ index: PlanarIndex) -> Bool {
    let (grid, other) = (large.lattice.grid, small.lattice.grid)
    guard abs(grid.area - other.area) < Self.sameArea * grid.area,
      large.misorientation(to: small) * .pi / 180 < Self.sameTurn * largestTurn
    else { return false }
    return isAmong(large.sites, small.sites, reach: max(grid.u.length, grid.v.length), index)
  }

  /// Whether most of the sites of the smaller set have one of the larger within a distance.
  private func isAmong(_ one: [Int], _ other: [Int], reach: Double, _ index: PlanarIndex) -> Bool {
    let (small, large) = one.count < other.count ? (one, other) : (other, one)
    let places = PlanarIndex(large.map { index.points[$0] })
    let near = small.count { !places.neighbours(of: index.points[$0], within: reach).isEmpty }
    return Double(near) > Self.mixedSites * Double(small.count)
  }

  /// The crystals of some grains of one lattice; nil where there are not several.
  private func crystals(amongst mixed: [Grain], index: PlanarIndex, heights: [Double]) -> [Grain]? {
    let grid = mixed[0].lattice.grid
    let sites = mixed.flatMap(\.sites).sorted()
    var isMember = [Bool](repeating: false, count: index.points.count)
    for site in sites { isMember[site] = true }
    var sets = DisjointSets(index.points.count)
    let closeness = Self.closeStep * min(grid.u.length, grid.v.length)
    for site in sites {
      for step in [grid.u, grid.v, grid.u + grid.v, grid.u - grid.v] {
        for next in index.neighbours(of: index.points[site] + step, within: closeness) where isMember[next] {
          sets.unite(site, next)
        }
      }
    }
    var chains = Dictionary(grouping: sites) { sets.find($0) }.values.filter { $0.count >= smallestGrain / 2 }
      .sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
    let reach = max(grid.u.length, grid.v.length)
    var first = 0
    while first < chains.count {
      if let second = chains.indices.dropFirst(first + 1).first(where: {
        isAmong(chains[first], chains[$0], reach: reach, index)
      }) {
        chains[first] += chains[second]
        chains.remove(at: second)
        first = 0
      } else {
        first += 1
      }
    }
    guard chains.count > 1 else { return nil }
    let indexer = LatticeIndexer(u: grid.u, v: grid.v)
    let parts = chains.map { $0.sorted() }.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }.compactMap {
      chain -> Grain? in
      guard let part = indexer.lattice(of: chain.map { index.points[$0] }, heights: chain.map { heights[$0] }),
        part.indexedShare >= Self.completeShare
      else { return nil }
      return Grain(part.spread(over: index.points.count, sites: chain))
    }
    return parts.count == chains.count ? parts : nil
  }

  /// Of two crystals beside each other less than this share of the sites of the smaller stands a lattice vector from the larger.
  private static let mixedSites = 0.6
  /// Columns of one sublattice are a lattice vector apart to this share of the shorter one. A chain needs some of its steps only, so noise may
  /// be as large as half of it; domains that go on as one another to less than this are not told apart.
  private static let closeStep = 0.08
  /// A cell of more columns is that of one crystal.
  private static let mostColumns = 12
  /// Two columns of a basis are of one crystal where both are there in more than this share of the cells that hold the rarer one: half of
  /// the places of a sublattice may be empty, and a boundary crosses few cells.
  private static let sharedCells = 0.3
}
