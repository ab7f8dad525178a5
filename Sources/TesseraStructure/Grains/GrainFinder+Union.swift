import Foundation
import TesseraNumerics

extension GrainFinder {
  /// Parts of one crystal as one grain: those of equal orientation that touch and that one lattice indexes.
  ///
  /// A crystal comes in parts where a strip of it has no sound frames, or where the columns along its rim were left over and
  /// taken for a crystal of their own.
  func united(_ parts: [Grain], index: PlanarIndex, heights: [Double], spacing: Double) -> [Grain] {
    var grains = parts
    var first = 0
    search: while first < grains.count {
      for other in grains.indices.dropFirst(first + 1) {
        let whole = union(of: grains[first], grains[other], index: index, heights: heights, spacing: spacing)
        guard let whole else { continue }
        grains[first] = whole
        grains.remove(at: other)
        continue search
      }
      first += 1
    }
    return grains
  }

  /// Cells whose areas differ by less than this share may be one, seen through the scatter of the columns.
  static let sameArea = 0.1
  /// Parts that are turned by less than this share of `largestTurn` may be one crystal that bends.
  static let sameTurn = 0.5
  /// Sites of two parts touch up to this distance, in units of the longer vector: across a column that neither has.
  private static let contactReach = 1.5
  /// Two parts touch at a corner with one or two sites, along an edge with more.
  private static let fewestContacts = 3

  /// Two parts on one lattice; nil where they are two crystals, or lie apart.
  private func union(
    of large: Grain, _ small: Grain, index: PlanarIndex, heights: [Double], spacing: Double
  ) -> Grain? {
    let (grid, other) = (large.lattice.grid, small.lattice.grid)
    let areas = abs(grid.u.cross(grid.v)) / abs(other.u.cross(other.v))
    guard small.period >= large.period, abs(areas - 1) < Self.sameArea,
      large.misorientation(to: small) * .pi / 180 < Self.sameTurn * largestTurn
    else { return nil }
    var isLarge = [Bool](repeating: false, count: index.points.count)
    for site in large.sites { isLarge[site] = true }
    let reach = Self.contactReach * max(grid.u.length, grid.v.length)
    let contacts = small.sites.count { site in
      index.neighbours(of: index.points[site], within: reach).contains { isLarge[$0] }
    }
    guard contacts >= Self.fewestContacts else { return nil }
    let sites = Set(large.sites + small.sites).sorted()
    guard
      let part = LatticeIndexer(u: grid.u, v: grid.v, tolerance: Self.grainTolerance)
        .lattice(of: sites.map { index.points[$0] }, heights: sites.map { heights[$0] }),
      part.basis.count <= max(large.lattice.basis.count, small.lattice.basis.count),
      part.indexedShare >= Self.completeShare, isConsistent(part, PlanarIndex(sites.map { index.points[$0] }))
    else { return nil }
    let lattice = part.spread(over: isLarge.count, sites: sites)
    // A frame of the smaller part is named like those of the larger one once it is turned by what lies between the two.
    let turn = small.orientation - large.orientation
    let between = turn - large.period * (turn / large.period).rounded()
    var rotations: [Int: Double] = [:]
    for (grain, shift) in [(small, between), (large, 0)] {
      for (site, frame) in zip(grain.sites, grain.frames) { rotations[site] = frame.map { $0.rotation + shift } }
    }
    guard
      let fitter = LocalFrames(
        u: lattice.grid.u, v: lattice.grid.v, index: index, spacing: spacing)
    else { return nil }
    let indexed = lattice.nodes.indices.filter { lattice.nodes[$0] != nil }
    let turns = rotations
    return Grain(
      lattice: lattice, orientation: large.orientation, period: large.period, sites: indexed,
      frames: concurrentMap(count: indexed.count) { k in
        turns[indexed[k]].flatMap { fitter.frame(of: indexed[k], turn: $0) }
      })
  }
}
