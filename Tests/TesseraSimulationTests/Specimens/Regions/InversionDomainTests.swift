import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

struct `An inversion domain` {
  @Test(arguments: [0, 25.0]) func `is the first one turned by 180 degrees about a bond`(angle: Double) throws {
    let result = try cleanResult("inversion", seed: 3, angle: angle)
    let centre = Point(result.scene.facts["inversion_x"]!, result.scene.facts["inversion_y"]!)
    let index = PlanarIndex(result.sites.map(\.position))
    var tested = 0
    for site in result.sites {
      let image = 2 * centre - site.position
      guard result.simulation.frame.contains(image, margin: -1e-6) else { continue }
      let found = index.neighbours(of: image, within: 1e-6)
      #expect(found.count == 1 && result.sites[found[0]].element == site.element)
      tested += 1
    }
    #expect(tested > 500)
    #expect((result.scene.lattices[0].a + result.scene.lattices[1].a).length < 1e-9)
  }

  /// Three bonds of a/√3 a column everywhere; those across the boundary join equal columns, all others different ones.
  @Test func `keeps every bond and swaps the columns`() throws {
    let result = try cleanResult("inversion", seed: 4, angle: 10)
    let line = try SideOfLine(result.scene.facts)
    let index = PlanarIndex(result.sites.map(\.position))
    var across = 0
    for site in result.inner(20) {
      let bonds = index.neighbours(of: site.position, within: 20).map { result.sites[$0] }.filter { $0 != site }
      #expect(bonds.count == 3)
      for bond in bonds {
        #expect(abs((bond.position - site.position).length - 24 / 3.0.squareRoot()) < 1e-6)
        let crosses = line.distance(to: bond.position) * line.distance(to: site.position) < 0
        #expect(crosses == (bond.element == site.element))
        across += crosses ? 1 : 0
      }
    }
    #expect(across > 20)
  }

  @Test func `looks different in direction only`() throws {
    let sites = try cleanResult("inversion", seed: 5).sites
    #expect(Set(sites.map(\.environment)) == ["Mo", "Se2", "Mo+boundary", "Se2+boundary"])
    #expect(Set(sites.map(\.environmentOriented)).isSuperset(of: ["Mo~1", "Mo~2", "Se2~1", "Se2~2"]))
  }
}

struct `Domains of a honeycomb` {
  @Test(arguments: HoneycombDomains.Boundary.allCases) func `need two different columns`(
    boundary: HoneycombDomains.Boundary
  ) {
    var domains = HoneycombDomains(boundary)
    domains.crystal = .graphene
    let request = SceneRequest(frame: Frame(width: 64, height: 64), columnSigma: 2, seed: 1)
    #expect(throws: ParameterError.self) { try domains.scene(for: request) }
  }
}
