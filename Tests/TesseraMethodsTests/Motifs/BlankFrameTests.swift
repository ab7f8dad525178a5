import Foundation
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TestSupport
import Testing

/// What was not measured makes no motifs: of Sr and TiO columns there are two, and the oxygen is too faint to be listed here and there.
@Suite(.slow) struct `Motifs beside what is blank` {
  private static func image(seed: UInt64) throws -> Micrograph {
    var options = SimulationOptions()
    (options.width, options.height, options.vacancies, options.seed) = (400, 400, [0], seed)
    return try Simulation(specimen: "srtio3", options: options).run().micrograph
  }

  private func expectTwo(_ micrograph: Micrograph, _ isBlank: (Int, Int) -> Bool) throws {
    var blank = micrograph
    for y in 0..<blank.height { for x in 0..<blank.width where isBlank(x, y) { blank.pixels[x, y] = 0 } }
    let result = try MotifMethod().result(on: blank)
    #expect(result.classes.count == 2, "\(result.classes.sizes) \(result.warnings)")
    #expect(result.sites.sites.allSatisfy { $0.kind == .column || $0.kind == .outside })
    // Oxygen has a tenth of the height of titanium.
    let heights = result.sites.sites.map(\.amplitude)
    #expect(heights.allSatisfy { $0 > 0.25 * Statistics.median(heights) })
  }

  @Test(arguments: [1, 2] as [UInt64]) func `are none of an aperture and of frames`(seed: UInt64) throws {
    let image = try Self.image(seed: seed)
    try expectTwo(image) { x, y in hypot(Double(x) - 199.5, Double(y) - 199.5) > 180 }
    try expectTwo(image) { x, y in min(x, y) < 30 || max(x, y) > 372 }
    try expectTwo(image) { x, y in min(x, y) < 5 || max(x, y) > 394 }
  }

  @Test func `are none of dead bands`() throws {
    let image = try Self.image(seed: 3)
    for first in [196, 200, 204] { try expectTwo(image) { _, y in (first..<first + 5).contains(y) } }
    try expectTwo(image) { x, _ in (200..<212).contains(x) }
  }
}
