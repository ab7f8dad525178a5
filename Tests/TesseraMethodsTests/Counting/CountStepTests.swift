import Foundation
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import TestSupport
import Testing

struct `Steps of one atom` {
  private func wedge() throws -> SimulatedMicrograph {
    var options = SimulationOptions()
    (options.width, options.height) = (512, 512)
    return try Simulation(specimen: "wedge", options: options).run()
  }

  /// Turned about the centre, interpolated bilinearly; zero outside.
  private func turned(_ image: Raster<Float>, by angle: Double) -> Raster<Float> {
    var result = Raster(width: image.width, height: image.height, filling: Float(0))
    let centre = Point(0.5 * Double(image.width - 1), 0.5 * Double(image.height - 1))
    for y in 0..<image.height {
      for x in 0..<image.width {
        let d = Point(Double(x), Double(y)) - centre
        let place = centre + Point(cos(angle) * d.x - sin(angle) * d.y, sin(angle) * d.x + cos(angle) * d.y)
        let (left, top) = (Int(place.x.rounded(.down)), Int(place.y.rounded(.down)))
        guard image.contains(x: left, y: top), image.contains(x: left + 1, y: top + 1) else { continue }
        let (u, v) = (Float(place.x) - Float(left), Float(place.y) - Float(top))
        let upper = (1 - u) * image[left, top] + u * image[left + 1, top]
        let lower = (1 - u) * image[left, top + 1] + u * image[left + 1, top + 1]
        result[x, y] = (1 - v) * upper + v * lower
      }
    }
    return result
  }

  @Test(.slow) func `are seen in a wedge`() throws {
    let counts = try CountMethod().result(on: wedge().micrograph).counts
    #expect(counts.isStepDetermined && counts.components.map(\.atoms) == Array(1...15))
  }

  /// Interpolation leaves noise that the errors do not tell, and half the step fits better: every number was even, and called sure.
  @Test(.slow) func `are not halved where an image was turned`() throws {
    let image = turned(try wedge().micrograph.pixels, by: 17 * .pi / 180)
    let counts = try CountMethod().result(on: Micrograph(name: "turned", pixels: image)).counts
    let most = counts.components.last?.atoms ?? 0
    #expect(most <= 16 || !counts.isStepDetermined, "\(most)")
  }

  /// Two sublattices, one twice as bright as the other: no step holds for both.
  @Test(.slow) func `are said to be those of one kind of columns where a crystal has two`() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (400, 400)
    for (specimen, isMixed) in [("srtio3", true), ("hexagonal", false)] {
      let result = try CountMethod().result(on: Simulation(specimen: specimen, options: options).run().micrograph)
      #expect(result.record.warnings.contains { $0.contains("one step per atom does not hold for both") } == isMixed)
    }
    // In a wedge thickness changes, not the kind.
    #expect(try !CountMethod().result(on: wedge().micrograph).record.warnings.contains { $0.contains("per cell") })
  }

  @Test(.slow) func `are not seen where each column has a height of its own`() throws {
    var random = RandomSource(seed: 1)
    var mean = [Double](repeating: 5, count: 512 * 512)
    func window(_ centre: Double) -> Range<Int> {
      min(512, max(0, Int(centre) - 20))..<min(512, max(0, Int(centre) + 21))
    }
    for row in -1...26 {
      for column in -1...23 {
        let (x, y) = (24 * Double(column) + (row.isMultiple(of: 2) ? 0 : 12), 20.8 * Double(row))
        let height = 100 + 15 * random.gaussian()
        for j in window(y) {
          for i in window(x) {
            let d = (Double(i) - x) * (Double(i) - x) + (Double(j) - y) * (Double(j) - y)
            mean[512 * j + i] += height * exp(-d / 32)
          }
        }
      }
    }
    // Counting noise, which is normal at so many counts.
    let pixels = mean.map { Float(max(0, ($0 + $0.squareRoot() * random.gaussian()).rounded())) }
    let result = try CountMethod().result(
      on: Micrograph(name: "bell curve", pixels: Raster(width: 512, height: 512, values: pixels)))
    #expect(result.counts.stepDoubt == .smooth && result.warnings.contains { $0.contains("no steps of one atom") })
    #expect(!result.sentences[0].contains("mean probability") && result.summary.meanProbability == nil)
  }
}
