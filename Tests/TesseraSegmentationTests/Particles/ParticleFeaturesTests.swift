import Foundation
import TesseraNumerics
import TesseraSegmentation
import Testing

@Suite("Features of particles") struct ParticleFeaturesTests {
  private static let sets = [true, false].map { isRich in
    var features = ParticleFeatures()
    features.isRich = isRich
    return features
  }

  private static var isParticle: (Point) -> Bool {
    DigitalShape.ellipse([60.3, 55.8], axes: (28, 22), angle: 0.5)
  }
  private static let lattice: DigitalLattice = {
    var lattice = DigitalLattice(side: 120, noise: 0.7)
    lattice.frequencies = [[0.2, 0.05], [-0.03, 0.21]]
    return lattice
  }()

  private func values(
    _ features: ParticleFeatures, _ region: [Int], _ image: Raster<Float>, pixel: Double? = 0.05
  ) -> [Float] {
    features.values(
      of: region, in: image, measures: RegionMeasures(of: region, width: image.width), pixel: pixel)
  }

  private var region: [Int] { DigitalShape.mask(width: 120, height: 120, Self.isParticle).region }

  /// By their names.
  private func named(_ image: Raster<Float>, pixel: Double? = 0.05) -> [String: Float] {
    let features = ParticleFeatures()
    return Dictionary(uniqueKeysWithValues: zip(features.names, values(features, region, image, pixel: pixel)))
  }

  @Test(arguments: sets) func `are as many as their names, and do not know the unit of intensity`(
    features: ParticleFeatures
  ) {
    let image = Self.lattice.image(where: Self.isParticle)
    let found = values(features, region, image)
    #expect(found.count == features.names.count && Set(features.names).count == found.count)
    #expect(found.allSatisfy { $0.isFinite })
    for (factor, offset) in [(37, 1000), (1e-3, -0.2), (1e6, 0)] as [(Float, Float)] {
      let other = values(features, region, image.map { factor * $0 + offset })
      for (name, (one, two)) in zip(features.names, zip(found, other)) {
        #expect(abs(one - two) < 2e-3 * (1 + abs(one)), "\(name)")
      }
    }
  }

  @Test(arguments: sets) func `are finite for any region at any scale`(features: ParticleFeatures) {
    let image = Self.lattice.image(where: Self.isParticle)
    let all = Array(0..<image.count)
    let regions = [
      [0], [image.count - 1], [60 * 120 + 60], [60 * 120 + 60, 60 * 120 + 61], Array(0..<120),
      (0..<120).map { $0 * 121 }, all, region,
    ]
    for pixel in [nil, 1, 0.05, 1e-3] as [Double?] {
      for region in regions {
        let found = values(features, region, image, pixel: pixel)
        #expect(found.count == features.names.count && found.allSatisfy { $0.isFinite })
      }
    }
    #expect(values(features, all, image.map { _ in 3 }).allSatisfy { $0.isFinite })
  }

  @Test(arguments: sets, [1, 2, 3, 5]) func `are finite in tiny images`(features: ParticleFeatures, side: Int) {
    let image = Raster(width: side, height: side, values: (0..<side * side).map { Float($0 % 3) })
    for region in [[0], [side * side / 2], Array(0..<side * side)] {
      let found = values(features, region, image)
      #expect(found.count == features.names.count && found.allSatisfy { $0.isFinite })
    }
  }

  @Test func `tell two families of planes, their distance and their angle`() throws {
    let found = named(Self.lattice.image(where: Self.isParticle))
    #expect(try #require(found["spots"]) >= 2 && found["directions"] == 2)
    let truth = Self.lattice.frequencies
    let spacings = truth.map { Float(0.05 / $0.length) }
    let spacing = try #require(found["spacing"])
    #expect(spacings.contains { abs($0 / spacing - 1) < 0.04 })
    let angle = abs(truth[1].angle - truth[0].angle) * 180 / .pi
    #expect(abs(try #require(found["angle_1_2"]) - Float(min(angle, 180 - angle))) < 3)
    #expect(abs(try #require(found["ratio_1_2"]) - 1) < 0.06)
    #expect(try #require(found["coherence_1"]) > 0.9 && found["coherence_2"]! > 0.9)
    #expect(try #require(found["four_fold"]) > 0.8 && found["two_fold"]! < 0.5)
    // Twice the pixel, twice the distance.
    #expect(abs(named(Self.lattice.image(where: Self.isParticle), pixel: 0.06)["spacing"]! / spacing - 1.2) < 1e-5)
  }

  @Test func `are the same on a particle that shines as on one that does not`() throws {
    let plain = Self.lattice.image(where: Self.isParticle)
    let thick = Raster(
      width: 120, height: 120,
      values: plain.values.indices.map { index in
        let way = (Point(Double(index % 120), Double(index / 120)) - Point(60.3, 55.8)).squaredLength
        return plain.values[index] + 40 * Float(max(0, 1 - way / 784).squareRoot())
      })
    let (dark, bright) = (named(plain), named(thick))
    #expect(try #require(bright["directions"]) >= 2 && abs(bright["height_2"]! - dark["height_2"]!) < 1)
    for name in ["spacing", "angle_1_2", "ratio_1_2", "coherence_1", "coherence_2"] {
      #expect(abs(bright[name]! - dark[name]!) < 0.05 * (1 + abs(dark[name]!)), "\(name)")
    }
  }

  @Test func `tell nothing of planes where there are none`() {
    let found = named(Self.lattice.image(where: { _ in false }))
    #expect(found["spots"]! <= 1 && found["least_coherence"]! <= 1)
    #expect(abs(found["contrast"]!) < 0.2 && abs(found["texture"]! - 1) < 0.1)
  }

  @Test func `see contrast, shape and size`() {
    let dark = Self.lattice.image(where: { _ in false })
    let image = Raster(
      width: 120, height: 120,
      values: dark.values.indices.map { index in
        dark.values[index] - (Self.isParticle(Point(Double(index % 120), Double(index / 120))) ? 2.1 : 0)
      })
    let found = named(image)
    // Three standard deviations of the noise below.
    #expect(abs(found["contrast"]! + 3) < 0.2)
    #expect(abs(found["aspect"]! / (28.0 / 22) - 1) < 0.02)
    #expect(abs(found["diameter"]! / Float(2 * (28.0 * 22).squareRoot() * 0.05) - 1) < 0.01)
    #expect(found["solidity"]! > 0.97)
  }
}

@Suite("Features of rings") struct RingFeaturesTests {
  @Test func `have their centre where a wave is, and the moments of the crop`() {
    // Twenty-four cycles: rings that begin 2 to 16 pixels before it hold it.
    let wave = Raster(
      width: 64, height: 64, values: (0..<64 * 64).map { Float(3 * cos(2 * .pi * 24 * Double($0 % 64) / 64)) })
    let found = RingFeatures.values(of: wave)
    #expect(found.count == RingFeatures.names.count)
    #expect(abs(found[2] - (24 - 9) / 2.0.squareRoot()) < 0.1)
    #expect(abs(found[3]) < 1e-5 && abs(found[4] - 3 / 2.0.squareRoot()) < 1e-4)
    // Both of the wave's spots, of 3/2 · 64² each, lie in a ring of flat width 14 / √2 = 9.9 steps of i.
    #expect(abs(found[0] * 64 / (3 * 64 * 64) - 14 / 2.0.squareRoot()) < 0.1)
  }

  @Test func `are zero for equal pixels`() {
    let found = RingFeatures.values(of: Raster(width: 20, height: 20, filling: 0))
    #expect(found.allSatisfy { $0 == 0 })
  }
}
