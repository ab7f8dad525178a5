import TesseraImaging
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import TestSupport
import Testing

struct `Single atoms` {
  private func found(
    _ specimen: String, options: SimulationOptions = SimulationOptions(),
    _ change: (inout ColumnFinder) -> Void = { _ in }
  ) throws -> (columns: ColumnFinder.Found, truth: [Point]) {
    let simulated = try Simulation(specimen: specimen, options: options).run()
    let prepared = try Preparation().prepared(simulated.micrograph)
    var finder = ColumnFinder()
    change(&finder)
    return (try finder.found(in: prepared, name: specimen), simulated.sites.map(\.position))
  }

  @Test(.slow) func `on an amorphous support are found without being asked for`() throws {
    let (columns, truth) = try found("single-atoms")
    #expect(columns.route == .atoms)
    let index = PlanarIndex(columns.sites.positions)
    let seen = truth.count { !index.neighbours(of: $0, within: 4).isEmpty }
    let real = PlanarIndex(truth)
    let right = columns.sites.positions.count { !real.neighbours(of: $0, within: 4).isEmpty }
    #expect(Double(seen) > 0.8 * Double(truth.count))
    #expect(Double(right) > 0.8 * Double(columns.sites.count))
  }

  /// A narrow probe and many counts show the support's own atoms, whose numbers scatter more than a Gaussian random field:
  /// its clusters rise nearly five local deviations high, the atoms seventeen and more. Without the share of the strongest
  /// spots, one place in five would be texture.
  @Test(.slow, arguments: [UInt64(1), 2]) func `are told from a grainy support`(seed: UInt64) throws {
    var options = SimulationOptions()
    (options.probe, options.counts, options.seed) = (2.2, 120, seed)
    let (columns, truth) = try found("single-atoms", options: options)
    #expect(columns.route == .atoms)
    let score = SiteScore(columns.sites.positions, truth: truth, tolerance: 4)
    #expect(score.precision > 0.93 && score.recall > 0.93)
    let (all, _) = try found("single-atoms", options: options) { $0.contrastThreshold = 0 }
    #expect(all.sites.count > columns.sites.count)
  }

  @Test(.slow) func `are not seen in a crystal`() throws {
    #expect(try found("graphene").columns.route != .atoms)
    #expect(try found("mose2").columns.route != .atoms)
  }

  @Test func `are sought at the scale that is given`() throws {
    let (columns, _) = try found("single-atoms") { ($0.route, $0.scale) = (.atoms, 5) }
    #expect(columns.scale == 5 && columns.route == .atoms)
    #expect(columns.scaleReason == "given")
  }
}
