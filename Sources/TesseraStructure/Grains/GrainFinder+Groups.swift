import Foundation
import TesseraNumerics

extension GrainFinder {
  /// A frame whose partners scatter by this share of the tolerance is sound in any image, one by more than the last share in none;
  /// between them, one that scatters by no more than so many times what is usual.
  private static let calmScatter = 0.15
  private static let mixedScatter = 2.5
  private static let loosestScatter = 0.6
  /// Partners turned by more than this many times `largestTurn` have no say in a site's turn.
  private static let agreement = 1.5
  /// Neighbours along u, in units of its length; the diagonal of a square cell is 1.41.
  private static let neighbourReach = 1.15
  /// Parts of one crystal on both sides of a strip where no frame is sound may be this far apart, in units of |u|.
  private static let stripWidth = 4.0

  /// Sets of sites that neighbours with nearly equal turns connect, with the mean turn of each, the largest first; and
  /// the turn of every site, NaN where it has none.
  func groups(
    _ fitter: LocalFrames, among free: [Int], index: PlanarIndex, isFree: [Bool], smallest: Int
  ) -> (groups: [(sites: [Int], turn: Double)], turns: [Double]) {
    var fitted = [LocalFrame?](repeating: nil, count: index.points.count)
    for (k, frame) in fitter.frames(of: free).enumerated() { fitted[free[k]] = frame }
    let frames = fitted
    // Beside a boundary half of the partners may be of the other grain; such a frame fits worse than noise makes it.
    let full = frames.compactMap { $0 }.filter(\.isFull)
    let usual = full.isEmpty ? 0 : Statistics.median(full.map(\.deviation))
    let worst = max(
      Self.calmScatter * fitter.tolerance, min(Self.loosestScatter * fitter.tolerance, Self.mixedScatter * usual))
    let isSound = frames.map { frame in
      frame.map { $0.isFull && $0.deviation <= worst && fitter.resembles($0) } ?? false
    }
    let turns = frames.map { $0?.rotation ?? .nan }
    // One frame's turn is as uncertain as its columns; the mean over partners that agree keeps grains apart in noise.
    let calm = concurrentMap(count: turns.count) { site -> Double in
      guard isSound[site], let frame = frames[site] else { return .nan }
      let differences = (0..<8).compactMap { step -> Double? in
        let other = Int(frame.partners[step])
        guard other >= 0, isSound[other] else { return nil }
        let difference = fitter.difference(turns[other], turns[site])
        return abs(difference) < Self.agreement * largestTurn ? difference : nil
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
    var members = join(within: Self.neighbourReach * fitter.u.length, turnedBy: largestTurn)
    if members.count > 1 {
      members = join(within: Self.stripWidth * fitter.u.length, turnedBy: Self.sameTurn * largestTurn)
    }
    let division = GrainDivision(
      fitter: fitter, index: index, turns: calm, largestTurn: largestTurn, smallest: smallest)
    let groups = members.flatMap { division.parts(of: $0) }.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
      .map { sites in
        let sum = sites.reduce(Point.zero) { $0 + Point(1, 0).rotated(by: 2 * .pi * turns[$1] / fitter.period) }
        return (sites: sites, turn: sum.angle * fitter.period / (2 * .pi))
      }
    return (groups, turns)
  }
}
