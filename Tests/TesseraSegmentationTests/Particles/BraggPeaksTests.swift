import Foundation
import TesseraNumerics
import TesseraSegmentation
import TestSupport
import Testing

@Suite("Spots of a particle's lattice") struct BraggPeaksTests {
  private static let band = 0.06...0.4
  private let centre = Point(47.3, 48.2)

  private func peaks(
    _ lattice: DigitalLattice, diameter: Double, shift: (Point) -> Double = { _ in 0 }
  ) -> BraggPeaks {
    let isInside = DigitalShape.disc(
      Point(Double(lattice.side / 2) - 0.7, Double(lattice.side / 2) + 0.2), radius: diameter / 2)
    let mask = DigitalShape.mask(width: lattice.side, height: lattice.side, isInside)
    return BraggPeaks(
      of: lattice.image(where: isInside, shift: shift), shape: mask.map { $0 ? 1 : 0 }, diameter: diameter,
      band: Self.band)
  }

  @Test(arguments: 1...8) func `are the two frequencies of two families of planes`(seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    let turn = .pi * random.uniform()
    var lattice = DigitalLattice(seed: seed)
    lattice.frequencies = [Point(0.2, 0).rotated(by: turn), Point(0.2, 0).rotated(by: turn + 1.23)]
    (lattice.amplitude, lattice.noise) = (0.6, 1)
    let found = peaks(lattice, diameter: 60)
    let strong = found.peaks.filter { $0.height > 1.5 * found.chance }
    #expect(strong.count >= 2)
    for frequency in lattice.frequencies {
      // A spot and its opposite are one.
      let nearest = strong.prefix(2).map {
        min(($0.frequency - frequency).length, ($0.frequency + frequency).length)
      }.min()
      #expect(try #require(nearest) < 0.8 / Double(lattice.side))
    }
    #expect(strong.prefix(2).allSatisfy { $0.height > 5 * found.chance })
    #expect(found.peaks.map(\.height) == found.peaks.map(\.height).sorted(by: >))
    #expect(found.peaks.allSatisfy { $0.frequency.y >= 0 })
  }

  @Test(arguments: 1...4) func `are round in one crystal, and drawn out along the normal of a fault`(seed: UInt64) {
    var lattice = DigitalLattice(noise: 0.6, seed: seed)
    lattice.frequencies = [[0.2, 0.05], [-0.03, 0.21]]
    let perfect = peaks(lattice, diameter: 60)
    #expect(perfect.peaks.prefix(2).allSatisfy { perfect.streak(of: $0).elongation < 1.45 })
    // One half is shifted by a third of the planes' spacing; the boundary is horizontal.
    let fault = peaks(lattice, diameter: 60) { $0.y > 48 ? 2 * .pi / 3 : 0 }
    for peak in fault.peaks.prefix(2) {
      let streak = fault.streak(of: peak)
      #expect(streak.elongation > 1.5)
      #expect(abs(sin(streak.direction)) > 0.95)
    }
  }

  @Test(.slow, arguments: [20.0, 40, 80]) func `are rare in noise`(diameter: Double) {
    var heights: [Double] = []
    for seed in 1...50 as ClosedRange<UInt64> {
      let side = Int(1.25 * diameter) + 8
      let lattice = DigitalLattice(side: side + side % 2, noise: 1, seed: seed)
      let found = peaks(lattice, diameter: diameter)
      heights.append((found.peaks.first?.height ?? 0) / found.chance)
    }
    // Medians of rings scatter themselves: what features take for a lattice stands 2.5 times above chance.
    #expect(heights.count { $0 > 2.5 } <= (diameter == 20 ? 7 : 1))
  }

  @Test func `stay within the band and apart`() {
    var lattice = DigitalLattice(noise: 1)
    lattice.frequencies = [[0.02, 0.03], [0.45, 0.1], [0.21, 0.1]]
    let found = peaks(lattice, diameter: 60)
    #expect(found.peaks.allSatisfy { Self.band.contains($0.frequency.length) })
    for (index, peak) in found.peaks.enumerated() {
      for other in found.peaks.dropFirst(index + 1) {
        #expect((peak.frequency - other.frequency).length * Double(lattice.side) > 2.5)
      }
    }
  }

  @Test(arguments: 1...4) func `tell one crystal from one with a fault`(seed: UInt64) throws {
    var lattice = DigitalLattice(noise: 0.5, seed: seed)
    lattice.frequencies = [Point(0.19, 0).rotated(by: 0.7 * Double(seed))]
    let whole = peaks(lattice, diameter: 60)
    let one = whole.extent(of: try #require(whole.peaks.first))
    let middle = Double(lattice.side / 2)
    // The right half is shifted by a third of a plane's distance.
    let cut = peaks(lattice, diameter: 60) { $0.x > middle ? 2 * .pi / 3 : 0 }
    let two = cut.extent(of: try #require(cut.peaks.first))
    #expect(one.coherence > 0.95 && one.share > 0.9)
    #expect(two.coherence < 0.9, "\(one) \(two)")
  }

  @Test func `know in which part of the particle their planes are`() throws {
    var lattice = DigitalLattice(noise: 0.3)
    lattice.frequencies = [[0.17, 0.09]]
    let isInside = DigitalShape.disc(centre, radius: 30)
    let mask = DigitalShape.mask(width: lattice.side, height: lattice.side, isInside)
    let image = lattice.image(where: { $0.x < 40 && isInside($0) })
    let found = BraggPeaks(of: image, shape: mask.map { $0 ? 1 : 0 }, diameter: 60, band: Self.band)
    let extent = found.extent(of: try #require(found.peaks.first))
    #expect((0.2...0.7).contains(extent.share))
  }

  @Test func `are none in an image of equal pixels and in a particle of a pixel`() {
    let flat = Raster<Float>(width: 30, height: 30, filling: 4)
    var shape = Raster<Float>(width: 30, height: 30, filling: 0)
    #expect(BraggPeaks(of: flat, shape: shape, diameter: 1, band: Self.band).peaks.isEmpty)
    shape[15, 15] = 1
    let found = BraggPeaks(of: flat, shape: shape, diameter: 1, band: Self.band)
    #expect(found.peaks.isEmpty && found.chance.isFinite)
  }
}
