import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

struct `The image model` {
  private func simulation(_ change: (inout SimulationOptions) -> Void) throws -> SimulatedMicrograph {
    var options = SimulationOptions()
    (options.width, options.height) = (256, 256)
    change(&options)
    return try Simulation(specimen: "mose2", options: options).run()
  }

  @Test func `counts a Poisson number of electrons`() throws {
    let clean = try simulation { $0.counts = .infinity }.micrograph.pixels.values
    #expect(clean.max() == 1)
    let counted = try simulation { $0.counts = 20 }.micrograph.pixels.values
    #expect(counted.allSatisfy { $0 >= 0 && $0 == $0.rounded() })
    // The sum of squared pulls of 65,536 pixels is 1 a pixel; pixels of mean m scatter by 2 + 1/m.
    let bright = clean.indices.filter { clean[$0] > 0.05 }
    let pulls = bright.map { (Double(counted[$0]) - 20 * Double(clean[$0])) / (20 * Double(clean[$0])).squareRoot() }
    #expect(abs(Statistics.mean(pulls)) < 4 / Double(pulls.count).squareRoot())
    let spread = Statistics.deviation(pulls)
    #expect(abs(spread * spread - 1) < 4 * (3 / Double(pulls.count)).squareRoot())
  }

  @Test func `turns a dose into counts`() throws {
    let model = try simulation { $0.dose = 1000 }.simulation.imaging
    // 1000 e/Å² on (0.137 Å)² is 18.8 electrons, of which 5 % reach the detector.
    #expect(abs(model.brightestCounts(pixel: 0.0137)! - 1000 * 0.137 * 0.137 * 0.05) < 1e-12)
    #expect(try simulation { $0.dose = .infinity }.micrograph.pixels.values.max() == 1)
  }

  @Test func `adds Gaussian noise and background of the size asked for`() throws {
    let clean = try simulation { $0.counts = .infinity }.micrograph.pixels.values
    let noisy = try simulation {
      ($0.counts, $0.noise, $0.background) = (.infinity, 0.1, 0.25)
    }.micrograph.pixels.values
    let scale = 1 / 1.25  // The brightest pixel, background included, is 1.
    let rest = zip(noisy, clean).map { Double($0) - scale * (Double($1) + 0.25) }
    #expect(abs(Statistics.mean(rest)) < 4 * 0.1 / 256)
    #expect(abs(Statistics.deviation(rest) - 0.1) < 4 * 0.1 / (2.0 * 65536).squareRoot())
  }

  @Test func `shows a Se vacancy at half the height and Mo at 42^1.7`() throws {
    let result = try simulation { ($0.counts, $0.probe, $0.vacancies) = (.infinity, 1.5, [0.1, 0.05]) }
    // Narrow columns do not overlap, so heights are weights; up to half a pixel off centre costs 5 %.
    let brightest = pow(34, 1.7) * 2
    for site in result.sites where result.simulation.frame.contains(site.position, margin: -1) {
      let weight = [
        "": site.element == "Mo" ? pow(42, 1.7) : brightest, "vacancy-Se1": brightest / 2, "vacancy-Se2": 0,
      ][site.defect]!
      let (x, y) = (Int(site.position.x.rounded()), Int(site.position.y.rounded()))
      let off = (Point(Double(x), Double(y)) - site.position).squaredLength
      let value = Double(result.micrograph.pixels[x, y])
      #expect(abs(value - weight / brightest * exp(-off / 4.5)) < 0.11 * max(value, 1e-4))
    }
  }

  @Test func `refuses values outside their range`() {
    #expect(throws: ParameterError.self) { try simulation { $0.counts = -1 } }
    #expect(throws: ParameterError.self) { try simulation { ($0.counts, $0.dose) = (20, 1000) } }
    #expect(throws: ParameterError.self) { try simulation { $0.pixelSize = 0 } }
    #expect(throws: ParameterError.self) { try simulation { $0.vacancies = [0.9, 0.2] } }
    #expect(throws: ParameterError.self) { try simulation { $0.dopants = ["Xx": 0.1] } }
    #expect(throws: ParameterError.self) { try Simulation(specimen: "cheese") }
  }
}
