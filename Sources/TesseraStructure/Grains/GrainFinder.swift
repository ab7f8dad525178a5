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
  /// An image of one grain has the lattice that `LatticeFinder` and `Lattice(indexing:)` give it.
  /// - Parameters:
  ///   - heights: of the columns, any unit; NaN where unknown.
  ///   - width, height: size of the image, in pixels.
  public func grains(of positions: [Point], heights: [Double], width: Int, height: Int) -> Grains {
    var found: [Grain] = []
    let none = Grains(grains: [], labels: positions.map { _ in 0 })
    let index = PlanarIndex(positions)
    guard positions.count >= 12, let spacing = index.medianSpacing else { return none }
    var isFree = [Bool](repeating: true, count: positions.count)
    for round in 0..<cellLimit {
      let free = positions.indices.filter { isFree[$0] }
      guard free.count >= max(smallestGrain, positions.count / 50) else { break }
      guard
        let cell = sharedCell(
          among: free, index: index, heights: heights, spacing: spacing, isWhole: round == 0,
          extent: Point(Double(width - 1), Double(height - 1))),
        let fitter = LocalFrames(u: cell.u, v: cell.v, index: index, spacing: spacing)?.blurred(
          among: stride(from: 0, to: free.count, by: max(1, free.count / 1_000)).map { free[$0] })
      else { break }
      // A second cell needs more than a few stray columns.
      let smallest = round == 0 ? max(smallestGrain * 2 / 3, 8) : max(2 * smallestGrain, positions.count / 20)
      let (members, turns) = groups(fitter, among: free, index: index, isFree: isFree, smallest: smallest)
      if round == 0, members.count == 1,
        let whole = Lattice(indexing: positions, heights: heights, u: cell.u, v: cell.v),
        whole.indexedShare >= smallestShare, whole.isSound
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
      if round == 0, found.count == 1, found[0].lattice.indexedShare >= 0.9 { break }
    }
    let parts = found.sorted { ($1.sites.count, $0.sites[0]) < ($0.sites.count, $1.sites[0]) }
    let whole = united(parts, index: index, heights: heights, spacing: spacing)
    return Self.settled(whole, count: positions.count, smallest: smallestGrain)
  }

  /// Several grains share an image only if they hold at least this share of its columns together.
  private static let leastIndexedShare = 0.5

  /// The crystals of an image: its grains, if there are several that hold most columns; else the one lattice that most
  /// columns share; nil where there is neither. Parameters as in `grains`.
  public func crystals(of positions: [Point], heights: [Double], width: Int, height: Int) -> Grains? {
    let found = grains(of: positions, heights: heights, width: width, height: height)
    if found.grains.count > 1 && found.indexedShare >= Self.leastIndexedShare { return found }
    return latticeFinder.lattice(of: positions, heights: heights, width: width, height: height).map { Grains($0) }
  }

  /// Parts of one crystal as one grain: those of equal orientation that touch and that one lattice indexes.
  ///
  /// A crystal comes in parts where a strip of it has no sound frames, or where the columns along its rim were left over and
  /// taken for a crystal of their own.
  private func united(_ parts: [Grain], index: PlanarIndex, heights: [Double], spacing: Double) -> [Grain] {
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

  /// Two parts on one lattice; nil where they are two crystals, or lie apart.
  private func union(
    of large: Grain, _ small: Grain, index: PlanarIndex, heights: [Double], spacing: Double
  ) -> Grain? {
    let (grid, other) = (large.lattice.grid, small.lattice.grid)
    let areas = abs(grid.u.cross(grid.v)) / abs(other.u.cross(other.v))
    guard small.period >= large.period, abs(areas - 1) < 0.1,
      large.misorientation(to: small) * .pi / 180 < 0.5 * largestTurn
    else { return nil }
    var isLarge = [Bool](repeating: false, count: index.points.count)
    for site in large.sites { isLarge[site] = true }
    let reach = 1.5 * max(grid.u.length, grid.v.length)
    let contacts = small.sites.count { site in
      index.neighbours(of: index.points[site], within: reach).contains { isLarge[$0] }
    }
    guard contacts >= 3 else { return nil }
    let sites = Set(large.sites + small.sites).sorted()
    guard
      let part = Lattice(
        indexing: sites.map { index.points[$0] }, heights: sites.map { heights[$0] }, u: grid.u, v: grid.v,
        tolerance: 0.25),
      part.basis.count <= max(large.lattice.basis.count, small.lattice.basis.count),
      part.indexedShare >= 0.9, part.isSound
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
        u: lattice.grid.u, v: lattice.grid.v, index: index, tolerance: min(0.18 * grid.u.length, 0.35 * spacing))
    else { return nil }
    let indexed = lattice.nodes.indices.filter { lattice.nodes[$0] != nil }
    let turns = rotations
    return Grain(
      lattice: lattice, orientation: large.orientation, period: large.period, sites: indexed,
      frames: concurrentMap(count: indexed.count) { k in
        turns[indexed[k]].flatMap { fitter.frame(of: indexed[k], turn: $0) }
      })
  }

  /// A cell that free sites share: of the whole image, unless a window shows a smaller one that suits the sites as well.
  /// Vectors that several grains happen to have in common span multiples of the cell.
  private func sharedCell(
    among free: [Int], index: PlanarIndex, heights: [Double], spacing: Double, isWhole: Bool, extent: Point
  ) -> (u: Point, v: Point)? {
    let positions = index.points
    let sample = stride(from: 0, to: free.count, by: max(1, free.count / 400)).map { free[$0] }
    var candidates: [SharedCell] = []
    func consider(_ cell: (u: Point, v: Point)?) {
      guard let cell, let fitter = LocalFrames(u: cell.u, v: cell.v, index: index, spacing: spacing) else { return }
      candidates.append(SharedCell(cell.u, cell.v, judgedBy: fitter, sample: sample, heights: heights))
    }
    if isWhole {
      consider(
        latticeFinder.vectors(
          of: positions, heights: heights, width: Int(saturating: extent.x) + 1, height: Int(saturating: extent.y) + 1))
    }
    var finder = latticeFinder
    finder.reach = min(finder.reach, 4.5)
    let freeIndex = PlanarIndex(free.map { positions[$0] })
    // Windows around sites spread evenly through the list, which runs along the image.
    for site in stride(from: 0, to: free.count, by: max(1, free.count / 24)) {
      let window = freeIndex.nearest(90, to: freeIndex.points[site]).map { free[$0] }
      let places = window.map { positions[$0] }
      let low = places.reduce(places[0]) { pointwiseMin($0, $1) }
      let high = places.reduce(places[0]) { pointwiseMax($0, $1) }
      consider(
        finder.vectors(
          of: places.map { $0 - low }, heights: window.map { heights[$0] }, width: Int(saturating: high.x - low.x) + 1,
          height: Int(saturating: high.y - low.y) + 1))
    }
    return SharedCell.best(of: candidates).map { ($0.u, $0.v) }
  }

  /// Sets of sites that neighbours with nearly equal turns connect, with the mean turn of each, the largest first; and
  /// the turn of every site, NaN where it has none.
  private func groups(
    _ fitter: LocalFrames, among free: [Int], index: PlanarIndex, isFree: [Bool], smallest: Int
  ) -> (groups: [(sites: [Int], turn: Double)], turns: [Double]) {
    var fitted = [LocalFrame?](repeating: nil, count: index.points.count)
    for (k, frame) in fitter.frames(of: free).enumerated() { fitted[free[k]] = frame }
    let frames = fitted
    // Beside a boundary half of the partners may be of the other grain; such a frame fits worse than noise makes it.
    let full = frames.compactMap { $0 }.filter { $0.partnerCount >= 5 }
    let usual = full.isEmpty ? 0 : Statistics.median(full.map(\.deviation))
    let worst = max(0.15 * fitter.tolerance, min(0.6 * fitter.tolerance, 2.5 * usual))
    let isSound = frames.map { frame in
      frame.map { $0.partnerCount >= 5 && $0.deviation <= worst } ?? false
    }
    let turns = frames.map { $0?.rotation ?? .nan }
    // One frame's turn is as uncertain as its columns; the mean over partners that agree keeps grains apart in noise.
    let calm = concurrentMap(count: turns.count) { site -> Double in
      guard isSound[site], let frame = frames[site] else { return .nan }
      let differences = (0..<8).compactMap { step -> Double? in
        let other = Int(frame.partners[step])
        guard other >= 0, isSound[other] else { return nil }
        let difference = fitter.difference(turns[other], turns[site])
        return abs(difference) < 1.5 * largestTurn ? difference : nil
      }
      return turns[site] + differences.reduce(0, +) / Double(differences.count + 1)
    }
    var sets = DisjointSets(index.points.count)
    func join(within reach: Double, turnedBy limit: Double) -> [[Int]] {
      let linked = concurrentMap(count: free.count) { k -> [Int] in
        let site = free[k]
        guard isSound[site] else { return [] }
        return index.neighbours(of: index.points[site], within: reach).filter {
          $0 > site && isSound[$0] && isFree[$0] && abs(fitter.difference(calm[$0], calm[site])) < limit
        }
      }
      for (k, others) in linked.enumerated() { for other in others { sets.unite(free[k], other) } }
      var members: [Int: [Int]] = [:]
      for site in free where isSound[site] { members[sets.find(site), default: []].append(site) }
      return members.values.filter { $0.count >= smallest }
    }
    var members = join(within: 1.15 * fitter.u.length, turnedBy: largestTurn)
    // Parts of one crystal on both sides of a strip where no frame is sound.
    if members.count > 1 { members = join(within: 4 * fitter.u.length, turnedBy: 0.5 * largestTurn) }
    let division = GrainDivision(
      fitter: fitter, index: index, turns: calm, largestTurn: largestTurn, smallest: smallest)
    let groups = members.flatMap { division.parts(of: $0) }.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
      .map { sites in
        let sum = sites.reduce(Point.zero) { $0 + Point(1, 0).rotated(by: 2 * .pi * turns[$1] / fitter.period) }
        return (sites: sites, turn: sum.angle * fitter.period / (2 * .pi))
      }
    return (groups, turns)
  }

  /// The grain around a group of sites: its own vectors, then every free site near it that fits them.
  private func grain(
    of group: (sites: [Int], turn: Double), turns: [Double], fitter: LocalFrames, index: PlanarIndex,
    heights: [Double], isFree: [Bool]
  ) -> Grain? {
    let frames = concurrentMap(count: group.sites.count) { k in
      fitter.frame(of: group.sites[k], turn: fitter.reduced(turns[group.sites[k]], near: group.turn))
    }
    let sound = frames.compactMap { $0 }.filter { $0.partnerCount >= 5 }
    guard !sound.isEmpty else { return nil }
    let u = sound.reduce(Point.zero) { $0 + $1.u } / Double(sound.count)
    let v = sound.reduce(Point.zero) { $0 + $1.v } / Double(sound.count)
    var isNear = [Bool](repeating: false, count: isFree.count)
    for site in group.sites {
      for other in index.neighbours(of: index.points[site], within: 1.2 * v.length) { isNear[other] = true }
    }
    let candidates = isFree.indices.filter { isFree[$0] && isNear[$0] }
    let cell = LatticeFinder.reduced(u, v)
    guard
      let part = Lattice(
        indexing: candidates.map { index.points[$0] }, heights: candidates.map { heights[$0] }, u: cell.u, v: cell.v,
        tolerance: 0.25)
    else { return nil }
    let lattice = part.spread(over: isFree.count, sites: candidates)
    guard Double(lattice.nodes.count { $0 != nil }) >= smallestShare * Double(group.sites.count), lattice.isSound else {
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
  private static func settled(_ found: [Grain], count: Int, smallest: Int) -> Grains {
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
