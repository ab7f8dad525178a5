import Foundation
import TesseraLearning
import TesseraNumerics

/// Groups of samples of which the two closest are joined until all are patterns of their own (`PatternFinder`).
struct JoinedGroups {
  /// The group that each proposal belongs to now, named by one of its proposals.
  private(set) var group: [Int]
  private(set) var steps: [PatternFinder.Step] = []

  private let table: Matrix<Float>
  private let resolution: Double
  private let rule: PatternFinder
  /// See `DescriptorField.origin`.
  private let origin: [Double]
  private var neighbours: NeighbourCounts
  private var members: [PatternGroup?]
  /// Gaps that are known, by the numbers of both groups, the smaller first.
  private var gaps: [[Int]: Gap] = [:]

  init(
    table: Matrix<Float>, assignment: [Int], count: Int, resolution: Double, origin: [Double],
    neighbours: NeighbourCounts, rule: PatternFinder
  ) {
    (self.table, self.resolution, self.neighbours, self.rule) = (table, resolution, neighbours, rule)
    self.origin = origin
    group = Array(0..<count)
    var rows = [[Int]](repeating: [], count: count)
    for (row, centre) in assignment.enumerated() { rows[centre].append(row) }
    members = rows.map { $0.isEmpty ? nil : PatternGroup($0, of: table) }
  }

  var groupCount: Int { members.count { $0 != nil } }

  /// Joins until the two closest groups are apart.
  mutating func join() {
    while groupCount > 1 {
      let (a, b, separation) = closest()
      steps.append(.init(count: groupCount, separation: separation))
      if separation >= rule.separation { return }
      merge(a, b)
    }
  }

  private mutating func closest() -> (Int, Int, Double) {
    let present = members.indices.filter { members[$0] != nil }
    var missing: [(Int, Int)] = []
    for (k, b) in present.enumerated() {
      for a in present[..<k] where gaps[[a, b]] == nil { missing.append((a, b)) }
    }
    let groups = missing.map { (members[$0.0]!, members[$0.1]!) }
    let fresh = concurrentMap(count: groups.count) { [table, resolution] index in
      groups[index].0.gap(to: groups[index].1, in: table, resolution: resolution)
    }
    for (pair, gap) in zip(missing, fresh) { gaps[[pair.0, pair.1]] = gap }
    var best = (0, 0, Double.infinity)
    for (k, b) in present.enumerated() {
      for a in present[..<k] {
        let distance = separation(a, b)
        if distance < best.2 { best = (a, b, distance) }
      }
    }
    return best
  }

  /// Groups that are one for another reason than their distance are this little below the distance of two, so that nearer ones are
  /// joined before them.
  private static let notApart = 0.97
  /// Two descriptors differ in contrast alone where at least this share of the square of their difference lies along their mean.
  private static let contrastShare = 0.9

  /// The distance of two groups in standard deviations, less what speaks against their being two.
  private func separation(_ a: Int, _ b: Int) -> Double {
    let gap = gaps[[a, b]]!
    let (sizeA, sizeB) = (Double(members[a]!.rows.count), Double(members[b]!.rows.count))
    var distance = gap.separation
    if gap.valley >= rule.valley {
      // No gap: joined before all others, those first between which points are densest, so that the pieces of each pattern are joined
      // before any are across the gap between two patterns, however near or small these pieces are.
      return rule.separation / 2 * rule.valley / max(gap.valley, .leastNormalMagnitude)
    } else if distance >= rule.separation {
      let beside = neighbours.comparison(a, b)
      let isMixed = beside.mixing > rule.mixing && beside.clustering < rule.clustering
      if isMixed || differInContrastAlone(members[a]!.mean, members[b]!.mean) {
        distance = min(distance, Self.notApart * rule.separation)
      }
    }
    return distance - rule.rarityPenalty * log10(max(sizeA, sizeB) / min(sizeA, sizeB))
  }

  /// Whether two descriptors are one, but for a factor: the same lattice with another signal in the same noise. What
  /// resembles itself less than `contrast` times as much counts as something else: a disordered region, or nothing.
  private func differInContrastAlone(_ a: [Double], _ b: [Double]) -> Bool {
    let (from, last) = (origin.dropLast(), origin[origin.count - 1])
    let p = zip(a, from).map { $0 - $1 } + [last]
    let q = zip(b, from).map { $0 - $1 } + [last]
    let (lengthP, lengthQ) = (dot(p, p).squareRoot(), dot(q, q).squareRoot())
    let (difference, sum) = (zip(p, q).map { $0 - $1 }, zip(p, q).map { $0 + $1 })
    guard min(lengthP, lengthQ) > rule.contrast * max(lengthP, lengthQ), dot(sum, sum) > 0 else { return false }
    let along = dot(difference, sum) * dot(difference, sum) / dot(sum, sum)
    return along > Self.contrastShare * dot(difference, difference)
  }

  private mutating func merge(_ a: Int, _ b: Int) {
    members[a] = PatternGroup(members[a]!.rows + members[b]!.rows, of: table)
    members[b] = nil
    neighbours.join(a, b)
    for index in group.indices where group[index] == b { group[index] = a }
    gaps = gaps.filter { !$0.key.contains(a) && !$0.key.contains(b) }
  }
}
