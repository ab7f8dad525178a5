import Foundation
import TesseraNumerics

/// How high the spots of a texture rise by themselves: its low spots, continued to the height of single atoms.
///
/// Of a texture's maxima, in standard deviations h of the filtered image, the number that rise above h falls as
///
///     n(h) = n(u) exp(-a (h - u) - b (h - u)²),   h >= u,   a > 0, b >= 0,
///
/// with b near 1/2 for a Gaussian random field (Adler, The Geometry of Random Fields (1981), chapter 6), and with b near 0 for a support of
/// few atoms, whose spots are sums of them by chance. u is the median of all maxima. Both numbers are unknown: n(h) is the mean over all a
/// and b of a grid, evenly over their logarithms, each weighted by the likelihood of the heights between u and the threshold from which on
/// spots count. So few maxima, which leave a and b open, say little against a spot.
///
/// Of the spots above the threshold, the share that is texture is the local false discovery rate of Efron (Large-Scale Inference (2010),
/// chapter 5): the density of -dn/dh over that of the spots, which must not rise with the height (isotonic regression).
package struct TextureTail: Sendable {
  /// u, and the threshold from which on spots count, in standard deviations.
  let start, threshold: Double
  /// Points of the grid whose weight counts: a, b, and the weight times n(u).
  private let terms: [(a: Double, b: Double, count: Double)]

  /// So few maxima below the threshold tell nothing of those above.
  private static let fewest = 50
  /// Heights are sorted into so many bins between u and the threshold, some 0.05 standard deviations wide.
  private static let binCount = 48
  /// Bounds of the grids of a and b, around those of Gaussian fields (a 0.5 to 1.5, b 0.3 to 0.8) and of sums of few atoms (b < 0.1). b may
  /// also be 0.
  private static let (slopes, bends) = (0.05...3.0, 0.02...2.0)
  /// Steps of a grid: a factor of 1.11 and 1.13.
  private static let stepCount = 40
  /// Where heights differ more from the best a and b, they are of no texture, but of columns that stand closely. The deviance of 48 bins is 45 on
  /// average, with a standard deviation of 9.5: this is three of them more. Supports have 41 to 66, columns without order of 10 counts 83 and more.
  private static let mostDeviance = 74.0
  /// Lower weights than this share of all change no number that is stated.
  private static let leastWeight = 1e-5

  /// The tail of a texture.
  /// - Parameters:
  ///   - heights: of all maxima of an image, in standard deviations, in any order.
  ///   - threshold: lower ones are the texture's.
  /// - Returns: nil where fewer than 50 maxima lie between the median and the threshold, or where their heights are not those of a texture.
  package init?(heights: [Double], threshold: Double) {
    guard heights.count >= Self.fewest, threshold.isFinite else { return nil }
    let start = Statistics.median(heights)
    let width = threshold - start
    let low = heights.filter { $0 > start && $0 < threshold }
    guard width > 0, low.count >= Self.fewest else { return nil }
    (self.start, self.threshold) = (start, threshold)
    var bins = [Double](repeating: 0, count: Self.binCount)
    for height in low { bins[min(Self.binCount - 1, Int((height - start) / width * Double(Self.binCount)))] += 1 }
    let edges = (0...Self.binCount).map { width * Double($0) / Double(Self.binCount) }
    var found: [(a: Double, b: Double, logarithm: Double, count: Double)] = []
    for a in Self.grid(Self.slopes) {
      for b in [0] + Self.grid(Self.bends) {
        let above = edges.map { exp(-a * $0 - b * $0 * $0) }
        let inside = 1 - above[Self.binCount]
        var logarithm = 0.0
        for (k, count) in bins.enumerated() where count > 0 {
          logarithm += count * log(max(.leastNormalMagnitude, (above[k] - above[k + 1]) / inside))
        }
        found.append((a, b, logarithm, Double(low.count) / inside))
      }
    }
    let best = found.map(\.logarithm).max() ?? 0
    let saturated = bins.reduce(0) { $0 + ($1 > 0 ? $1 * log($1 / Double(low.count)) : 0) }
    guard 2 * (saturated - best) <= Self.mostDeviance else { return nil }
    let weights = found.map { exp($0.logarithm - best) }
    let sum = weights.reduce(0, +)
    terms = zip(found, weights).compactMap { point, weight in
      weight > Self.leastWeight * sum ? (point.a, point.b, weight / sum * point.count) : nil
    }
  }

  private static func grid(_ range: ClosedRange<Double>) -> [Double] {
    let ratio = range.upperBound / range.lowerBound
    return (0..<stepCount).map { range.lowerBound * pow(ratio, Double($0) / Double(stepCount - 1)) }
  }

  /// n(h): the number of the texture's own spots above a height of `start` or more.
  package func expectedCount(above height: Double) -> Double {
    let rise = max(0, height - start)
    return terms.reduce(0) { $0 + $1.count * exp(-$1.a * rise - $1.b * rise * rise) }
  }

  /// Of each spot, the share of spots as high that is texture, 0 ... 1.
  /// - Parameter heights: of all spots above the threshold, highest first.
  package func shares(of heights: [Double]) -> [Double] {
    // A spot stands for the heights half-way to its neighbours.
    var above = 0.0
    var blocks: [(expected: Double, count: Int)] = []
    for (index, height) in heights.enumerated() {
      let end = index + 1 < heights.count ? (height + heights[index + 1]) / 2 : threshold
      let total = expectedCount(above: min(height, max(threshold, end)))
      blocks.append((total - above, 1))
      above = total
      // Pool adjacent violators: lower spots are texture at least as often.
      while let last = blocks.last, blocks.count > 1, case let before = blocks[blocks.count - 2],
        before.expected * Double(last.count) > last.expected * Double(before.count)
      {
        blocks.removeLast()
        blocks[blocks.count - 1] = (before.expected + last.expected, before.count + last.count)
      }
    }
    return blocks.flatMap { [Double](repeating: min(1, $0.expected / Double($0.count)), count: $0.count) }
  }
}
