import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSegmentation
import Testing

@Suite("The same outline laid elsewhere") struct PlacementTestTests {
  private let size = (width: 240, height: 200)
  private let disc = DigitalShape.mask(width: 240, height: 200, DigitalShape.disc([90, 80], radius: 18))

  private var region: [Int] { disc.values.indices.filter { disc.values[$0] } }
  private var labels: Raster<Int> { disc.map { $0 ? 1 : 0 } }

  private func noise(seed: UInt64) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    return Raster<Float>(width: size.width, height: size.height, filling: 0).map { _ in Float(random.gaussian()) }
  }

  @Test func `finds an edge, of either sign`() throws {
    let noise = noise(seed: 1)
    for sign in [Float(-1), 1] {
      var image = noise
      for index in region { image.values[index] += 2 * sign }
      let evidence = try #require(PlacementTest(image, labels: labels).evidence(of: region, number: 1))
      #expect(evidence.brightness * Double(sign) > 7, "\(evidence)")
      #expect(evidence.strength == max(abs(evidence.brightness), abs(evidence.texture)))
    }
  }

  @Test func `finds a texture where the mean does not change`() throws {
    var image = noise(seed: 2)
    for index in region { image.values[index] *= 2 }
    let evidence = try #require(PlacementTest(image, labels: labels).evidence(of: region, number: 1))
    #expect(evidence.texture > 4.5 && abs(evidence.brightness) < 4, "\(evidence)")
  }

  /// Where nothing is, the numbers are those of a normal law.
  @Test func `gives standard numbers in noise`() throws {
    let values = try (0..<60).map { seed in
      let image = GaussianFilter.smoothed(noise(seed: 100 + UInt64(seed)), sigma: 3)
      return try #require(PlacementTest(image, labels: labels).evidence(of: region, number: 1))
    }
    for part in [values.map(\.brightness), values.map(\.texture)] {
      #expect(abs(Statistics.mean(part)) < 0.5)
      #expect((0.75...1.3).contains(Statistics.deviation(part)), "\(Statistics.deviation(part))")
    }
  }

  @Test func `says nothing where there is no room, and stands constant images`() throws {
    let image = noise(seed: 3)
    let full = labels.map { _ in 2 }
    #expect(PlacementTest(image, labels: full).evidence(of: region, number: 1) == nil)
    #expect(PlacementTest(image, labels: labels).evidence(of: [], number: 1) == nil)
    #expect(PlacementTest(image, labels: labels).evidence(of: Array(image.values.indices), number: 1) == nil)
    let flat = Raster<Float>(width: size.width, height: size.height, filling: 7)
    #expect(try #require(PlacementTest(flat, labels: labels).evidence(of: region, number: 1)).strength == 0)
    var step = flat
    for index in region { step.values[index] = 9 }
    let evidence = try #require(PlacementTest(step, labels: labels).evidence(of: region, number: 1))
    #expect(evidence.brightness > 12)
  }
}
