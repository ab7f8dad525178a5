import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import TestSupport
import Testing

/// Columns centred outside the image serve the lattice and the fit; they are no columns of the image.
struct `Columns centred outside the image` {
  private func simulated(_ specimen: String, size: Int, seed: UInt64 = 1) throws -> SimulatedMicrograph {
    var options = SimulationOptions()
    (options.width, options.height, options.seed) = (size, size, seed)
    return try Simulation(specimen: specimen, options: options).run()
  }

  @Test func `are in no cell, and none is made for them`() throws {
    let result = try MotifMethod().result(on: simulated("hexagonal", size: 300).micrograph)
    #expect(result.outsideCount > 0)
    // Each cell holds one column.
    #expect(try #require(result.cells).cells.count == result.columnCount)
  }

  @Test func `are in no count of the net of polygons`() throws {
    let result = try PolygonMethod().result(on: simulated("pom", size: 500).micrograph)
    let counts = result.summary.counts
    #expect(result.finding.sites.count > result.finding.sites.columnCount)
    #expect(counts.columns == result.finding.sites.columnCount)
    #expect(counts.walls + counts.middles == counts.columns)
  }

  @Test func `are told by their place where a table of columns does not`() throws {
    let micrograph = try simulated("hexagonal", size: 300).micrograph
    let found = try StrainMethod().result(on: micrograph)
    let columns = try #require(found.columns)
    // As a table of places alone has them.
    let table = KnownColumns(sites: Sites(columns.sites.sites.map { Site(position: $0.position) }))
    let given = try StrainMethod().result(on: micrograph, columns: table)
    #expect(given.columns?.sites.columnCount == columns.sites.columnCount)
    #expect(columns.sites.columnCount < columns.sites.count)
  }
}
