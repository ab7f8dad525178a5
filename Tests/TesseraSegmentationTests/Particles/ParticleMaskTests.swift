import Foundation
import TesseraNumerics
import TesseraSegmentation
import Testing

@Suite("Otsu's threshold") struct OtsuThresholdTests {
  @Test func `parts two values`() throws {
    let image = Raster<Float>(width: 4, height: 2, values: [3, 3, 3, 8, 3, 8, 3, 3])
    let threshold = try #require(OtsuThreshold.threshold(of: image))
    #expect(threshold > 3 && threshold <= 8)
    #expect(OtsuThreshold.mask(of: image).values == image.values.map { $0 == 8 })
    // Dark particles on bright ground.
    #expect(OtsuThreshold.mask(of: image.map { -$0 }).values == image.values.map { $0 == 8 })
  }

  @Test(arguments: [0, 7.5, -1e30] as [Float]) func `does not exist where all pixels are equal`(value: Float) {
    let image = Raster<Float>(width: 5, height: 5, filling: value)
    #expect(OtsuThreshold.threshold(of: image) == nil)
    #expect(OtsuThreshold.mask(of: image).area == 0)
  }

  @Test func `lies between two clouds of values`() throws {
    var random = RandomSource(seed: 31)
    let values = (0..<4000).map { Float(random.gaussian() + ($0 < 2000 ? -3 : 3)) }
    let threshold = try #require(OtsuThreshold.threshold(of: Raster(width: 80, height: 50, values: values)))
    #expect(abs(threshold) < 0.4)
  }

  /// The narrowest and the widest ranges of single precision.
  @Test(
    arguments: [(0, 0x1p-133), (-3e38, 3e38), (1, Float(1).nextUp), (0, .leastNonzeroMagnitude)] as [(Float, Float)])
  func `stands extreme ranges`(low: Float, high: Float) throws {
    let image = Raster<Float>(width: 4, height: 1, values: [low, low, low, high])
    let threshold = try #require(OtsuThreshold.threshold(of: image))
    #expect(threshold >= low && threshold <= high)
    _ = OtsuThreshold.mask(of: image)
  }
}

@Suite("Cleaning of masks") struct MaskCleaningTests {
  private let disc = DigitalShape.mask(width: 80, height: 60, DigitalShape.disc([28.4, 30.1], radius: 18))

  @Test func `takes bridges and specks away and leaves discs`() {
    var mask = disc
    for x in 40..<80 { for y in 29...31 { mask[x, y] = true } }
    for y in 3...5 { for x in 60...62 { mask[x, y] = true } }
    let opened = MaskCleaning.opened(mask, radius: 3)
    #expect(opened[70, 30] == false && opened[61, 4] == false)
    #expect(zip(opened.values, mask.values).allSatisfy { !$0 || $1 })
    #expect(abs(Double(opened.area) / Double(disc.area) - 1) < 0.02)
    // Once more changes nothing.
    #expect(MaskCleaning.opened(opened, radius: 3) == opened)
  }

  @Test func `closes cracks`() {
    var mask = disc
    for y in 0..<60 { mask[28, y] = false }
    let closed = MaskCleaning.closed(mask, radius: 2)
    #expect(closed[28, 30] && zip(closed.values, mask.values).allSatisfy { $0 || !$1 })
    #expect(abs(Double(closed.area) / Double(disc.area) - 1) < 0.02)
  }

  @Test func `leaves full and empty masks and the border alone`() {
    let full = disc.map { _ in true }
    let empty = disc.map { _ in false }
    for radius in [0, 0.5, 2, 1000.0] {
      #expect(MaskCleaning.opened(full, radius: radius) == full)
      #expect(MaskCleaning.closed(full, radius: radius) == full)
      #expect(MaskCleaning.opened(empty, radius: radius) == empty)
      #expect(MaskCleaning.closed(empty, radius: radius) == empty)
    }
    #expect(MaskCleaning.opened(disc, radius: 0) == disc && MaskCleaning.opened(disc, radius: -1) == disc)
    // A half disc at the border stays.
    let half = DigitalShape.mask(width: 40, height: 40, DigitalShape.disc([20, 0], radius: 15))
    #expect(MaskCleaning.opened(half, radius: 4)[20, 0] && MaskCleaning.opened(half, radius: 4)[20, 12])
  }

  @Test func `fills holes up to a size, but no bays`() {
    var mask = Raster(width: 40, height: 30, filling: true)
    for y in 5..<8 { for x in 5..<8 { mask[x, y] = false } }
    for y in 12..<19 { for x in 12..<19 { mask[x, y] = false } }
    for x in 0..<4 { mask[x, 25] = false }
    #expect(MaskCleaning.filled(mask, largest: 8) == mask)
    let some = MaskCleaning.filled(mask, largest: 9)
    #expect(some[6, 6] && !some[15, 15] && !some[2, 25])
    let all = MaskCleaning.filled(mask, largest: 49)
    #expect(all[6, 6] && all[15, 15] && !all[2, 25])
    #expect(all.area == 40 * 30 - 4)
  }
}

@Suite("The Fourier filter for particles") struct LatticeFilterTests {
  private let isParticle = DigitalShape.disc([70.3, 85.1], radius: 35)

  @Test func `finds the particle with planes in noise`() {
    // Planes of .235 nm at .05 nm a pixel.
    let frequency = Point(0.05 / 0.235, 0).rotated(by: 0.6)
    let lattice = DigitalLattice(side: 160, frequencies: [frequency], amplitude: 2, noise: 1)
    let found = LatticeFilter(pixel: 0.05).mask(of: lattice.image(where: isParticle))
    let truth = DigitalShape.mask(width: 160, height: 160, isParticle)
    let both = zip(found.values, truth.values).count { $0 && $1 }
    let either = zip(found.values, truth.values).count { $0 || $1 }
    #expect(Double(both) / Double(either) > 0.75)
  }

  @Test func `lets no wave pass that is no lattice`() {
    var lattice = DigitalLattice(side: 100, frequencies: [[0.02, 0.01]], noise: 0)
    let filter = LatticeFilter(pixel: 0.05)
    #expect(filter.magnitude(of: lattice.image(where: { _ in true })).values.allSatisfy { $0 < 1e-4 })
    lattice.frequencies = [[0.2, 0.1]]
    // The mean of |cos| is 2 / π.
    let passed = filter.magnitude(of: lattice.image(where: { _ in true }))
    #expect(abs(Statistics.mean(passed.values) - 2 / .pi) < 0.02)
  }

  @Test(arguments: [nil, 1, 0.2, 0.05, 0.001]) func `is defined at any scale`(pixel: Double?) {
    let filter = LatticeFilter(pixel: pixel)
    #expect((0...0.5).contains(filter.frequencies.lowerBound) && filter.frequencies.upperBound <= 0.5)
    let lattice = DigitalLattice(side: 64, frequencies: [[0.2, 0.1]])
    #expect(filter.magnitude(of: lattice.image(where: isParticle)).values.allSatisfy { $0.isFinite })
    _ = filter.mask(of: lattice.image(where: isParticle))
  }

  @Test func `finds nothing in an image of equal pixels`() {
    #expect(LatticeFilter(pixel: 0.05).mask(of: Raster(width: 64, height: 64, filling: 0)).area == 0)
  }
}
