import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Classes of sites through whose patches the scan jumped.
extension ScanErrors {
  /// A class that a jump has made of others.
  struct Mark {
    var count: Int
    /// Lines of the jumps.
    var lines: [Double]
    /// Length of the longest of them, in pixels.
    var farthest: Double
  }

  /// By chance, a class is cut as wholly as this less often.
  private static let rarity = 1e-4

  /// Joins classes nearly all of whose patches are cut by jumps that the image shows with the nearest of the others. Sites at a jump are
  /// of one class only by that: were it another motif, jumps would cut it no more often than the rest.
  func withoutCut(
    _ groups: inout [[Int]], among known: [Int], features: Matrix<Float>, _ positions: [Point], reach: Double
  ) -> [Mark] {
    guard !jumps.isEmpty else { return [] }
    func crossing(_ site: Int) -> [ScanJumps.Jump] {
      jumps.filter { abs(Double($0.line) - 0.5 - positions[site].y) < reach }
    }
    let isCut = Set(known.filter { !crossing($0).isEmpty })
    let share = Double(isCut.count) / Double(max(1, known.count))
    func isMade(_ members: [Int]) -> Bool {
      let cut = members.filter(isCut.contains)
      let across = members.map { positions[$0].x }
      return Double(cut.count) >= ScanRows.rowShare * Double(members.count)
        && Double(cut.count) * log(max(share, 1e-9)) < log(Self.rarity)
        && (across.max() ?? 0) - (across.min() ?? 0) >= ScanRows.reachShare * Double(rows.width)
    }
    let made = groups.indices.filter { isMade(groups[$0]) }
    guard made.count < groups.count else { return [] }
    let others = groups.indices.filter { !made.contains($0) }
    let means = others.map { features.mean(ofRows: groups[$0]) }
    var marks: [Mark] = []
    for index in made {
      for site in groups[index] {
        let nearest = others.indices.min {
          features.squaredDistance(ofRow: site, from: means[$0])
            < features.squaredDistance(ofRow: site, from: means[$1])
        }!
        groups[others[nearest]].append(site)
      }
      let cuts = groups[index].flatMap(crossing)
      marks.append(
        Mark(
          count: groups[index].count, lines: Set(cuts.map(\.line)).sorted().map { Double($0) },
          farthest: cuts.map { abs($0.shift) }.max() ?? 0))
    }
    groups = others.map { groups[$0].sorted() }
    return marks
  }

  /// What a jump did that the patches of a class show.
  func mark(of members: [Int], cutBy jump: LineJump, _ positions: [Point]) -> Mark {
    let fullest = rows.rows(of: members, positions).sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }.prefix(2)
    return Mark(
      count: members.count,
      lines: fullest.map { Statistics.median($0.map { positions[$0].y }) + Double(jump.line) },
      farthest: jump.jump.length)
  }

  /// What jumps did, and where.
  func sentence(on marks: [Mark]) -> String {
    // Several rows are cut by one jump.
    var places: [[Double]] = []
    for line in marks.flatMap(\.lines).sorted() {
      if let last = places.last?.last, line - last < 0.5 * rows.spacing {
        places[places.count - 1].append(line)
      } else {
        places.append([line])
      }
    }
    let named = ReportHeadline.list(places.map { Text.fixed(Statistics.median($0), 0) })
    let (count, sites) = (marks.count, marks.reduce(0) { $0 + $1.count })
    return
      "\(count == 1 ? "a class" : "\(count) classes") of \(sites) sites along scan lines \(count == 1 ? "is no motif of its own but another one" : "are no motifs of their own but others") "
      + "through which the scan jumps near line\(places.count == 1 ? "" : "s") \(named): what is below is shifted by up to "
      + "\(Text.fixed(marks.map(\.farthest).max() ?? 0, 1)) px; positions and strain are off there (a fault of the specimen exactly along the "
      + "lines would look the same)"
  }
}
