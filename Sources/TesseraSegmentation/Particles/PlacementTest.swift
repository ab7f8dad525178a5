import Foundation
import TesseraNumerics

/// Whether an image changes across the outline of a region more than across the same outline laid anywhere else.
///
/// In a band on either side of the outline, two numbers are taken: by how much the mean inside differs from that outside, and the logarithm of
/// the ratio of the two variances. Laid at random places, where no region is, the same bands give what the texture of the image makes of
/// both by chance; each number is stated in standard deviations of those. A particle has an edge, or a texture of its own; a bump of
/// noise that was outlined has neither.
package struct PlacementTest: Sendable {
  /// How much more the image changes across an outline than elsewhere, in standard deviations of random placements.
  package struct Evidence: Sendable, Equatable {
    /// Of the difference of the means, positive where the inside is brighter.
    package var brightness: Double
    /// Of the logarithm of the ratio of the variances, positive where the inside varies more.
    package var texture: Double

    /// The larger of the two, without sign.
    package var strength: Double { max(abs(brightness), abs(texture)) }
  }

  /// The image and the numbers of all regions in it; 0: none.
  private let image: Raster<Float>
  private let labels: Raster<Int>
  private let seed: UInt64

  /// - Parameters:
  ///   - image: in any unit.
  ///   - labels: of the regions; placements on one of them do not count.
  ///   - seed: of the random placements.
  package init(_ image: Raster<Float>, labels: Raster<Int>, seed: UInt64 = 1) {
    precondition(image.width == labels.width && image.height == labels.height)
    (self.image, self.labels, self.seed) = (image, labels, seed)
  }

  /// Width of each band, as a part of the region's diameter; at least two pixels.
  private static let bandShare = 0.125
  private static let narrowestBand = 2.0
  /// So many placements give their standard deviation to 6 %; with fewer than the second number nothing is said.
  private static let placements = 150
  private static let fewestPlacements = 20
  /// Places that are tried; between many regions most are taken.
  private static let tries = 3_000
  /// Pixels of a band that are looked at: more would add little to what a few hundred of them say.
  private static let bandPixels = 1_500

  /// Numbers beyond this say no more.
  private static let most = 1_000.0

  /// Of the region with this number; nil if it has no pixels, or if hardly a place for its outline is free.
  package func evidence(of region: [Int], number: Int) -> Evidence? {
    guard !region.isEmpty else { return nil }
    let bands = Bands(of: region, in: image)
    let here = bands.change(in: image, at: .zero)
    var random = RandomSource(seed: seed, stream: UInt64(number))
    var elsewhere: [(mean: Double, variance: Double)] = []
    for _ in 0..<Self.tries where elsewhere.count < Self.placements {
      guard let offset = bands.offset(within: image, from: &random) else { return nil }
      if bands.touches(labels, at: offset) { continue }
      elsewhere.append(bands.change(in: image, at: offset))
    }
    guard elsewhere.count >= Self.fewestPlacements else { return nil }
    let independent = min(Double(elsewhere.count), bands.placements(within: image))
    func deviations(_ value: Double, _ others: [Double]) -> Double {
      let (spread, difference) = (Statistics.deviation(others), value - Statistics.mean(others))
      guard difference != 0 else { return 0 }
      // Where nothing changes anywhere else, any change counts.
      return Self.normal(min(max(-Self.most, difference / spread), Self.most), freedom: max(1, independent - 1))
    }
    return Evidence(
      brightness: deviations(here.mean, elsewhere.map(\.mean)),
      texture: deviations(here.variance, elsewhere.map(\.variance)))
  }

  /// The value of a normal law that is as rare as this one of Student's law: a standard deviation of few placements is uncertain itself.
  /// Source: D. L. Wallace, Ann. Math. Stat. 30 (1959) 1124, to .02 deviations.
  private static func normal(_ value: Double, freedom: Double) -> Double {
    let size = (8 * freedom + 1) / (8 * freedom + 3) * (freedom * log1p(value * value / freedom)).squareRoot()
    return value < 0 ? -size : size
  }

  /// The pixels on either side of an outline.
  private struct Bands {
    /// Coordinates, of a sample of them.
    var inner: [SIMD2<Int>] = []
    var outer: [SIMD2<Int>] = []
    /// Their smallest and largest.
    var least = SIMD2(Int.max, Int.max)
    var most = SIMD2(Int.min, Int.min)

    init(of region: [Int], in image: Raster<Float>) {
      let points = region.map { SIMD2($0 % image.width, $0 / image.width) }
      let width = max(
        PlacementTest.narrowestBand,
        PlacementTest.bandShare * 2 * (Double(region.count) / .pi).squareRoot())
      let margin = Int(width.rounded(.up)) + 1
      let low = points.reduce(points[0]) { pointwiseMin($0, $1) } &- margin
      let high = points.reduce(points[0]) { pointwiseMax($0, $1) } &+ margin
      var mask = Raster<Bool>(width: high.x - low.x + 1, height: high.y - low.y + 1, filling: false)
      for point in points { mask[point.x - low.x, point.y - low.y] = true }
      // The border of the image is no outline.
      var isAround = mask.map { !$0 }
      for y in 0..<mask.height {
        for x in 0..<mask.width where !image.contains(x: low.x + x, y: low.y + y) { isAround[x, y] = false }
      }
      let inside = DistanceTransform.distances(toWhere: isAround)
      let outside = DistanceTransform.distances(toWhere: mask)
      for y in 0..<mask.height {
        for x in 0..<mask.width {
          let point = low &+ SIMD2(x, y)
          // Beyond the border of the image nothing is known.
          guard image.contains(x: point.x, y: point.y) else { continue }
          if mask[x, y] {
            if Double(inside[x, y]) <= width { inner.append(point) }
          } else if Double(outside[x, y]) <= width {
            outer.append(point)
          }
        }
      }
      (inner, outer) = (Self.sample(of: inner), Self.sample(of: outer))
      for point in inner + outer { (least, most) = (pointwiseMin(least, point), pointwiseMax(most, point)) }
    }

    private static func sample(of points: [SIMD2<Int>]) -> [SIMD2<Int>] {
      let step = max(1, points.count / PlacementTest.bandPixels)
      return stride(from: 0, to: points.count, by: step).map { points[$0] }
    }

    /// A random shift that leaves all pixels inside the image; nil if they are as large as the image.
    func offset(within image: Raster<Float>, from random: inout RandomSource) -> SIMD2<Int>? {
      guard !inner.isEmpty, !outer.isEmpty else { return nil }
      let size = most &- least &+ 1
      guard size.x < image.width, size.y < image.height else { return nil }
      return SIMD2(random.index(below: image.width - size.x + 1), random.index(below: image.height - size.y + 1))
        &- least
    }

    /// So many places side by side do not overlap: the others say no more.
    func placements(within image: Raster<Float>) -> Double {
      let size = most &- least &+ 1
      func along(_ length: Int, _ part: Int) -> Double { 1 + Double(length - part) / Double(part) }
      return along(image.width, size.x) * along(image.height, size.y)
    }

    func touches(_ labels: Raster<Int>, at offset: SIMD2<Int>) -> Bool {
      func isTaken(_ point: SIMD2<Int>) -> Bool { labels[point.x + offset.x, point.y + offset.y] > 0 }
      return inner.contains(where: isTaken) || outer.contains(where: isTaken)
    }

    /// The mean inside less that outside, and the logarithm of the variance inside over that outside.
    func change(in image: Raster<Float>, at offset: SIMD2<Int>) -> (mean: Double, variance: Double) {
      func moments(_ points: [SIMD2<Int>]) -> (mean: Double, variance: Double) {
        // Far from 0, squares would lose what differs.
        let first = points.first.map { Double(image[$0.x + offset.x, $0.y + offset.y]) } ?? 0
        var (sum, squares) = (0.0, 0.0)
        for point in points {
          let value = Double(image[point.x + offset.x, point.y + offset.y]) - first
          sum += value
          squares += value * value
        }
        let count = Double(max(1, points.count))
        return (first + sum / count, max(0, squares / count - sum * sum / (count * count)))
      }
      let (a, b) = (moments(inner), moments(outer))
      let ratio = a.variance > 0 && b.variance > 0 ? log(a.variance / b.variance) : 0
      return (a.mean - b.mean, ratio)
    }
  }
}
