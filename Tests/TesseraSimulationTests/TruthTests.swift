import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

struct `The truth of a simulated crystal` {
  @Test(arguments: ["mose2", "mos2", "square", "hexagonal", "p4m", "graphene", "srtio3", "si110", "fcc110", "res2"])
  func `has one row for each node in the frame`(name: String) throws {
    var options = SimulationOptions()
    options.angle = 17
    let result = try Simulation(specimen: name, options: options).run()
    let specimen = try #require(result.simulation.specimen as? CrystalSpecimen)
    let lattice = result.scene.lattices[0]
    let cells = Double(1024 * 1024) / abs(lattice.a.cross(lattice.b))
    let expected = cells * Double(specimen.crystal.columns.count)
    // Nodes come and go along the rim: a few per cent of one a lattice row.
    #expect(abs(Double(result.sites.count) - expected) < 2 * expected.squareRoot())
    #expect(result.sites.allSatisfy { result.simulation.frame.contains($0.position) })
    let spacing = PlanarIndex(result.sites.map(\.position)).nearestDistances()
    #expect(spacing.min()! > 3)
  }

  @Test func `has the vacancies asked for`() throws {
    let sites = try Simulation(specimen: "mose2").run().sites
    let selenium = sites.filter { $0.sublattice == "Se" }
    let single = Double(selenium.count { $0.defect == "vacancy-Se1" })
    let both = Double(selenium.count { $0.defect == "vacancy-Se2" })
    let total = Double(selenium.count)
    #expect(abs(single - 0.04 * total) < 4 * (0.04 * total).squareRoot())
    #expect(abs(both - 0.01 * total) < 4 * (0.01 * total).squareRoot())
    #expect(sites.allSatisfy { $0.isVacant == ($0.defect == "vacancy-Se2") })
  }

  /// Counts the defects within the disc by looking at every pair of sites.
  @Test func `names the defects around each site`() throws {
    var options = SimulationOptions()
    (options.angle, options.vacancies, options.antisites, options.dopants) = (8, [0.1, 0.05], 0.03, ["W": 0.05])
    let result = try Simulation(specimen: "mose2", options: options).run()
    let radius = 24 * 0.75.squareRoot()
    var satellites = Set<String>()
    for site in result.sites where result.simulation.frame.contains(site.position, margin: -radius) {
      var around: [String: Int] = [:]
      var ways: [String] = []
      for other in result.sites where !other.defect.isEmpty {
        let offset = other.position - site.position
        if offset.length < 0.1 || offset.length > 0.999 * radius { continue }
        around[other.defect, default: 0] += 1
        ways.append("+\(other.defect)@\((Int((offset.angle * 180 / .pi).rounded()) + 360) % 360)")
      }
      let own = (site.sublattice == "Mo" ? "Mo" : "Se2") + (site.defect.isEmpty ? "" : "/\(site.defect)")
      let kinds = around.sorted { $0.key < $1.key }.map { $1 > 1 ? "+\($1)\($0)" : "+\($0)" }
      #expect(site.environment == own + kinds.joined())
      #expect(site.environmentOriented == own + ways.sorted().joined())
      if site.environment == "Mo+vacancy-Se1" { satellites.insert(site.environmentOriented) }
    }
    #expect(satellites == ["Mo+vacancy-Se1@38", "Mo+vacancy-Se1@158", "Mo+vacancy-Se1@278"])
  }

  @Test func `follows random displacements`() throws {
    var options = SimulationOptions()
    options.displacement = 1.5
    let moved = try Simulation(specimen: "square", options: options).run()
    let lattice = moved.scene.lattices[0]
    let jumps = moved.sites.map { site -> Double in
      let offset = site.position - lattice.origin
      let (i, j) = ((offset.x / lattice.a.x).rounded(), (offset.y / lattice.b.y).rounded())
      return (offset - i * lattice.a - j * lattice.b).squaredLength
    }
    // The mean of n squared lengths scatters by 1/sqrt(n).
    let expected = 2.25
    #expect(abs(Statistics.mean(jumps) / expected - 1) < 4 / Double(jumps.count).squareRoot())
  }

  @Test func `does not depend on how the image is taken`() throws {
    var options = SimulationOptions()
    (options.width, options.height, options.displacement, options.antisites) = (300, 300, 0.5, 0.02)
    let one = try Simulation(specimen: "mose2", options: options).run().sites
    (options.probe, options.jitter, options.counts, options.noise) = (6, 2, 3, 0.1)
    #expect(try Simulation(specimen: "mose2", options: options).run().sites == one)
  }

  @Test func `is the same for the same seed and differs for another`() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (200, 200)
    let one = try Simulation(specimen: "mose2", options: options).run()
    let again = try Simulation(specimen: "mose2", options: options).run()
    options.seed = 2
    let other = try Simulation(specimen: "mose2", options: options).run()
    #expect(one.micrograph.pixels == again.micrograph.pixels && one.sites == again.sites)
    #expect(one.micrograph.pixels != other.micrograph.pixels && one.sites != other.sites)
  }

  @Test func `writes one line a site`() throws {
    let sites = [
      TrueSite(position: Point(1.25, 2), element: "Mo", sublattice: "Mo"),
      TrueSite(
        position: Point(3, 4), element: "Se", sublattice: "Se", defect: "vacancy-Se2",
        environment: "Se2/vacancy-Se2", isVacant: true),
    ]
    #expect(
      sites.csv == """
        x,y,element,sublattice,defect,environment,environment_oriented,kind
        1.2500,2.0000,Mo,Mo,,Mo,Mo,column
        3.0000,4.0000,Se,Se,vacancy-Se2,Se2/vacancy-Se2,Se2/vacancy-Se2,vacant

        """)
  }
}
