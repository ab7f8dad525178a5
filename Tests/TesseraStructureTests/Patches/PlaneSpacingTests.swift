import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure
import TestSupport
import Testing

struct `The spacing of planes` {
  private static let (side, spacing) = (512, 20.8)

  /// A hexagonal lattice where `isCrystal` says so of the distance from the middle, speckle of 6 pixels and of the same variance elsewhere.
  private func image(seed: UInt64, isCrystal: (Double) -> Bool) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    let noise = Raster<Float>(
      width: Self.side, height: Self.side, values: (0..<Self.side * Self.side).map { _ in Float(random.gaussian()) })
    let smooth = GaussianFilter.smoothed(noise, sigma: 3)
    let deviation = Statistics.deviation(smooth.values)
    var result = noise
    for y in 0..<Self.side {
      for x in 0..<Self.side {
        let (u, v) = (Double(x - Self.side / 2), Double(y - Self.side / 2))
        let waves = (0..<3).reduce(0.0) { sum, k in
          let angle = Double(k) * .pi / 3 + 0.2
          return sum + cos(2 * .pi * (u * cos(angle) + v * sin(angle)) / Self.spacing)
        }
        let pixel = isCrystal(hypot(u, v)) ? Float(waves / 1.5.squareRoot()) : smooth[x, y] / Float(deviation)
        result[x, y] = pixel + 0.3 * noise[x, y]
      }
    }
    return result
  }

  /// A taper sees the middle alone, in which there is no lattice, or the whole, in which there is little of one.
  @Test(arguments: [1, 2, 3]) func `is that of the crystal around a hole, and of a small one on a film`(seed: UInt64)
    throws
  {
    for isCrystal: (Double) -> Bool in [{ $0 > 200 }, { $0 < 60 }, { _ in true }] {
      let found = try #require(PlaneSpacing.estimate(of: image(seed: seed, isCrystal: isCrystal)))
      #expect(abs(found / Self.spacing - 1) < 0.02)
    }
  }

  @Test(arguments: 1...6) func `is none of speckle and of noise`(seed: UInt64) {
    var random = RandomSource(seed: seed)
    let noise = Raster<Float>(
      width: Self.side, height: Self.side, values: (0..<Self.side * Self.side).map { _ in Float(random.gaussian()) })
    #expect(PlaneSpacing.estimate(of: noise) == nil)
    #expect(PlaneSpacing.estimate(of: image(seed: seed) { _ in false }) == nil)
  }
}
