import TesseraLearning
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TestSupport
import Testing

@Suite(.slow) struct `Classes of an image whose scan lines are shifted` {
  private func result(_ specimen: String, jitter: Double, seed: UInt64) throws -> MotifResult {
    var options = SimulationOptions()
    (options.width, options.height, options.vacancies, options.seed) = (400, 400, [0], seed)
    options.jitter = jitter
    return try MotifMethod().result(on: Simulation(specimen: specimen, options: options).run().micrograph)
  }

  /// Rows of Sr and of TiO alternate along the scan; each is shifted as a whole.
  @Test(arguments: [2, 3, 4, 5] as [UInt64]) func `keep both kinds of srtio3`(seed: UInt64) throws {
    let result = try result("srtio3", jitter: 1, seed: seed)
    #expect(result.classes.count == 2, "\(result.classes.sizes) \(result.warnings)")
    #expect(result.lineJitter > 0.1)
  }

  @Test(arguments: [4, 5] as [UInt64]) func `are not made of rows`(seed: UInt64) throws {
    #expect(try result("hexagonal", jitter: 1, seed: seed).classes.count == 1)
    #expect(try result("mose2", jitter: 1, seed: seed).classes.count == 2)
  }

  @Test func `are not divided into rows afterwards`() throws {
    let folder = TemporaryFolder()
    let made = try result("mose2", jitter: 0.5, seed: 5)
    try ResultFolder(made, input: "a.tif", hasReport: false).write(to: folder / "r")
    let method = TreeMethod(try MotifFolder(path: folder / "r"))
    var tree = try method.tree(after: [])
    #expect(try method.splitAll(&tree).isEmpty)
  }
}
