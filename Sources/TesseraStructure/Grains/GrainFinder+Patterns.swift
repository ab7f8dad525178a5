import TesseraNumerics

extension GrainFinder {
  /// The crystals of an image that is divided into patterns: those that all its columns form, or those of each pattern by itself, where a
  /// pattern has a lattice that its columns keep to much better.
  ///
  /// A large cell holds so many places that the columns of another phase stand near one of them each; what they are off by then says
  /// nothing of strain. Two stackings of one crystal, or grains of one, keep the lattices that all columns have together.
  /// - Parameters:
  ///   - positions: of the columns, in pixels.
  ///   - heights: of the columns, any unit; NaN where unknown.
  ///   - patterns: of the columns, from 1; 0 where none is known: that of the nearest column with one.
  ///   - width: of the image, in pixels.
  ///   - height: of the image, in pixels.
  public func crystals(
    of positions: [Point], heights: [Double], patterns: [Int], width: Int, height: Int
  ) -> Grains? {
    apart(positions, heights, patterns) { crystals(of: $0, heights: $1, width: width, height: height) }
  }

  /// The grains of an image that is divided into patterns, likewise. Parameters as in `crystals`.
  public func grains(
    of positions: [Point], heights: [Double], patterns: [Int], width: Int, height: Int
  ) -> Grains {
    apart(positions, heights, patterns) { grains(of: $0, heights: $1, width: width, height: height) }
      ?? Grains(grains: [], labels: positions.map { _ in 0 })
  }

  /// What `find` makes of all columns, or of those of each pattern.
  private func apart(
    _ positions: [Point], _ heights: [Double], _ patterns: [Int], find: ([Point], [Double]) -> Grains?
  ) -> Grains? {
    let together = find(positions, heights)
    let known = positions.indices.filter { patterns[$0] > 0 }
    guard Set(known.map { patterns[$0] }).count > 1 else { return together }
    let index = PlanarIndex(known.map { positions[$0] })
    let members = Dictionary(grouping: positions.indices) { site in
      patterns[site] > 0 ? patterns[site] : patterns[known[index.nearest(1, to: positions[site])[0]]]
    }
    var apart: [Grain] = []
    var isBetter = false
    for (_, sites) in members.sorted(by: { $0.key < $1.key }) where sites.count >= smallestGrain {
      let places = sites.map { positions[$0] }
      guard let own = find(places, sites.map { heights[$0] }), own.indexedShare >= smallestShare else { continue }
      apart += own.grains.map { $0.spread(over: positions.count, sites: sites) }
      let joint = sites.map { site in together.flatMap { $0.offset(of: site, at: positions[site]) } }
      let single = sites.indices.map { own.offset(of: $0, at: places[$0]) }
      if Self.misfit(of: places, single) < Self.misfitRatio * Self.misfit(of: places, joint) { isBetter = true }
    }
    return isBetter ? Self.settled(apart, count: positions.count, smallest: smallestGrain) : together
  }

  /// A lattice of which columns are this much less off, beside their neighbours, than of another is theirs.
  private static let misfitRatio = 0.5
  /// What a column counts for that no node was found for, in spacings: the farthest that one between two nodes can be off.
  private static let unindexedMisfit = 0.5

  /// By how much a column is off its node more than its nearest neighbour is, the median, in units of the spacing. What strain, drift and bends
  /// carry off slowly is the same for both.
  /// - Parameter offsets: of the columns from their nodes; nil where they have none.
  private static func misfit(of places: [Point], _ offsets: [Point?]) -> Double {
    let index = PlanarIndex(places)
    guard let spacing = index.medianSpacing else { return .infinity }
    return Statistics.median(
      concurrentMap(count: places.count) { k in
        guard let own = offsets[k], let next = index.nearest(2, to: places[k]).first(where: { $0 != k }),
          let other = offsets[next]
        else { return unindexedMisfit }
        return (own - other).length / spacing
      })
  }
}

extension Grains {
  /// How far a column at a place is off its node, in pixels; nil where it has none.
  fileprivate func offset(of site: Int, at place: Point) -> Point? {
    guard labels[site] > 0, case let lattice = grains[labels[site] - 1].lattice, let node = lattice.nodes[site] else {
      return nil
    }
    return place - lattice.position(of: node)
  }
}

extension Grain {
  /// A grain of some sites of an image as one of all sites.
  /// - Parameter sites: numbers of the grain's sites among the `count` of the image, rising.
  fileprivate func spread(over count: Int, sites own: [Int]) -> Grain {
    Grain(
      lattice: lattice.spread(over: count, sites: own), orientation: orientation, period: period,
      sites: sites.map { own[$0] }, frames: frames)
  }
}
