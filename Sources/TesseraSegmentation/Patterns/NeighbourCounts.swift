import Foundation
import TesseraNumerics

/// How often points of two groups stand at one distance from each other: patterns occupy regions, while the accidents of a
/// disordered region are mixed.
///
/// Source: join-count statistics, Cliff & Ord, Spatial Processes (1981), ch. 1; at a distance beyond which descriptors
/// share no pixels.
struct NeighbourCounts: Sendable {
  /// Pairs of each two groups, symmetric; a pair within a group is counted twice.
  private(set) var pairs: Matrix<Double>

  /// - Parameters:
  ///   - labels: group of each point of the grid, 0 ..< `count`; -1 for none.
  ///   - distance: in steps of the grid, 1 or more.
  init(of labels: Raster<Int>, count: Int, distance: Int) {
    var pairs = Matrix<Double>(rows: count, columns: count, filling: 0)
    for step in 0..<24 {
      let angle = Double.pi * Double(step) / 24
      let (dx, dy) = (Int((Double(distance) * cos(angle)).rounded()), Int((Double(distance) * sin(angle)).rounded()))
      guard dy < labels.height, abs(dx) < labels.width else { continue }
      for y in 0..<labels.height - dy {
        for x in max(0, -dx)..<min(labels.width, labels.width - dx) {
          let (a, b) = (labels.values[y * labels.width + x], labels.values[(y + dy) * labels.width + x + dx])
          guard a >= 0 && b >= 0 else { continue }
          pairs.values[a * count + b] += 1
          pairs.values[b * count + a] += 1
        }
      }
    }
    self.pairs = pairs
  }

  /// Counts group `b` as a part of `a`.
  mutating func join(_ a: Int, _ b: Int) {
    for k in 0..<pairs.rows { pairs[a, k] += pairs[b, k] }
    for k in 0..<pairs.rows { pairs[k, a] += pairs[k, b] }
    for k in 0..<pairs.rows { (pairs[b, k], pairs[k, b]) = (0, 0) }
  }

  /// Compares the pairs among two groups with those of random mixing: `mixing` is the share of unlike pairs, `clustering`
  /// that of like pairs of the group for which it is larger; both 1 where the groups are mixed.
  func comparison(_ a: Int, _ b: Int) -> (mixing: Double, clustering: Double) {
    let (aa, bb, ab) = (pairs[a, a] / 2, pairs[b, b] / 2, pairs[a, b])
    let total = aa + bb + ab
    guard total > 0 else { return (1, 1) }
    let share = (2 * aa + ab) / (2 * total)
    func ratio(_ found: Double, _ expected: Double) -> Double { expected > 0 ? found / expected : 0 }
    return (
      ratio(ab, 2 * share * (1 - share) * total),
      max(ratio(aa, share * share * total), ratio(bb, (1 - share) * (1 - share) * total))
    )
  }
}
