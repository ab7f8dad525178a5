import TesseraImaging
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

struct `Columns at the border` {
  /// Left out, the columns a little more than one width outside pulled their neighbours here by 4.5 of their errors.
  @Test func `are not pulled by those beyond it`() throws {
    var options = SimulationOptions()
    (options.width, options.height, options.dose, options.seed) = (400, 400, 1e5, 3)
    let simulated = try Simulation(specimen: "mose2", options: options).run()
    let found = try ColumnFinder().found(in: try Preparation().prepared(simulated.micrograph), name: "border")
    let truth = PlanarIndex(simulated.sites.map(\.position))
    var pulls: [Double] = []
    for (site, error) in zip(found.sites.sites, found.positionErrors) {
      let place = site.position
      let depth = min(place.x, place.y, 399 - place.x, 399 - place.y)
      guard depth > 1, depth < 12, let near = truth.nearest(1, to: place).first else { continue }
      let offset = place - simulated.sites[near].position
      if offset.length < 4 { pulls += [offset.x / error.x, offset.y / error.y] }
    }
    #expect(pulls.count > 100)
    #expect(Statistics.deviation(pulls) < 1.5)
    #expect(!found.outside.sites.isEmpty)
  }

  @Test func `centred outside the image are none of it`() throws {
    var options = SimulationOptions()
    (options.width, options.height, options.dose, options.seed) = (256, 256, 1e5, 3)
    let simulated = try Simulation(specimen: "square", options: options).run()
    let found = try ColumnFinder().found(in: try Preparation().prepared(simulated.micrograph), name: "border")
    let isOutside = found.sites.sites.map { site in
      let p = site.position
      return !(-0.5...255.5).contains(p.x) || !(-0.5...255.5).contains(p.y)
    }
    #expect(isOutside.contains(true))
    #expect(found.sites.sites.map { $0.kind == .outside } == isOutside)
    #expect(found.sites.columnCount == simulated.sites.count { !$0.isVacant })
  }
}
