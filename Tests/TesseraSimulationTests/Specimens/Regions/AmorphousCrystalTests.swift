import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

struct `A crystal beside columns without a lattice` {
  /// Sites of both sides away from the boundary, and the area of each side in pixels.
  private func sides(_ result: SimulatedMicrograph) throws -> (crystal: [TrueSite], rest: [TrueSite], areas: [Double]) {
    let label = Int(try #require(result.scene.facts["crystal_label"]))
    let areas = [label, 3 - label].map { label in Double(result.scene.labels!.values.count { Int($0) == label }) }
    let rest = result.sites.filter { $0.sublattice == "amorphous" }
    return (result.sites.filter { $0.sublattice != "amorphous" }, rest, areas)
  }

  @Test(arguments: ["hexagonal", "mose2", "square"]) func `has one density of columns`(crystal: String) throws {
    let result = try cleanResult("amorphous-crystal", seed: 2, size: 1024, crystal: crystal)
    let (ordered, rest, areas) = try sides(result)
    let ratio = (Double(rest.count) / areas[1]) / (Double(ordered.count) / areas[0])
    // The boundary keeps disks out of half a diameter, and rows of the crystal come and go.
    #expect(abs(ratio - 1) < 0.04, "\(ratio)")
    if crystal == "mose2" {
      let share = Double(rest.count { $0.element == "Mo" }) / Double(rest.count)
      #expect(abs(share - 0.5) < 0.03)
    }
    for site in ordered {
      #expect(
        result.label(at: site.position) == Int(result.scene.facts["crystal_label"]!)
          || site.environment.hasSuffix("+boundary"))
    }
  }

  /// The structure factor |Σ exp(2πi g·r)|²/N is N for a crystal and of order 1 without one.
  @Test(arguments: [1, 2, 3] as [UInt64]) func `has a lattice on one side alone`(seed: UInt64) throws {
    let result = try cleanResult("amorphous-crystal", seed: seed, size: 1024)
    let (ordered, rest, _) = try sides(result)
    let lattice = result.scene.lattices[0]
    let area = lattice.a.cross(lattice.b)
    for g in [Point(lattice.b.y, -lattice.b.x) / area, Point(-lattice.a.y, lattice.a.x) / area] {
      let factors = [ordered, rest].map { sites in
        let sum = sites.reduce(Point.zero) { sum, site in
          let phase = 2 * Double.pi * g.dot(site.position)
          return sum + Point(cos(phase), sin(phase))
        }
        return sum.squaredLength / Double(sites.count)
      }
      #expect(abs(factors[0] / Double(ordered.count) - 1) < 1e-6)
      #expect(factors[1] < 15)  // exp(-15) for independent places.
    }
  }
}
