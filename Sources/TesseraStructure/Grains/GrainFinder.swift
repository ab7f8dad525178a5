import Foundation
import TesseraNumerics

/// Finds the crystals of an image: one `Lattice` a grain.
///
/// The shape of the cell comes from `LatticeFinder`, over the whole image or over windows where no lattice is shared by
/// most columns. Each site then fits the frame that its own neighbours form (`LocalFrames`). Neighbours whose frames
/// are turned by less than `largestTurn` against each other are of one grain, so a grain may bend as long as it bends
/// slowly. Sites that no grain has taken are searched again for another cell.
public struct GrainFinder: Sendable, Codable, Equatable {
  /// How the shape of the cell is found.
  public var latticeFinder = LatticeFinder()
  /// How a cell is found that is longer than `latticeFinder` looks.
  public var largeCells = LargeCellFinder()
  /// Neighbours whose frames differ by more than this are on two sides of a boundary; radians, positive.
  public var largestTurn = 4 * Double.pi / 180
  /// A grain has at least so many sites.
  public var smallestGrain = 24
  /// At most so many different cells are sought.
  public var cellLimit = 4
  /// A grain's lattice must index this share of the sites that were taken for it, 0 ... 1.
  public var smallestShare = 0.5

  /// A finder of grains of 24 sites or more, turned against each other by more than 4 degrees.
  public init() {}

  /// The grains by falling size; none where no lattice is found. O(n).
  ///
  /// An image of one grain has the lattice that `LatticeFinder` and `LatticeIndexer` give it.
  /// - Parameters:
  ///   - positions: of the columns, in pixels.
  ///   - heights: of the columns, any unit; NaN where unknown.
  ///   - width: of the image, in pixels.
  ///   - height: of the image, in pixels.
  public func grains(of positions: [Point], heights: [Double], width: Int, height: Int) -> Grains {
    var found: [Grain] = []
    let none = Grains(grains: [], labels: positions.map { _ in 0 })
    let index = PlanarIndex(positions)
    guard positions.count >= Self.fewestSites, let spacing = index.medianSpacing else { return none }
    var isFree = [Bool](repeating: true, count: positions.count)
    for round in 0..<cellLimit {
      let free = positions.indices.filter { isFree[$0] }
      guard free.count >= max(smallestGrain, positions.count / Self.sitesPerStray) else { break }
      guard
        let cell = sharedCell(
          among: free, index: index, heights: heights, spacing: spacing, isWhole: round == 0,
          extent: Point(Double(width - 1), Double(height - 1))),
        let fitter = LocalFrames(u: cell.u, v: cell.v, index: index, spacing: spacing)?.blurred(
          among: Self.sample(Self.scatterSample, of: free))
      else { break }
      let smallest = smallestGroup(inRound: round, of: positions.count)
      let (members, turns) = groups(fitter, among: free, index: index, isFree: isFree, smallest: smallest)
      if round == 0, members.count == 1,
        let whole = LatticeIndexer(u: cell.u, v: cell.v).lattice(of: positions, heights: heights),
        whole.indexedShare >= smallestShare, isConsistent(whole, index)
      {
        found = [grain(whole, fitter, turns: turns, mean: 0)]
      } else {
        let grains = members.compactMap { group in
          self.grain(of: group, turns: turns, fitter: fitter, index: index, heights: heights, isFree: isFree)
        }
        if grains.isEmpty { break }
        found += grains
      }
      for grain in found { for site in grain.sites { isFree[site] = false } }
      if round == 0, found.count == 1, found[0].lattice.indexedShare >= Self.completeShare { break }
    }
    let parts = found.sorted { ($1.sites.count, $0.sites[0]) < ($0.sites.count, $1.sites[0]) }
    let crystals = united(parts, index: index, heights: heights, spacing: spacing)
    let whole = parted(crystals, index: index, heights: heights).flatMap {
      domains(of: $0.lattice, positions: positions, heights: heights)?.grains ?? [$0]
    }
    return Self.settled(whole, count: positions.count, smallest: smallestGrain)
  }

  /// Fewer sites than these show no lattice.
  private static let fewestSites = 12
  /// Of a crystal as large as the image, about one site in so many is on no node for reasons of its own.
  private static let sitesPerStray = 50
  /// From so many sites the scatter of columns about their frames is taken.
  private static let scatterSample = 1_000
  /// A lattice that indexes this share of the sites, or of the sites of two parts, leaves no room for another.
  static let completeShare = 0.9
  /// Sites for which a grain's lattice is sought may stand this far, in spacings, from where it has them: less than a single
  /// lattice's, as the sites of the grain beside it are among them.
  static let grainTolerance = 0.25

  /// One dislocation leaves a seam along which indices do not close; beyond this share of all pairs of neighbours they mean nothing.
  private static let openShare = 0.02

  /// Whether the columns are on their nodes, or a bend has carried them off without a gap on the way.
  func isConsistent(_ lattice: Lattice, _ index: @autoclosure () -> PlanarIndex) -> Bool {
    lattice.isSound || lattice.openShare(of: index()) < Self.openShare
  }

  /// Groups of fewer sites become no grain. In the first round they may still grow over their rim; a further cell needs more
  /// than stray columns would give.
  private func smallestGroup(inRound round: Int, of count: Int) -> Int {
    round == 0 ? max(smallestGrain * 2 / 3, 8) : max(2 * smallestGrain, count / 20)
  }

  /// About `size` sites, spread evenly through a list.
  static func sample(_ size: Int, of sites: [Int]) -> [Int] {
    stride(from: 0, to: sites.count, by: max(1, sites.count / size)).map { sites[$0] }
  }

  /// Several grains share an image only if they hold at least this share of its columns together.
  private static let leastIndexedShare = 0.5

  /// The crystals of an image: its grains, if there are several that hold most columns; else the one lattice that most
  /// columns share, be its cell large, in its domains; else one grain whose columns stand on its nodes though their heights are not those
  /// of one lattice; nil where there is none. Parameters as in `grains`.
  public func crystals(of positions: [Point], heights: [Double], width: Int, height: Int) -> Grains? {
    let found = grains(of: positions, heights: heights, width: width, height: height)
    if found.grains.count > 1 && found.indexedShare >= Self.leastIndexedShare { return found }
    let lattice =
      latticeFinder.lattice(of: positions, heights: heights, width: width, height: height)
      ?? largeCells.lattice(of: positions, heights: heights, width: width, height: height)
    if let lattice { return domains(of: lattice, positions: positions, heights: heights) ?? Grains(lattice) }
    // No vector keeps the heights where sublattices change places at a boundary, or where labels and saturation spoil some; the places of
    // the columns speak for a lattice all the same.
    guard let one = found.grains.first?.lattice, found.grains.count == 1,
      found.indexedShare >= 1 - 1 / Double(Self.sitesPerStray),
      one.deviation < Self.grainTolerance * (PlanarIndex(positions).medianSpacing ?? 0)
    else { return nil }
    return found
  }

  /// A site this near to a member may be of the grain, in units of the longer vector: the next column along any edge of the cell.
  private static let rimWidth = 1.2

  /// The grain around a group of sites: its own vectors, then every free site near it that fits them.
  private func grain(
    of group: (sites: [Int], turn: Double), turns: [Double], fitter: LocalFrames, index: PlanarIndex,
    heights: [Double], isFree: [Bool]
  ) -> Grain? {
    let frames = concurrentMap(count: group.sites.count) { k in
      fitter.frame(of: group.sites[k], turn: fitter.reduced(turns[group.sites[k]], near: group.turn))
    }
    let sound = frames.compactMap { $0 }.filter { $0.isFull && fitter.resembles($0) }
    guard !sound.isEmpty else { return nil }
    let u = sound.reduce(Point.zero) { $0 + $1.u } / Double(sound.count)
    let v = sound.reduce(Point.zero) { $0 + $1.v } / Double(sound.count)
    var isNear = [Bool](repeating: false, count: isFree.count)
    for site in group.sites {
      for other in index.neighbours(of: index.points[site], within: Self.rimWidth * v.length) { isNear[other] = true }
    }
    let candidates = isFree.indices.filter { isFree[$0] && isNear[$0] }
    let cell = LatticeFinder.reduced(u, v)
    guard
      let part = LatticeIndexer(u: cell.u, v: cell.v, tolerance: Self.grainTolerance)
        .lattice(of: candidates.map { index.points[$0] }, heights: candidates.map { heights[$0] })
    else { return nil }
    let lattice = part.spread(over: isFree.count, sites: candidates)
    guard Double(lattice.nodes.count { $0 != nil }) >= smallestShare * Double(group.sites.count),
      isConsistent(lattice, index)
    else {
      return nil
    }
    return LocalFrames(
      u: cell.u, v: cell.v, index: index, tolerance: fitter.tolerance, symmetryTolerance: fitter.symmetryTolerance
    ).map {
      grain(lattice, $0, turns: turns, mean: group.turn)
    }
  }

  /// - Parameters:
  ///   - turns: of all sites, against the cell that was sought.
  ///   - mean: the turn of the grain's lattice against that cell.
  private func grain(_ lattice: Lattice, _ fitter: LocalFrames, turns: [Double], mean: Double) -> Grain {
    let sites = lattice.nodes.indices.filter { lattice.nodes[$0] != nil }
    let frames = concurrentMap(count: sites.count) { k -> LocalFrame? in
      let turn = turns[sites[k]]
      return turn.isFinite ? fitter.frame(of: sites[k], turn: fitter.difference(turn, mean)) : nil
    }
    return Grain(lattice, frames: frames)
  }

  /// Every site in one grain at most (the larger), grains numbered by size.
  static func settled(_ found: [Grain], count: Int, smallest: Int) -> Grains {
    var labels = [Int](repeating: 0, count: count)
    var grains: [Grain] = []
    for var grain in found.sorted(by: { ($1.sites.count, $0.sites[0]) < ($0.sites.count, $1.sites[0]) }) {
      let kept = grain.sites.indices.filter { labels[grain.sites[$0]] == 0 }
      guard kept.count >= smallest || found.count == 1 else { continue }
      if kept.count < grain.sites.count {
        let own = Set(kept.map { grain.sites[$0] })
        grain.lattice = grain.lattice.keeping { own.contains($0) }
        (grain.sites, grain.frames) = (kept.map { grain.sites[$0] }, kept.map { grain.frames[$0] })
      }
      grains.append(grain)
      for site in grain.sites { labels[site] = grains.count }
    }
    return Grains(grains: grains, labels: labels)
  }
}
