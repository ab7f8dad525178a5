import TesseraNumerics

/// A graph of nearest neighbours joins a small group to others, however far away these are: a group of fewer than ten has no ten
/// neighbours of its own. Labels then reach it, unopposed, though it is like none of the examples.
extension LabelPropagation {
  /// Groups without an example that a gap divides from all that got the same labels, large groups first.
  /// - Parameters:
  ///   - groups: places in the table.
  ///   - labels: of each place, as they spread; 0 for none.
  ///   - seeds: of each place, the label that a person gave, or 0.
  func strangers(
    among groups: [[Int]], labels: [Int], _ seeds: [Int], _ finder: ClassFinder, in table: WhitenedTable
  ) -> [[Int]] {
    let open = groups.filter { group in group.allSatisfy { seeds[$0] == 0 } && group.contains { labels[$0] > 0 } }
    let isOpen = Set(open.joined())
    return open.filter { group in
      Set(group.map { labels[$0] }).subtracting([0]).allSatisfy { label in
        let familiar = labels.indices.filter { labels[$0] == label && !isOpen.contains($0) }
        return finder.isGap(between: group, and: familiar, in: table)
      }
    }.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
  }
}
