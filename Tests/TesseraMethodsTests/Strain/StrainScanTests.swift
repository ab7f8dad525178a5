import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

struct `Strain beside what the scan and the crystal do` {
  private func simulated(_ specimen: String, jitter: Double = 0, grains: Int? = nil, seed: UInt64 = 3) throws
    -> Micrograph
  {
    var options = SimulationOptions()
    (options.width, options.height, options.seed) = (400, 400, seed)
    options.jitter = jitter
    options.grains = grains
    return try Simulation(specimen: specimen, options: options).run().micrograph
  }

  @Test(arguments: [0.0, 0.8]) func `names jitter of the scan, where there is any`(jitter: Double) throws {
    let warnings = try StrainMethod().result(on: simulated("srtio3", jitter: jitter)).record.warnings
    #expect(warnings.contains { $0.contains("shifted against one another") } == (jitter > 0), "\(warnings)")
  }

  @Test func `is none where sublattices change places at an inversion boundary`() throws {
    let result = try StrainMethod().result(on: simulated("inversion"))
    let planes = try #require(result.maps.first).spread.planes
    #expect(result.lattice != nil)
    #expect(planes.allSatisfy { !$0.isBeyondNoise }, "\(planes)")
  }
}
