import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSegmentation
import Testing

struct `Insides of regions` {
  private static let (side, radius) = (160, 30.0)

  private static func isInside(_ x: Int, _ y: Int) -> Bool { hypot(Double(x - 80), Double(y - 80)) < radius }

  /// A film whose texture is 8 % of it, and what a disc shows of it: `value` of the film's brightness and a place.
  private static func isSmooth(seed: UInt64, _ value: (_ film: Double, _ x: Int, _ y: Int) -> Double) -> Bool {
    var random = RandomSource(seed: seed)
    let white = Raster<Float>(width: side, height: side, filling: 0).map { _ in Float(random.gaussian()) }
    let film = GaussianFilter.smoothed(white, sigma: 1)
    let spread = Double(Statistics.deviation(film.values))
    var image = film
    var labels = Raster<Int>(width: side, height: side, filling: 0)
    for y in 0..<side {
      for x in 0..<side {
        let here = 1 + 0.08 * Double(film[x, y]) / spread
        if isInside(x, y) { labels[x, y] = 1 }
        image[x, y] = Float(random.poisson(300 * (isInside(x, y) ? value(here, x, y) : here)))
      }
    }
    let region = labels.values.indices.filter { labels.values[$0] == 1 }
    return SmoothInterior(image, labels: labels).isSmooth(region, number: 1)
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>) func `of holes, bright or dark, are smooth`(seed: UInt64) {
    #expect(Self.isSmooth(seed: seed) { _, _, _ in 1.4 })
    #expect(Self.isSmooth(seed: seed) { _, _, _ in 0.1 })
    // A film that tilts.
    #expect(Self.isSmooth(seed: seed) { _, x, _ in 1.4 + 0.002 * Double(x) })
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>) func `of particles show the support, a lattice or their thickness`(
    seed: UInt64
  ) {
    #expect(!Self.isSmooth(seed: seed) { film, _, _ in 0.6 * film })
    #expect(!Self.isSmooth(seed: seed) { _, x, _ in 0.7 + 0.1 * sin(2 * .pi * Double(x) / 4) })
    #expect(
      !Self.isSmooth(seed: seed) { _, x, y in
        1 + (1 - pow(hypot(Double(x - 80), Double(y - 80)) / Self.radius, 2)).squareRoot()
      })
  }

  @Test func `say nothing where the values end, or where the support shows nothing`() {
    let labels = Raster(
      width: Self.side, height: Self.side,
      values: (0..<Self.side * Self.side).map { Self.isInside($0 % Self.side, $0 / Self.side) ? 1 : 0 })
    let region = labels.values.indices.filter { labels.values[$0] == 1 }
    var random = RandomSource(seed: 1)
    let noise = labels.map { _ in Float(random.gaussian()) }
    #expect(!SmoothInterior(noise, labels: labels).isSmooth(region, number: 1))
    let texture = GaussianFilter.smoothed(noise, sigma: 1)
    let clipped = Raster(
      width: Self.side, height: Self.side, values: zip(texture.values, labels.values).map { $1 == 1 ? Float(9) : $0 })
    #expect(!SmoothInterior(clipped, labels: labels).isSmooth(region, number: 1))
  }
}
