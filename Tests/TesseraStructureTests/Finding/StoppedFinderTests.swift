import TesseraImaging
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

struct `A search for columns` {
  @Test func `ends where nobody waits for it`() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (128, 128)
    let prepared = try Preparation().prepared(Simulation(specimen: "square", options: options).run().micrograph)
    let signal = StopSignal()
    signal.stop()
    #expect(throws: CancellationError.self) {
      try StopSignal.$current.withValue(signal) { try ColumnFinder().found(in: prepared, name: "square") }
    }
  }
}
