import Foundation
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import Testing

@Suite(.slow) struct `Classes of an image through which the scan jumps` {
  @Test func `are those without the jumps`() throws {
    var options = SimulationOptions()
    (options.width, options.height, options.vacancies) = (512, 512, [0])
    var micrograph = try Simulation(specimen: "srtio3", options: options).run().micrograph
    let whole = micrograph.pixels
    for (line, shift) in [(55, 2), (244, 3), (366, 4)] {
      let source = micrograph.pixels
      for y in line..<whole.height {
        for x in 0..<whole.width { micrograph.pixels[x, y] = source[(x - shift + whole.width) % whole.width, y] }
      }
    }
    let result = try MotifMethod().result(on: micrograph)
    #expect(result.classes.count == 2, "\(result.classes.sizes) \(result.warnings)")
    #expect(
      result.warnings.contains { $0.hasPrefix("the scan jumps at lines 55, 244 and 366, counted from 0") },
      "\(result.warnings)")
    // The image that the mean patches give leaves little over, also beside the jumps.
    let (rebuilt, residual) = result.reconstruction()
    func power(_ image: Raster<Float>) -> Double {
      Statistics.deviation(image.values.filter(\.isFinite))
    }
    #expect(power(residual) < 0.45 * power(rebuilt), "\(power(residual)) \(power(rebuilt))")
  }
}
