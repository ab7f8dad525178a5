import Foundation
import TesseraNumerics
import TesseraSegmentation
import Testing

@Suite("Lattices across an outline") struct LatticeContinuityTests {
  private static let centre = Point(110.4, 105.7)
  private static var isInside: (Point) -> Bool { DigitalShape.disc(centre, radius: 30) }
  /// Planes 5 and 5.5 pixels of 0.05 nm apart.
  private static let frequencies: [Point] = [[0.2, 0.02], [-0.03, 0.18]]

  private static func lattice(seed: UInt64, _ frequencies: [Point] = frequencies) -> DigitalLattice {
    var lattice = DigitalLattice(side: 220, noise: 0.7)
    (lattice.frequencies, lattice.seed) = (frequencies, seed)
    return lattice
  }

  private func goesOn(_ image: Raster<Float>) throws -> Bool {
    let labels = DigitalShape.mask(width: image.width, height: image.height, Self.isInside).map { $0 ? 1 : 0 }
    let continuity = try #require(LatticeContinuity(LatticeView(image, labels: labels, pixel: 0.05)))
    return continuity.goesOn(inRegion: 1)
  }

  @Test(arguments: 1...3) func `of one crystal go on, under a slow change of brightness too`(seed: UInt64) throws {
    let image = Self.lattice(seed: seed).image(where: { _ in true })
    #expect(try goesOn(image))
    let bright = Raster(
      width: 220, height: 220,
      values: image.values.indices.map { index in
        let way = (Point(Double(index % 220), Double(index / 220)) - Self.centre).squaredLength
        return image.values[index] + 8 * Float(exp(-way / (2 * 900)))
      })
    #expect(try goesOn(bright))
  }

  @Test(arguments: 1...3) func `of a particle on a support, or around a hole, end`(seed: UInt64) throws {
    let lattice = Self.lattice(seed: seed)
    #expect(try !goesOn(lattice.image(where: Self.isInside)))
    #expect(try !goesOn(lattice.image(where: { !Self.isInside($0) })))
    #expect(try !goesOn(lattice.image(where: { _ in false })))
  }

  @Test(arguments: 1...3) func `of another crystal are others`(seed: UInt64) throws {
    let inner = Self.lattice(seed: seed, Self.frequencies.map { $0.rotated(by: 0.4) }).image(where: Self.isInside)
    let outer = Self.lattice(seed: seed + 9).image(where: { !Self.isInside($0) })
    #expect(
      try !goesOn(Raster(width: 220, height: 220, values: zip(inner.values, outer.values).map { $0 + $1 })))
  }

  @Test func `say nothing without pixels, around a region that fills the image, or without a scale`() throws {
    let image = Self.lattice(seed: 1).image(where: { _ in true })
    let all = try #require(LatticeContinuity(LatticeView(image, labels: image.map { _ in 1 }, pixel: 0.05)))
    #expect(!all.goesOn(inRegion: 1) && !all.goesOn(inRegion: 2))
    #expect(LatticeContinuity(LatticeView(image, labels: image.map { _ in 0 }, pixel: nil)) == nil)
  }
}

@Suite("Views of lattices") struct LatticeViewTests {
  @Test func `join fine pixels to about 0.03 nm, and regions with them`() {
    let labels = DigitalShape.mask(width: 200, height: 160, DigitalShape.disc([90, 80], radius: 40)).map { $0 ? 3 : 0 }
    let image = labels.map { Float($0) }
    for (pixel, factor) in [(0.0075, 4), (0.012, 3), (0.015, 2), (0.022, 1), (0.04, 1), (0.08, 1)] {
      let view = LatticeView(image, labels: labels, pixel: pixel)
      #expect(view.image.width == 200 / factor && view.labels.width == view.image.width)
      #expect(abs((view.pixel ?? 0) - pixel * Double(factor)) < 1e-12)
      let area = Double(view.region(of: 3).count * factor * factor)
      #expect(abs(area / (1600 * .pi) - 1) < 0.04 && view.region(of: 1).isEmpty)
    }
    #expect(LatticeView(image, labels: labels, pixel: nil).image == image)
  }
}
