import Foundation
import TesseraNumerics

/// Greedy non-maximum suppression on squares around candidates [A23, section 2.3]: the strongest stands, those whose squares
/// overlap its own by more than the limit fall, then the strongest of the rest, and so on.
///
/// The overlap of two squares of side s whose centres are (dx, dy) apart is their intersection over their union,
///
///     I = max(0, s − |dx|) max(0, s − |dy|),   IoU = I / (2 s² − I).
///
/// At a limit of 0.3 a neighbour falls within 0.54 s along an axis and 0.45 s along a diagonal. [A23] says boxes of the
/// predicted spacing; its public code takes that as half the side, which deletes true neighbours.
struct BoxSuppression {
  /// Side of the squares, in pixels; nothing falls where it is not positive and finite.
  var side: Double
  /// 0 ... 1.
  var overlapLimit: Double

  /// Indices of the candidates that stand, in rising order. Of equal values the first goes first. O(count log count):
  /// a candidate meets those that stand in the cells around its own, of which each holds a few.
  func standing(_ candidates: [MapCandidate]) -> [Int] {
    guard side.isFinite, side > 0, candidates.count > 1 else { return Array(candidates.indices) }
    let xs = candidates.map(\.position.x)
    let ys = candidates.map(\.position.y)
    let (left, top) = (xs.min()!, ys.min()!)
    // A square below a pixel overlaps none of another pixel by much; cells of a pixel keep the grid as small as the map.
    let cell = max(1, side)
    let columns = Int(saturating: (xs.max()! - left) / cell) + 1
    let rows = Int(saturating: (ys.max()! - top) / cell) + 1
    var first = [Int](repeating: -1, count: columns * rows)
    var next = [Int](repeating: -1, count: candidates.count)
    let order = candidates.indices.sorted { (candidates[$1].value, $0) < (candidates[$0].value, $1) }
    var stands = [Bool](repeating: false, count: candidates.count)
    for index in order {
      let place = candidates[index].position
      let (i, j) = (Int((place.x - left) / cell), Int((place.y - top) / cell))
      var falls = false
      search: for v in max(0, j - 1)...min(rows - 1, j + 1) {
        for u in max(0, i - 1)...min(columns - 1, i + 1) {
          var other = first[v * columns + u]
          while other >= 0 {
            if overlap(place - candidates[other].position) > overlapLimit {
              falls = true
              break search
            }
            other = next[other]
          }
        }
      }
      if falls { continue }
      stands[index] = true
      next[index] = first[j * columns + i]
      first[j * columns + i] = index
    }
    return candidates.indices.filter { stands[$0] }
  }

  /// Intersection over union of two squares whose centres are so far apart, 0 ... 1.
  func overlap(_ offset: Point) -> Double {
    let intersection = max(0, side - abs(offset.x)) * max(0, side - abs(offset.y))
    return intersection / (2 * side * side - intersection)
  }
}
