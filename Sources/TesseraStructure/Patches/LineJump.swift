import TesseraImaging
import TesseraNumerics

/// Whether a motif is another one through which the scan has jumped.
///
/// When a scan jumps, the lines below belong to another place than those above. The mean patch of the columns that the jump cuts is then
/// that of uncut ones with two parts, above and below one line, each shifted as a whole. The best such pair of shifts is sought, and how
/// much of the difference between both mean patches it explains, the noise of the means taken off.
///
/// Parts pushed together or apart also dim or brighten a column, as other atoms would. So the difference is what the other motif at its
/// own best brightness leaves: what brightness alone explains, no jump has to.
package struct LineJump: Sendable {
  /// The line below which the second shift holds, from the centre of the patch, in pixels.
  package let line: Int
  /// Of the lower part against the upper one, in pixels.
  package let jump: Point
  /// Share of the difference in shape that the jump explains, 0 ... 1; 0 where there is no more difference than noise.
  package let explained: Double

  /// Shifts up to this share of the spacing are tried, in so many steps to each side.
  private static let (reachInSpacings, steps) = (0.15, 8)
  /// Means of more patches are no better known.
  private static let mostPatches = 400

  /// - Parameters:
  ///   - cut: members of the motif in question that have patches.
  ///   - whole: members of the motif that it may be, that have patches.
  ///   - patches: of all sites, whose indices the members are.
  ///   - spacing: of neighbouring columns, in pixels.
  package init?(in cut: [Int], from whole: [Int], patches: Patches, spacing: Double) {
    guard let own = MeanPatch(of: cut, patches, most: Self.mostPatches),
      let other = MeanPatch(of: whole, patches, most: Self.mostPatches)
    else { return nil }
    let side = patches.side
    let reach = Self.reachInSpacings * spacing
    let margin = Int(saturating: reach.rounded(.up)) + 1
    let (half, inner) = (side / 2, side / 2 - margin)
    guard inner >= 4 else { return nil }
    let offsets = (-Self.steps...Self.steps).map { Double($0) / Double(Self.steps) * reach }
    let shifts = offsets.flatMap { y in offsets.map { Point($0, y) } }
    // Squared differences of each line of the disc, under each shift of the other motif.
    let lines = concurrentMap(count: shifts.count) { k -> [Double] in
      let shift = shifts[k]
      return (-inner...inner).map { y in
        let width = Int(saturating: Double(inner * inner - y * y).squareRoot())
        return (-width...width).reduce(0.0) { sum, x in
          let seen = Double(own.mean[x + half, y + half])
          let d = seen - other.value(x: Double(x + half) - shift.x, y: Double(y + half) - shift.y)
          return sum + d * d
        }
      }
    }
    let noise = (-inner...inner).reduce(0.0) { sum, y in
      let width = Int(saturating: Double(inner * inner - y * y).squareRoot())
      return (-width...width).reduce(sum) {
        $0 + own.variance[$1 + half, y + half] + other.variance[$1 + half, y + half]
      }
    }
    let still = Self.differenceInShape(own, other, radius: inner)
    // Sums over the lines above each line, and the best shift for them; the same from below.
    let count = 2 * inner + 1
    var (above, below) = ([(cost: Double, shift: Int)](), [(cost: Double, shift: Int)]())
    var sums = [Double](repeating: 0, count: shifts.count)
    for line in 0..<count {
      for k in shifts.indices { sums[k] += lines[k][line] }
      let best = sums.indices.min { sums[$0] < sums[$1] }!
      above.append((sums[best], best))
    }
    sums = [Double](repeating: 0, count: shifts.count)
    for line in (0..<count).reversed() {
      for k in shifts.indices { sums[k] += lines[k][line] }
      let best = sums.indices.min { sums[$0] < sums[$1] }!
      below.append((sums[best], best))
    }
    below.reverse()
    // A part of fewer lines would be fitted to noise.
    let least = max(2, inner / 8)
    let cuts = least..<count - least
    guard let split = cuts.min(by: { above[$0 - 1].cost + below[$0].cost < above[$1 - 1].cost + below[$1].cost }) else {
      return nil
    }
    line = split - inner
    jump = shifts[below[split].shift] - shifts[above[split - 1].shift]
    let left = above[split - 1].cost + below[split].cost
    explained = still > Self.leastDifference * noise ? max(0, min(1, (still - left) / (still - noise))) : 0
  }

  /// A sum over some hundred pixels of noise stays below this many times its expectation.
  private static let leastDifference = 1.5

  /// The squared difference of two means over a disc, once the second has the brightness and background that suit the first best.
  private static func differenceInShape(_ own: MeanPatch, _ other: MeanPatch, radius: Int) -> Double {
    let half = own.mean.width / 2
    var pairs: [(x: Double, y: Double)] = []
    for y in -radius...radius {
      let width = Int(saturating: Double(radius * radius - y * y).squareRoot())
      for x in -width...width {
        pairs.append((Double(other.mean[x + half, y + half]), Double(own.mean[x + half, y + half])))
      }
    }
    let (meanX, meanY) = (Statistics.mean(pairs.map(\.x)), Statistics.mean(pairs.map(\.y)))
    let xx = pairs.reduce(0.0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
    let xy = pairs.reduce(0.0) { $0 + ($1.x - meanX) * ($1.y - meanY) }
    let yy = pairs.reduce(0.0) { $0 + ($1.y - meanY) * ($1.y - meanY) }
    return xx > 0 ? yy - xy * xy / xx : yy
  }
}

/// The mean of some patches, and the variance of that mean.
private struct MeanPatch: Sendable {
  let mean: Raster<Float>
  let variance: Raster<Double>

  /// Nil of fewer than two patches.
  init?(of members: [Int], _ patches: Patches, most: Int) {
    let step = max(1, members.count / most)
    let chosen = stride(from: 0, to: members.count, by: step).map { members[$0] }
    var sum = Raster<Double>(width: patches.side, height: patches.side, filling: 0)
    var squares = sum
    var count = 0.0
    for member in chosen {
      guard let patch = patches[member] else { continue }
      count += 1
      for k in patch.values.indices {
        let value = Double(patch.values[k])
        sum.values[k] += value
        squares.values[k] += value * value
      }
    }
    guard count >= 2 else { return nil }
    let n = count
    mean = sum.map { Float($0 / n) }
    variance = Raster(
      width: patches.side, height: patches.side,
      values: zip(sum.values, squares.values).map { max(0, $1 / n - ($0 / n) * ($0 / n)) / (n - 1) })
  }

  /// Bilinear; inside the patch.
  func value(x: Double, y: Double) -> Double {
    let (left, top) = (Int(saturating: x.rounded(.down)), Int(saturating: y.rounded(.down)))
    let (s, t) = (x - Double(left), y - Double(top))
    let upper = (1 - s) * Double(mean[left, top]) + s * Double(mean[left + 1, top])
    let lower = (1 - s) * Double(mean[left, top + 1]) + s * Double(mean[left + 1, top + 1])
    return (1 - t) * upper + t * lower
  }
}
