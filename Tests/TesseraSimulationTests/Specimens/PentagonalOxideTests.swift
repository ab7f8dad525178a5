import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

struct `The specimen pom` {
  private func scene(_ oxide: PentagonalOxide, seed: UInt64 = 1, size: Int = 1024) throws -> Scene {
    let frame = Frame(width: size, height: size, nanometresPerPixel: 0.02)
    return try oxide.scene(for: SceneRequest(frame: frame, columnSigma: 2.74, seed: seed))
  }

  @Test(arguments: [0.0, 0.3]) func `has bonds of one length, three or four at each column`(angle: Double) throws {
    var oxide = PentagonalOxide()
    (oxide.distortion, oxide.angle) = (0, angle)
    let sites = try scene(oxide).sites
    let walls = sites.filter { $0.sublattice != PentagonalOxide.pentagon }
    let bond = PentagonalOxide.bond / 0.02
    let index = PlanarIndex(walls.map(\.position))
    let inner = walls.filter { min($0.position.x, $0.position.y) > 40 && max($0.position.x, $0.position.y) < 983 }
    for wall in inner {
      let near = index.neighbours(of: wall.position, within: 1.3 * bond).dropFirst()
      #expect(near.count == (wall.sublattice == "wall4" ? 4 : 3))
      #expect(near.allSatisfy { abs((walls[$0].position - wall.position).length - bond) < 1e-9 })
    }
    // Four pentagons a cell for six columns, each as far from its five corners as their mean says.
    let middles = sites.filter { $0.sublattice == PentagonalOxide.pentagon }
    let share = Double(middles.count) / Double(walls.count)
    #expect(abs(share - 0.667) < 0.01)
    let middle = try #require(middles.first { ($0.position - Point(512, 512)).length < 40 })
    let corners = index.nearest(5, to: middle.position).map { walls[$0].position }
    #expect((corners.reduce(Point.zero, +) / 5 - middle.position).length < 1e-9)
  }

  @Test(arguments: 1...5) func `fills pentagons as often as it says`(seed: UInt64) throws {
    let units = TrueUnits(of: try scene(PentagonalOxide(), seed: seed).sites, sublattice: PentagonalOxide.pentagon)
    let n = Double(units.sites.count)
    #expect(n > 1600)
    for (filling, share) in [("V", 0.043), ("filled", 0.957 * 0.379), ("empty", 0.957 * 0.621)] {
      let found = Double(units.fillings.count { $0 == filling })
      let deviation = (share * (1 - share) * n).squareRoot()
      #expect(abs(found - share * n) < 4 * deviation, "\(filling)")
    }
    let lines = units.csv.split(separator: "\n")
    #expect(lines[0] == "x,y,filling" && lines.count == units.sites.count + 1)
  }

  @Test(arguments: [0.1, 0.25, 0.6]) func `holds a phase on the wanted area`(share: Double) throws {
    var oxide = PentagonalOxide()
    oxide.phase = share
    let facts = try scene(oxide, seed: 4).facts
    #expect(abs(try #require(facts["phase_area_fraction"]) - share) < 0.02 && facts["phase_ratio"] == 3)
    #expect(try scene(PentagonalOxide()).facts["phase_ratio"] == nil)
  }

  @Test func `repeats its phase every four cells, without V`() throws {
    var oxide = PentagonalOxide()
    (oxide.phase, oxide.distortion) = (1, 0)
    let units = TrueUnits(of: try scene(oxide, size: 700).sites, sublattice: PentagonalOxide.pentagon)
    #expect(!units.fillings.contains("V"))
    let index = PlanarIndex(units.sites.map(\.position))
    let period = Point(4 * PentagonalOxide.cell / 0.02, 0)
    var partners = 0
    for (number, site) in units.sites.enumerated() {
      guard let other = index.neighbours(of: site.position + period, within: 0.1).first else { continue }
      partners += 1
      #expect(units.fillings[other] == units.fillings[number])
    }
    #expect(partners > 200)
    // Three blocks X of 6 filled pentagons and one Y of 7: 25 of 64.
    let filled = Double(units.fillings.count { $0 == "filled" }) / Double(units.fillings.count)
    #expect(abs(filled - 0.3906) < 0.03)
  }

  @Test func `refuses options that it does not know`() {
    var options = SimulationOptions()
    options.vacancies = [0.1]
    #expect(throws: ParameterError.self) { try Simulation(specimen: "pom", options: options) }
    options = SimulationOptions()
    options.phase = 0.2
    #expect(throws: ParameterError.self) { try Simulation(specimen: "quasiperiodic", options: options) }
    options.phase = 1.2
    #expect(throws: ParameterError.self) { try Simulation(specimen: "pom", options: options).run() }
  }
}
