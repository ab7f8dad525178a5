import TesseraNumerics

extension LatticeCells {
  /// The cells of one grain, whose sites know their nodes.
  ///
  /// A site off the lattice lies where its offset from the nearest indexed site puts it.
  /// - Parameters:
  ///   - positions: of the sites, in pixels; finite.
  ///   - labels: the class of each site, 1 or more; 0 where it has none.
  ///   - nodes: of each site, as in `lattice.nodes`, with those of vacant sites appended.
  func cells(
    of positions: [Point], labels: [Int], lattice: Lattice, nodes: [Lattice.Node?]
  ) throws(ParameterError) -> Cells {
    precondition(nodes.count == positions.count)
    let indexed = nodes.indices.filter { nodes[$0] != nil }
    let index = PlanarIndex(indexed.map { positions[$0] })
    @Sendable func coordinates(of site: Int) -> Point? {
      nodes[site].map { Point(Double($0.i), Double($0.j)) + lattice.basis[$0.basis] }
    }
    let places = concurrentMap(count: positions.count) { site in
      if let place = coordinates(of: site) { return place }
      let own = lattice.grid.coordinates(of: positions[site])
      guard let nearest = index.nearest(1, to: positions[site]).first, let place = coordinates(of: indexed[nearest])
      else { return own }
      return place + own - lattice.grid.coordinates(of: positions[indexed[nearest]])
    }
    return try cells(
      of: positions, labels: labels, grid: lattice.grid, coordinates: places, isNode: nodes.map { $0 != nil })
  }
}
