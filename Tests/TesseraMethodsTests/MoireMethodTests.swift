import Foundation
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

struct `The method of two layers` {
  private func simulated(_ change: (inout SimulationOptions) -> Void) throws -> SimulatedMicrograph {
    var options = SimulationOptions()
    (options.kind, options.counts, options.angle) = ("mos2", 5, 5)
    (options.width, options.height) = (512, 512)
    change(&options)
    return try Simulation(specimen: "bilayer", options: options).run()
  }

  @Test(.slow) func `keeps the twist where no columns are found`() throws {
    let image = try simulated { _ in }
    var method = MoireMethod()
    // No column rises so far above the noise.
    method.columns.noiseThreshold = 1e6
    let result = try method.result(on: image.micrograph)
    #expect(abs((result.summary.twistDegrees ?? 0) - 5) < 0.03)
    #expect(result.domains == nil && result.moire.map != nil && !result.moire.anchors.isEmpty)
    #expect(result.record.warnings.contains { $0.contains("the columns were not found") })
  }

  @Test(.slow) func `does not take brightness that changes for domains that differ`() throws {
    var image = try simulated { $0.counts = 20 }
    let width = image.micrograph.width
    for index in image.micrograph.pixels.values.indices {
      image.micrograph.pixels.values[index] *= 0.7 + 0.6 * Float(index % width) / Float(width)
    }
    let result = try MoireMethod().result(on: image.micrograph)
    let found = try #require(result.summary.divergence)
    for kind in found.kinds { #expect(kind.corrected.value < max(0.15, 3 * kind.corrected.error), "\(kind)") }
    #expect(result.record.choices.contains { $0.name == "brightness" })
  }
}
