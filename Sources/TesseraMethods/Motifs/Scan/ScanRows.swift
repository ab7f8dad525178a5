import TesseraNumerics

/// Sites by the rows along the scan in which they stand: what shifted scan lines make of one motif follows these rows.
struct ScanRows {
  /// Width of the image, in pixels.
  let width: Int
  /// Typical distance of neighbouring columns, in pixels.
  let spacing: Double

  /// Jitter that makes motifs of lines, in pixels.
  static let leastJitter = 0.1
  /// Lines this far apart, in units of the spacing, are of two rows of columns; a row that reaches over more of them is none along the scan.
  private static let (rowGap, rowWidth) = (0.35, 0.7)
  /// A class is a line where its two fullest rows hold this share of it, reach over this share of the image, and make up this share of
  /// the columns there.
  static let (rowShare, reachShare, fullShare) = (0.9, 0.5, 0.3)
  /// Rows tell classes apart where they explain this share of what differs; by chance, of rows of so many sites and more, a fifth.
  private static let (leastExplained, fewestInRow) = (0.7, 5)
  /// Halves of a specimen, one above the other, differ by rows as well, but once. Rows that the scan shifts change from one to the next, at least
  /// in this share of the cases that chance would give.
  private static let leastChanges = 0.5

  /// Whether a class is one or two rows along the scan.
  /// - Parameter known: all sites that have a class.
  func isLine(_ members: [Int], among known: [Int], _ positions: [Point]) -> Bool {
    let rows = self.rows(of: members, positions).sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }.prefix(2)
    guard Double(rows.reduce(0) { $0 + $1.count }) >= Self.rowShare * Double(members.count) else { return false }
    let isThin = rows.allSatisfy { row in
      let lines = row.map { positions[$0].y }
      return lines.max()! - lines.min()! <= Self.rowWidth * spacing
    }
    guard isThin else { return false }
    let reach = rows[0].map { positions[$0].x }
    guard (reach.max() ?? 0) - (reach.min() ?? 0) >= Self.reachShare * Double(width) else { return false }
    return rows.allSatisfy { row in
      let line = Statistics.median(row.map { positions[$0].y })
      let beside = known.count { abs(positions[$0].y - line) < Self.rowGap * spacing }
      return Double(row.count) >= Self.fullShare * Double(beside) || row.count * 10 < members.count
    }
  }

  /// Whether groups differ from row to row and hardly within one, and change back and forth.
  /// - Parameter label: of a site; negative for none.
  func explain(_ label: (Int) -> Int, of members: [Int], _ positions: [Point]) -> Bool {
    let rows = self.rows(of: members.filter { label($0) >= 0 }, positions).filter { $0.count >= Self.fewestInRow }
    /// The number of sites times the chance that two of them have unlike labels.
    func disorder(_ sites: [Int]) -> Double {
      var counts: [Int: Double] = [:]
      for site in sites { counts[label(site), default: 0] += 1 }
      return Double(sites.count) - counts.values.reduce(0) { $0 + $1 * $1 } / Double(sites.count)
    }
    guard rows.count > 1 else { return false }
    let total = disorder(rows.flatMap { $0 })
    guard total > 0, rows.reduce(0, { $0 + disorder($1) }) <= (1 - Self.leastExplained) * total else { return false }
    let kinds = rows.map { Self.commonest($0.map(label)) }
    var shares: [Int?: Double] = [:]
    for kind in kinds { shares[kind, default: 0] += 1 / Double(rows.count) }
    let chance = Double(rows.count - 1) * (1 - shares.values.map { $0 * $0 }.sorted().reduce(0, +))
    return Double(zip(kinds, kinds.dropFirst()).count { $0 != $1 }) >= Self.leastChanges * chance
  }

  /// The number that is there most often, the least of several; nil without any.
  static func commonest(_ numbers: [Int]) -> Int? {
    var counts: [Int: Int] = [:]
    for number in numbers { counts[number, default: 0] += 1 }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }

  func rows(of members: [Int], _ positions: [Point]) -> [[Int]] {
    var rows: [[Int]] = []
    for member in members.sorted(by: { (positions[$0].y, $0) < (positions[$1].y, $1) }) {
      if let last = rows.last?.last, positions[member].y - positions[last].y < Self.rowGap * spacing {
        rows[rows.count - 1].append(member)
      } else {
        rows.append([member])
      }
    }
    return rows
  }
}
