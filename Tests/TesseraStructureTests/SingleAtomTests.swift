import TesseraImaging
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

struct `Single atoms` {
  private func found(_ specimen: String, _ change: (inout PeakFinder) -> Void = { _ in }) throws
    -> (columns: PeakFinder.Found, truth: [Point])
  {
    let simulated = try Simulation(specimen: specimen, options: SimulationOptions()).run()
    let prepared = try Preparation().prepared(simulated.micrograph)
    var finder = PeakFinder()
    change(&finder)
    return (try finder.found(in: prepared, name: specimen), simulated.sites.map(\.position))
  }

  @Test func `on an amorphous support are found without being asked for`() throws {
    let (columns, truth) = try found("single-atoms")
    #expect(columns.route == .atoms)
    let index = PlanarIndex(columns.sites.positions)
    let seen = truth.count { !index.neighbours(of: $0, within: 4).isEmpty }
    let real = PlanarIndex(truth)
    let right = columns.sites.positions.count { !real.neighbours(of: $0, within: 4).isEmpty }
    #expect(Double(seen) > 0.8 * Double(truth.count))
    #expect(Double(right) > 0.8 * Double(columns.sites.count))
  }

  @Test func `are not seen in a crystal`() throws {
    #expect(try found("graphene").columns.route != .atoms)
    #expect(try found("mose2").columns.route != .atoms)
  }

  @Test func `are sought at the scale that is given`() throws {
    let (columns, _) = try found("single-atoms") { ($0.route, $0.scale) = (.atoms, 5) }
    #expect(columns.scale == 5 && columns.route == .atoms)
    #expect(columns.scaleReason == "given")
  }
}
