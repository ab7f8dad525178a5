import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

struct `A mirror twin` {
  @Test(arguments: [0, 25.0]) func `is its own mirror image across the shared row`(angle: Double) throws {
    let result = try cleanResult("mose2-mirror-twin", seed: 3, angle: angle)
    let line = try SideOfLine(result.scene.facts)
    let degrees = result.scene.facts["boundary_degrees"]! * .pi / 180
    let normal = Point(-sin(degrees), cos(degrees))
    let index = PlanarIndex(result.sites.map(\.position))
    let sign = line.distance(to: normal * 1000) > line.distance(to: .zero) ? 1.0 : -1.0
    var tested = 0
    for site in result.sites {
      let image = site.position - 2 * sign * line.distance(to: site.position) * normal
      guard result.simulation.frame.contains(image, margin: -1e-6) else { continue }
      let found = index.neighbours(of: image, within: 1e-5)
      #expect(found.count == 1 && result.sites[found[0]].element == site.element)
      tested += 1
    }
    #expect(tested > 500)
  }

  @Test func `gives each selenium of the row four molybdenum neighbours`() throws {
    let result = try cleanResult("mose2-mirror-twin", seed: 4, angle: 10)
    let line = try SideOfLine(result.scene.facts)
    let index = PlanarIndex(result.sites.map(\.position))
    var row = 0
    for site in result.inner(20) {
      let isShared = abs(line.distance(to: site.position)) < 1
      #expect(site.environment.contains("+twin") == isShared)
      let bonds = index.neighbours(of: site.position, within: 20).map { result.sites[$0] }.filter {
        $0.element != site.element
      }
      if isShared {
        #expect(site.element == "Se" && bonds.count == 4)
        row += 1
      } else {
        #expect(bonds.count == 3)
      }
      for bond in bonds { #expect(abs((bond.position - site.position).length - 24 / 3.0.squareRoot()) < 1e-6) }
    }
    #expect(row > 10)
  }
}
