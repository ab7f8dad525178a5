import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// Classes that are one or two scan lines of an image whose lines are shifted, or through which the scan jumped: no motifs.
struct ScanErrors {
  let shifts: LineShifts
  let jumps: [ScanJumps.Jump]
  let width: Int
  /// Typical distance of neighbouring columns, in pixels.
  let spacing: Double

  /// Lines this far apart, in units of the spacing, are of two rows of columns; a row that reaches over more of them is none along the scan.
  private static let (rowGap, rowWidth) = (0.35, 0.7)
  /// A class is a line where its two fullest rows hold this share of it, reach over this share of the image, and make up this share of
  /// the columns there.
  static let (rowShare, reachShare, fullShare) = (0.9, 0.5, 0.3)
  /// Jitter that makes motifs of lines, in pixels.
  private static let leastJitter = 0.1

  init?(in image: Raster<Float>, spacing: Double, jumps: ScanJumps) {
    guard spacing > 0 else { return nil }
    (shifts, self.jumps) = (LineShifts(of: image), jumps.jumps)
    (width, self.spacing) = (image.width, spacing)
  }

  /// A class of one or two rows is another one through which the scan jumped where a jump explains this share of what differs.
  private static let leastExplained = 0.6

  /// The classes without those that are scan lines, which go to the class whose motifs are nearest to theirs, and what was done.
  ///
  /// A row may as well be a layer or a fault of the specimen. So it is put down to the scan only where lines are shifted against one
  /// another all over the image, or where its motif is the nearest one cut in two by a jump (`LineJump`).
  func removed(
    from classes: Classes, features: Matrix<Float>, positions: [Point], patches: Patches
  ) -> (classes: Classes, warnings: [String]) {
    guard classes.count > 1 else { return (classes, []) }
    let hasJitter = shifts.jitter >= Self.leastJitter && shifts.agreement >= LineShifts.leastAgreement
    var groups = (1...classes.count).map { classes.members(of: $0) }
    let known = classes.labels.indices.filter { classes.labels[$0] > 0 }
    var jittered = 0
    var marks = withoutCut(&groups, among: known, features: features, positions, reach: Double(patches.side) / 2)
    var isKept = [Bool](repeating: false, count: groups.count)
    while groups.count > 1 {
      let lines = groups.indices.filter { isLine(groups[$0], among: known, positions) }
      let open = lines.filter { !isKept[$0] }
      guard let line = open.min(by: { (groups[$0].count, $0) < (groups[$1].count, $1) }) else { break }
      let own = features.mean(ofRows: groups[line])
      // A row is compared with motifs that are none, if there are any.
      let others =
        lines.count < groups.count
        ? groups.indices.filter { !lines.contains($0) } : groups.indices.filter { $0 != line }
      let nearest = others.min {
        Statistics.squaredDistance(own, features.mean(ofRows: groups[$0]))
          < Statistics.squaredDistance(own, features.mean(ofRows: groups[$1]))
      }!
      if hasJitter {
        jittered += 1
      } else if let jump = LineJump(in: groups[line], from: groups[nearest], patches: patches, spacing: spacing),
        jump.explained >= Self.leastExplained
      {
        marks.append(mark(of: groups[line], cutBy: jump, positions))
      } else {
        isKept[line] = true
        continue
      }
      groups[nearest] = (groups[nearest] + groups[line]).sorted()
      groups.remove(at: line)
      isKept.remove(at: line)
    }
    guard jittered + marks.count > 0 else { return (classes, []) }
    var labels = [Int](repeating: -1, count: classes.labels.count)
    for (index, group) in groups.enumerated() { for member in group { labels[member] = index } }
    let shifted =
      jittered == 0
      ? []
      : [
        "\(jittered) class\(jittered == 1 ? " was one or two scan lines and is no motif" : "es were one or two scan lines each and are no motifs"): "
          + "scan lines are shifted against one another by \(Text.fixed(shifts.jitter, 2)) px"
      ]
    return (
      Classes(grouping: labels, confidence: classes.confidence),
      shifted + (marks.isEmpty ? [] : [sentence(on: marks)])
    )
  }

  /// Whether a class is one or two rows along the scan.
  private func isLine(_ members: [Int], among known: [Int], _ positions: [Point]) -> Bool {
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
