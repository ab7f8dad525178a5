import Foundation
import TesseraNumerics
import TesseraSegmentation
import Testing

struct `Edges of particles` {
  private static let (side, radius, margin) = (160, 50.0, 4.0)

  /// A particle on noise, and a region that reaches `margin` pixels beyond its rim.
  private static func profile(
    seed: UInt64, step: Double = 1, thickness: (_ depth: Double) -> Double
  ) -> EdgeProfile {
    var random = RandomSource(seed: seed)
    let depths = (0..<side * side).map { depth($0 % side, $0 / side) }
    let labels = Raster(width: side, height: side, values: depths.map { $0 > -margin ? 1 : 0 })
    let image = Raster(width: side, height: side, values: depths.map { Float(thickness($0) + 0.3 * random.gaussian()) })
    return EdgeProfile(
      of: labels.values.indices.filter { labels.values[$0] == 1 }, in: image, labels: labels, step: step)
  }
  private static func depth(_ x: Int, _ y: Int) -> Double { radius - hypot(Double(x - side / 2), Double(y - side / 2)) }

  @Test func `of a plate are found where its contrast begins`() throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      let fit = try #require(EdgeFit(Self.profile(seed: seed) { $0 > 0 ? -1 : 0 }))
      #expect(fit.isSharp && abs(fit.shift - Self.margin) <= 0.5, "\(fit)")
    }
    let coarse = try #require(EdgeFit(Self.profile(seed: 1, step: 2) { $0 > 0 ? 1 : 0 }))
    #expect(coarse.isSharp && abs(2 * coarse.shift - Self.margin) <= 0.5)
  }

  @Test func `of a drop, or of nothing, are not sharp`() throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      let drop = EdgeFit(Self.profile(seed: seed) { $0 > 0 ? -(1 - pow(1 - $0 / Self.radius, 2)).squareRoot() : 0 })
      #expect(drop?.isSharp == false)
      let nothing = EdgeFit(Self.profile(seed: seed) { _ in 0 })
      #expect(nothing?.isSharp == false)
    }
  }

  @Test func `other particles beside it do not count`() {
    var labels = Raster<Int>(width: 100, height: 60, filling: 0)
    var image = Raster<Float>(width: 100, height: 60, filling: 0)
    for y in 15..<45 {
      for x in 20..<50 { (labels[x, y], image[x, y]) = (1, 5) }
      for x in 54..<84 { (labels[x, y], image[x, y]) = (2, 100) }
    }
    let profile = EdgeProfile(
      of: labels.values.indices.filter { labels.values[$0] == 1 }, in: image, labels: labels, step: 1)
    #expect(profile.means.allSatisfy { $0 >= 0 && $0 <= 5 })
    #expect(profile.depth == 14.5 && profile.insideDistances.min() == 0.5)
  }

  @Test func `regions too small to show a shape have none`() {
    var labels = Raster<Int>(width: 40, height: 40, filling: 0)
    labels[20, 20] = 1
    let image = labels.map { Float($0) }
    #expect(EdgeFit(EdgeProfile(of: [20 * 40 + 20], in: image, labels: labels, step: 1)) == nil)
  }
}
