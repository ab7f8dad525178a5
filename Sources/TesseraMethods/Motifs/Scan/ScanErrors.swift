import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// Classes that are one or two scan lines of an image whose lines are shifted, or through which the scan jumped: no motifs.
struct ScanErrors {
  let shifts: LineShifts
  let jumps: [ScanJumps.Jump]
  let rows: ScanRows

  init?(in image: Raster<Float>, spacing: Double, jumps: ScanJumps) {
    guard spacing > 0 else { return nil }
    (shifts, self.jumps) = (LineShifts(of: image), jumps.jumps)
    rows = ScanRows(width: image.width, spacing: spacing)
  }

  /// By how much scan lines are shifted against one another all over the image, in pixels; 0 where both halves of the lines do not agree.
  var jitter: Double { shifts.agreement >= LineShifts.leastAgreement ? shifts.jitter : 0 }

  /// A class of one or two rows is another one through which the scan jumped where a jump explains this share of what differs.
  private static let leastExplained = 0.6

  /// The classes without those that are scan lines, which go to the class whose motifs are nearest to theirs, and what was done.
  ///
  /// A scan moves no column to another place of the cell: a line goes to a class of its own sublattice, and stays where there is none.
  ///
  /// A row may as well be a layer or a fault of the specimen. So it is put down to the scan only where lines are shifted against one
  /// another all over the image, or where its motif is the nearest one cut in two by a jump (`LineJump`).
  func removed(
    from classes: Classes, features: Matrix<Float>, positions: [Point], sublattices: [Int], patches: Patches
  ) -> (classes: Classes, warnings: [String]) {
    guard classes.count > 1 else { return (classes, []) }
    let hasJitter = jitter >= ScanRows.leastJitter
    var groups = (1...classes.count).map { classes.members(of: $0) }
    let known = classes.labels.indices.filter { classes.labels[$0] > 0 }
    var jittered = 0
    var marks = withoutCut(&groups, among: known, features: features, positions, reach: Double(patches.side) / 2)
    var isKept = [Bool](repeating: false, count: groups.count)
    while groups.count > 1 {
      let lines = groups.indices.filter { rows.isLine(groups[$0], among: known, positions) }
      let open = lines.filter { !isKept[$0] }
      guard let line = open.min(by: { (groups[$0].count, $0) < (groups[$1].count, $1) }) else { break }
      let own = features.mean(ofRows: groups[line])
      // A row is compared with motifs that are none, if there are any.
      let place = ScanRows.commonest(groups[line].map { sublattices[$0] })
      let alike = groups.indices.filter { group in
        group != line && ScanRows.commonest(groups[group].map { sublattices[$0] }) == place
      }
      let others = alike.contains { !lines.contains($0) } ? alike.filter { !lines.contains($0) } : alike
      guard !others.isEmpty else {
        isKept[line] = true
        continue
      }
      let nearest = others.min {
        Statistics.squaredDistance(own, features.mean(ofRows: groups[$0]))
          < Statistics.squaredDistance(own, features.mean(ofRows: groups[$1]))
      }!
      if hasJitter {
        jittered += 1
      } else if let jump = LineJump(in: groups[line], from: groups[nearest], patches: patches, spacing: rows.spacing),
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
    let joined = hasJitter ? joinRows(&groups, positions, sublattices) : 0
    guard jittered + marks.count + joined > 0 else { return (classes, []) }
    var labels = [Int](repeating: -1, count: classes.labels.count)
    for (index, group) in groups.enumerated() { for member in group { labels[member] = index } }
    let apart =
      joined == 0
      ? []
      : [
        "\(joined + 1) classes that differ from one row along the scan to the next alone were joined: scan lines are shifted against one another by "
          + "\(Text.fixed(shifts.jitter, 2)) px"
      ]
    let shifted =
      jittered == 0
      ? []
      : [
        "\(jittered) class\(jittered == 1 ? " was one or two scan lines and is no motif" : "es were one or two scan lines each and are no motifs"): "
          + "scan lines are shifted against one another by \(Text.fixed(shifts.jitter, 2)) px"
      ]
    return (
      Classes(grouping: labels, confidence: classes.confidence),
      shifted + apart + (marks.isEmpty ? [] : [sentence(on: marks)])
    )
  }

  /// Joins classes of one sublattice that rows along the scan tell apart.
  /// - Returns: by how many they became fewer.
  private func joinRows(_ groups: inout [[Int]], _ positions: [Point], _ sublattices: [Int]) -> Int {
    let before = groups.count
    var first = 0
    while first < groups.count {
      let place = ScanRows.commonest(groups[first].map { sublattices[$0] })
      let own = Set(groups[first])
      let other = groups.indices.dropFirst(first + 1).first { second in
        ScanRows.commonest(groups[second].map { sublattices[$0] }) == place
          && rows.explain({ own.contains($0) ? 1 : 0 }, of: groups[first] + groups[second], positions)
      }
      if let other {
        groups[first] = (groups[first] + groups[other]).sorted()
        groups.remove(at: other)
      } else {
        first += 1
      }
    }
    return before - groups.count
  }
}
