import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSegmentation
import TestSupport
import Testing

/// Images of one lattice, or of none, that look like several patterns.
private struct Field {
  static let side = 512
  let seed: UInt64

  /// A hexagonal lattice with a = 24 px, planes 20.8 px apart.
  static func lattice(_ x: Double, _ y: Double) -> Double {
    let waves = (0..<3).map { k in
      let angle = Double(k) * .pi / 3 + 0.2
      return cos(2 * .pi * (x * cos(angle) + y * sin(angle)) / 20.8)
    }
    return max(0, 1.5 + waves.reduce(0, +)) / 4.5
  }

  /// An image in counts, with their noise.
  func image(counts: Double = 20, _ intensity: (Double, Double) -> Double) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    let values = (0..<Self.side * Self.side).map { index in
      Float(random.poisson(counts * max(0, intensity(Double(index % Self.side), Double(index / Self.side)))))
    }
    return Raster(width: Self.side, height: Self.side, values: values)
  }

  /// Noise whose waves all have about one length, some 20 pixels, in all directions.
  func speckle() -> Raster<Float> {
    var random = RandomSource(seed: seed)
    let values = (0..<Self.side * Self.side).map { _ in Float(random.gaussian()) }
    let noise = Raster(width: Self.side, height: Self.side, values: values)
    let (fine, coarse) = (GaussianFilter.smoothed(noise, sigma: 4), GaussianFilter.smoothed(noise, sigma: 5))
    return Raster(
      width: Self.side, height: Self.side, values: zip(fine.values, coarse.values).map { 100 * ($0 - $1) })
  }
}

struct `One lattice, or none` {
  private func found(_ image: Raster<Float>, spacing: Double = 20.8) throws -> TesseraSegmentation.Segmentation {
    try Segmenter().segmentation(of: image, spacing: spacing)
  }

  @Test(.slow, arguments: [(0.5, 40.0), (2, 40), (4, 40), (4, 80), (8, 150)] as [(Double, Double)])
  func `is one pattern under contamination`(height: Double, width: Double) throws {
    let image = Field(seed: 3).image { x, y in
      let distance = (x - 250) * (x - 250) + (y - 230) * (y - 230)
      return Field.lattice(x, y) + height * exp(-distance / (2 * width * width))
    }
    let result = try found(image)
    #expect(result.patterns.count == 1 && result.foundCount == 1)
    #expect(result.patterns[0].order == .lattice)
  }

  @Test(.slow, arguments: [0.5, 2, 8]) func `is one pattern beside a step of brightness`(height: Double) throws {
    let step = Field(seed: 4).image { x, y in
      Field.lattice(x, y) + height / (1 + exp(-(x - 260 + 0.2 * y) / 3))
    }
    #expect(try found(step).patterns.count == 1)
    let disc = Field(seed: 5).image { x, y in
      Field.lattice(x, y) + height / (1 + exp((hypot(x - 250, y - 250) - 130) / 6))
    }
    #expect(try found(disc).patterns.count == 1)
  }

  @Test(.slow, arguments: 1...3) func `is said to be none where nothing repeats itself`(seed: Int) throws {
    let speckle = try found(Field(seed: UInt64(seed)).speckle())
    #expect(speckle.patterns.map(\.order) == [.none], "\(speckle.patterns.map(\.correlation))")
    // The lines of a noisy scan are alike along themselves.
    var random = RandomSource(seed: UInt64(seed))
    var lines = Raster<Float>(width: 512, height: 512, filling: 0)
    for y in 0..<512 {
      let line = random.gaussian()
      for x in 0..<512 { lines[x, y] = Float(line + random.gaussian()) }
    }
    #expect(try found(lines).patterns.map(\.order) == [.none])
  }

  @Test(.slow, arguments: [0.0, 0.3, 1.4]) func `is said to be fringes where one set of planes is seen`(angle: Double)
    throws
  {
    let image = Field(seed: 6).image { x, y in 1 + cos(2 * .pi * (x * cos(angle) + y * sin(angle)) / 20.8) }
    #expect(try found(image).patterns.map(\.order) == [.fringes])
  }

  /// Each half of the image holds the same waves, and so agrees with the other.
  @Test(.slow, arguments: 1...3) func `is said to be none of waves of one length in all directions`(seed: Int) throws {
    var random = RandomSource(seed: UInt64(seed))
    let waves = (0..<200).map { _ in (angle: .pi * random.uniform(), phase: 2 * .pi * random.uniform()) }
    let image = Field(seed: 8).image(counts: 100) { x, y in
      let sum = waves.reduce(0.0) { $0 + cos(2 * .pi * (x * cos($1.angle) + y * sin($1.angle)) / 20.8 + $1.phase) }
      return 1 + sum / 40
    }
    #expect(try found(image).patterns.map(\.order) == [.none])
  }

  /// Most points lie between the groups of both grains where noise is that strong: groups are joined in the order of the densities between
  /// them, or a chain leads across the gap.
  @Test(.slow, arguments: 1...4) func `is told from another that is hardly seen`(seed: Int) throws {
    let (c, s) = (cos(0.26), sin(0.26))
    let grains = Field(seed: UInt64(seed)).image(counts: 0.4) { x, y in
      x + 0.3 * y < 330 ? Field.lattice(x, y) : Field.lattice(c * x - s * y, s * x + c * y)
    }
    #expect(try found(grains).patterns.count == 2)
    let crystal = Field(seed: UInt64(seed)).image(counts: 0.4) { Field.lattice($0, $1) }
    #expect(try found(crystal).patterns.count == 1)
  }

  @Test(.slow, arguments: 1...2) func `is not called a fault beside the vacuum in which it ends`(seed: Int) throws {
    let image = Field(seed: UInt64(seed)).image(counts: 30) { x, y in
      0.01 + Field.lattice(x, y) * max(0, min(1, (450 - x) / 200))
    }
    let result = try found(image)
    let orders = result.patterns.map(\.order)
    #expect(orders == [.lattice, .none])
    let isNarrow = result.patterns.contains { $0.isNarrow }
    #expect(!isNarrow)
  }

  /// Most patches of small crystals see what lies around them, too, so that no gap divides the descriptors.
  @Test(.slow, arguments: 1...3) func `differs from the crystals that lie in it`(seed: Int) throws {
    let image = Field(seed: UInt64(seed)).image(counts: 10) { x, y in
      let inside = 1 / (1 + exp((hypot(x - 200, y - 220) - 90) / 8))
      return 0.3 + inside * (0.5 + Field.lattice(x, y))
    }
    let result = try found(image)
    #expect(result.patterns.map(\.order) == [.none, .lattice])
    let share = result.patterns[1].fraction * 512 * 512 / (.pi * 90 * 90)
    #expect(share > 0.8 && share < 1.5, "\(share)")
  }
}
