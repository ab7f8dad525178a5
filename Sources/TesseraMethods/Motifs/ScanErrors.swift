import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// Classes that are one or two scan lines of an image whose lines are shifted: errors of the scan, no motifs.
struct ScanErrors {
  let shifts: LineShifts
  let width: Int
  /// Typical distance of neighbouring columns, in pixels.
  let spacing: Double

  /// Lines this far apart, in units of the spacing, are of two rows of columns.
  private static let rowGap = 0.35
  /// A class is a line where its two fullest rows hold this share of it, reach over this share of the image, and make up this share of
  /// the columns there.
  private static let (rowShare, reachShare, fullShare) = (0.9, 0.5, 0.3)
  /// Jitter that makes motifs of lines, in pixels.
  private static let leastJitter = 0.1

  init?(in image: Raster<Float>, spacing: Double) {
    guard spacing > 0 else { return nil }
    shifts = LineShifts(of: image)
    (width, self.spacing) = (image.width, spacing)
  }

  /// The classes without those that are scan lines, which go to the class whose motifs are nearest to theirs, and what was done.
  func removed(
    from classes: Classes, features: Matrix<Float>, positions: [Point]
  ) -> (classes: Classes, warnings: [String]) {
    guard classes.count > 1, shifts.jitter >= Self.leastJitter, shifts.agreement >= LineShifts.leastAgreement else {
      return (classes, [])
    }
    var groups = (1...classes.count).map { classes.members(of: $0) }
    let known = classes.labels.indices.filter { classes.labels[$0] > 0 }
    var merged = 0
    while groups.count > 1 {
      let lines = groups.indices.filter { isLine(groups[$0], among: known, positions) }
      guard let line = lines.min(by: { (groups[$0].count, $0) < (groups[$1].count, $1) }) else { break }
      let own = mean(groups[line], features)
      let nearest = groups.indices.filter { $0 != line }.min {
        distance(own, mean(groups[$0], features)) < distance(own, mean(groups[$1], features))
      }!
      groups[nearest] = (groups[nearest] + groups[line]).sorted()
      groups.remove(at: line)
      merged += 1
    }
    guard merged > 0 else { return (classes, []) }
    var labels = [Int](repeating: -1, count: classes.labels.count)
    for (index, group) in groups.enumerated() { for member in group { labels[member] = index } }
    return (
      Classes(grouping: labels, confidence: classes.confidence),
      [
        "\(merged) class\(merged == 1 ? " was one or two scan lines and is no motif" : "es were one or two scan lines each and are no motifs"): "
          + "scan lines are shifted against one another by \(Text.fixed(shifts.jitter, 2)) px"
      ]
    )
  }

  /// Whether a class is one or two rows along the scan.
  private func isLine(_ members: [Int], among known: [Int], _ positions: [Point]) -> Bool {
    let rows = self.rows(of: members, positions).sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }.prefix(2)
    guard Double(rows.reduce(0) { $0 + $1.count }) >= Self.rowShare * Double(members.count) else { return false }
    let reach = rows[0].map { positions[$0].x }
    guard (reach.max() ?? 0) - (reach.min() ?? 0) >= Self.reachShare * Double(width) else { return false }
    return rows.allSatisfy { row in
      let line = Statistics.median(row.map { positions[$0].y })
      let beside = known.count { abs(positions[$0].y - line) < Self.rowGap * spacing }
      return Double(row.count) >= Self.fullShare * Double(beside) || row.count * 10 < members.count
    }
  }

  private func rows(of members: [Int], _ positions: [Point]) -> [[Int]] {
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

  private func mean(_ members: [Int], _ features: Matrix<Float>) -> [Double] {
    (0..<features.columns).map { column in
      members.reduce(0.0) { $0 + Double(features[$1, column]) } / Double(max(1, members.count))
    }
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}
