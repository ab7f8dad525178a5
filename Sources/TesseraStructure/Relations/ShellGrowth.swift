import TesseraNumerics

/// Grows shell trees from the relations between classes.
public struct ShellGrowth: Sendable, Codable, Equatable {
  /// Largest number of shells, 1 or more.
  public var depth = 2
  /// Contents are listed if at least this share of their parent's centres has them, 0 ... 1, and at least `smallestCount`.
  public var smallestShare = 0.05
  /// Contents around fewer centres are not listed; 1 or more.
  public var smallestCount = 3
  /// Trees of two shells, whose branches hold at least a twentieth of their parent.
  public init() {}

  /// The tree of one class; the lengths of its relations are the radii of the shells. O(members depth).
  public func tree(
    of label: Int, positions: [Point], labels: [Int], relations: [PairRelations.Relation]
  ) throws(ParameterError) -> ShellTree {
    try require(depth >= 1, "shell tree: depth", is: depth, mustBe: "1 or more")
    let members = labels.indices.filter { labels[$0] == label }
    let index = PlanarIndex(positions)
    let spacing = index.sampledSpacing
    let lengths = relations.filter { $0.from == label }.map(\.displacement.length).sorted()
    let shells = Array(Self.shells(of: lengths, gap: 0.25 * spacing).prefix(depth))
    var low = Point(.infinity, .infinity)
    var high = -low
    for (position, label) in zip(positions, labels) where label > 0 {
      (low, high) = (pointwiseMin(low, position), pointwiseMax(high, position))
    }

    /// Classes in one shell around a site; nil where the shell is cut or not all is known.
    func contents(of shell: ClosedRange<Double>, around site: Int) -> [Int]? {
      let reach = Point(repeating: shell.upperBound)
      let centre = positions[site]
      guard all(centre - reach .>= low), all(centre + reach .<= high) else { return nil }
      let found = index.neighbours(of: centre, within: shell.upperBound)
        .filter { (positions[$0] - centre).length >= shell.lowerBound }.map { labels[$0] }
      return found.contains(0) ? nil : found.sorted()
    }
    func node(_ members: [Int], contents held: [Int], radius: Double, level: Int) -> ShellTree.Node {
      var result = ShellTree.Node(
        radius: radius, composition: parts(held), count: members.count, children: [], others: 0)
      guard level < shells.count else { return result }
      let shell = shells[level]
      var groups: [[Int]: [Int]] = [:]
      for site in members {
        if let held = contents(of: shell, around: site) { groups[held, default: []].append(site) }
      }
      let limit = max(smallestCount, Int((smallestShare * Double(members.count)).rounded(.up)))
      let listed = groups.filter { $0.value.count >= limit }.sorted { a, b in
        a.value.count != b.value.count ? a.value.count > b.value.count : a.key.lexicographicallyPrecedes(b.key)
      }
      result.children = listed.map {
        node($0.value, contents: $0.key, radius: (shell.lowerBound + shell.upperBound) / 2, level: level + 1)
      }
      result.others = members.count - listed.reduce(0) { $0 + $1.value.count }
      return result
    }
    return ShellTree(label: label, root: node(members, contents: [label], radius: 0, level: 0))
  }

  /// Ranges around lengths that lie closer than `gap` to one another, widened by half the gap.
  private static func shells(of lengths: [Double], gap: Double) -> [ClosedRange<Double>] {
    var ranges: [(Double, Double)] = []
    for length in lengths {
      if let last = ranges.last, length - last.1 < gap {
        ranges[ranges.count - 1].1 = length
      } else {
        ranges.append((length, length))
      }
    }
    return ranges.map { $0.0 - gap / 2...$0.1 + gap / 2 }
  }
}
