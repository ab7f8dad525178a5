import Foundation
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import TestSupport
import Testing

struct `Dislocations` {
  private func dislocations(_ positions: [Point], _ heights: [Double], size: Int = 1024) throws -> [Dislocation] {
    let grains = GrainFinder().grains(of: positions, heights: heights, width: size, height: size)
    return try DislocationFinder().dislocations(in: grains, positions: positions, heights: heights)
  }

  private func strained(_ crystal: String, seed: UInt64, vacancies: Bool) -> SimulationOptions {
    var options = SimulationOptions()
    (options.crystal, options.field, options.seed) = (crystal, "dislocation", seed)
    options.vacancies = vacancies ? [0.02, 0.03] : nil
    options.angle = Double(seed) * 7
    return options
  }

  static let crystals = ["square", "hexagonal", "mose2", "srtio3", "fcc110", "graphene", "p4m"]

  @Test(.slow, arguments: crystals, [1, 2, 3] as [UInt64]) func `of elasticity are found with their vector`(
    crystal: String, seed: UInt64
  ) throws {
    for vacancies in [false, true] {
      let made = try simulatedColumns("strained", strained(crystal, seed: seed, vacancies: vacancies))
      let found = try dislocations(made.positions, made.heights)
      #expect(found.count == 1)
      let core = try #require(found.first)
      let b = made.scene.lattices[0].a
      // The mean lattice of a strained crystal is not quite the undistorted one.
      #expect((core.burgers - b).length < 0.05 * b.length)
      #expect((core.position - Point(511.5, 511.5)).length < 2 * b.length)
    }
  }

  @Test(.slow, arguments: crystals) func `are not seen in crystals without`(crystal: String) throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      var options = SimulationOptions()
      options.seed = seed
      if crystal == "graphene" {
        options.width = 512
        options.height = 512
      }
      options.vacancies = seed.isMultiple(of: 2) ? [0.02, 0.06] : nil
      let made = try simulatedColumns(crystal, options, noise: 0.8)
      #expect(try dislocations(made.positions, made.heights).isEmpty)
    }
  }

  /// Two opposite dislocations of a square lattice, made by adding two half planes' worth of displacement.
  @Test func `of a dipole are two with opposite vectors`() throws {
    let (a, b) = (20.0, 20.0)
    func field(_ p: Point, _ sign: Double) -> Point {
      // Hirth & Lothe, eqs. 3-45 and 3-46, ν = 1/4.
      let r2 = max(p.squaredLength, 4)
      let x = atan2(p.y, p.x) + p.x * p.y / (1.5 * r2)
      let y = log(r2 / (b * b)) / 6 + (p.x * p.x - p.y * p.y) / (3 * r2)
      return sign * b / (2 * .pi) * Point(x, -y)
    }
    var positions: [Point] = []
    for j in -30...30 {
      for i in -30...30 {
        let place = Point(Double(i) + 0.37, Double(j) + 0.41) * a
        positions.append(Point(620, 620) + place + field(place - Point(200, 0), 1) + field(place + Point(200, 0), -1))
      }
    }
    let found = try dislocations(positions, positions.map { _ in 1 }, size: 1240)
      .sorted { $0.position.x < $1.position.x }
    try #require(found.count == 2)
    #expect(found[0].u == -found[1].u && found[0].v == -found[1].v)
    #expect((found[1].burgers - Point(b, 0)).length < 1)
    #expect((found[0].position - Point(420, 620)).length < 30 && (found[1].position - Point(820, 620)).length < 30)
  }

  @Test func `within one grain leave boundaries alone`() throws {
    var options = SimulationOptions()
    (options.grains, options.seed) = (3, 3)
    let made = try simulatedColumns("grains", options)
    #expect(try dislocations(made.positions, made.heights).isEmpty)
  }

  @Test func `need sensible settings`() {
    var finder = DislocationFinder()
    finder.largestMismatch = 0.7
    #expect(throws: ParameterError.self) {
      try finder.dislocations(in: Grains(grains: [], labels: []), positions: [], heights: [])
    }
  }
}
