import TesseraImaging
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

/// What is found must not hang on the unit of the values, nor on what a detector adds to all of them.
struct `Columns in other units` {
  private func found(_ change: (Float) -> Float) throws -> ColumnFinder.Found {
    var options = SimulationOptions()
    (options.width, options.height, options.seed) = (256, 256, 3)
    var micrograph = try Simulation(specimen: "mose2", options: options).run().micrograph
    micrograph.pixels = micrograph.pixels.map(change)
    return try ColumnFinder().found(in: Preparation().prepared(micrograph), name: "mose2")
  }

  private func errors(_ found: ColumnFinder.Found) -> Double {
    Statistics.median(found.accuracies.map(\.position.x).filter(\.isFinite))
  }

  /// Half a count more, so that the values are no counts in any unit.
  @Test(arguments: [1e-11, 1e-9, 1e-6, 1.0 / 128, 1e6]) func `are the same in amperes as in counts`(_ unit: Float)
    throws
  {
    let (counts, other) = (try found { $0 + 0.5 }, try found { ($0 + 0.5) * unit })
    #expect(counts.sites.count == other.sites.count)
    let match = SiteScore(other.sites.positions, truth: counts.sites.positions)
    #expect(match.f1 == 1 && match.rms < 0.02, "\(match.rms)")
    let heights = zip(counts.sites.sites, other.sites.sites).map { $1.amplitude / $0.amplitude / Double(unit) }
    #expect(abs(Statistics.median(heights) - 1) < 0.01)
    #expect(abs(errors(other) / errors(counts) - 1) < 0.05)
  }

  @Test func `have the same errors on a pedestal`() throws {
    let (plain, raised) = (try found { $0 + 0.5 }, try found { $0 + 30_000.5 })
    #expect(abs(plain.sites.count - raised.sites.count) <= 1)
    #expect(abs(errors(raised) / errors(plain) - 1) < 0.1, "\(errors(raised)) \(errors(plain))")
  }
}
