import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

struct `A boundary of two stackings` {
  @Test(arguments: [0, 15.0]) func `has two columns in a cell of 2H and three in one of 3R`(angle: Double) throws {
    let result = try cleanResult("mose2-2h-3r", seed: 3, angle: angle)
    let label = Int(try #require(result.scene.facts["label_2h"]))
    let index = PlanarIndex(result.sites.map(\.position))
    let bond = 24 / 3.0.squareRoot()
    var counts: [String: Int] = [:]
    for site in result.inner(20) where !site.environment.hasSuffix("+boundary") {
      let isHexagonal = result.label(at: site.position) == label
      #expect(site.environment.hasPrefix(isHexagonal ? "2H:" : "3R:"))
      let near = index.neighbours(of: site.position, within: bond + 0.1).count - 1
      // A honeycomb, and a hexagonal lattice of all three places.
      #expect(near == (isHexagonal ? 3 : 6))
      counts[site.environment, default: 0] += 1
    }
    #expect(Set(counts.keys) == ["2H:MoSe2", "3R:Mo", "3R:MoSe2", "3R:Se2"])
    let kinds = [counts["3R:Mo"]!, counts["3R:MoSe2"]!, counts["3R:Se2"]!].sorted()
    #expect(Double(kinds[2] - kinds[0]) < 0.15 * Double(kinds[2]))
  }

  @Test func `has one lattice, and all places taken where three are`() throws {
    let result = try cleanResult("mose2-2h-3r", seed: 3)
    #expect(Set(result.scene.sites.map(\.sublattice)) == ["2H-1", "2H-2", "3R-1", "3R-2", "3R-3"])
    // One lattice for both.
    #expect((result.scene.lattices[0].a - result.scene.lattices[1].a).length < 1e-9)
    #expect((result.scene.lattices[0].origin - result.scene.lattices[1].origin).length < 1e-9)
  }
}
