import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

struct `Specimens of regions` {
  static let names = [
    "grains", "two-lattices", "three-phases", "twin", "stacking-fault", "inversion", "mose2-mirror-twin",
    "mose2-2h-3r", "amorphous-crystal",
  ]

  @Test(arguments: names, [11, 12] as [UInt64]) func `number their regions by area`(name: String, seed: UInt64) throws {
    let result = try cleanResult(name, seed: seed)
    let count = name == "three-phases" ? 3 : 2
    let areas = (1...count).map { label in result.scene.labels!.values.count { Int($0) == label } }
    #expect(areas.reduce(0, +) == 512 * 512 && areas == areas.sorted(by: >) && areas.last! > 512 * 512 / 10)
    // A crystal for each region; the part without a lattice has none.
    #expect(result.scene.lattices.count == (name == "amorphous-crystal" ? 1 : count))
  }

  @Test(arguments: names) func `say in the table of sites which region a column belongs to`(name: String) throws {
    let result = try cleanResult(name, seed: 3)
    let hasNames = name != "stacking-fault"  // Both sides look alike in every direction.
    for site in result.inner(1) where !site.environment.hasSuffix("+boundary") {
      let named = site.environmentOriented.hasSuffix("~\(result.label(at: site.position))")
      #expect(named == hasNames, "\(site.environmentOriented)")
    }
    let crossing = result.sites.filter { $0.environment.hasSuffix("+boundary") }
    #expect(crossing.count > 10 && crossing.count < result.sites.count / 3)
  }

  @Test(arguments: names.filter { $0 != "grains" && $0 != "three-phases" })
  func `draw the boundary where the truth says`(name: String) throws {
    let result = try cleanResult(name, seed: 4)
    let line = try SideOfLine(result.scene.facts)
    let labels = try #require(result.scene.labels)
    let isFirst = line.distance(to: Point(0, 0)) > 0
    var wrong = 0
    for y in 0..<labels.height {
      for x in 0..<labels.width {
        let distance = line.distance(to: Point(Double(x), Double(y)))
        let isSame = labels[x, y] == labels[0, 0]
        if abs(distance) > 1e-6 && isSame != ((distance > 0) == isFirst) { wrong += 1 }
      }
    }
    #expect(wrong == 0)
    // Near the middle.
    let middle = result.simulation.frame.centre
    #expect(abs(line.distance(to: middle)) < 0.15 * 512)
  }

  @Test(arguments: names) func `keep columns apart at the boundary, and depend on the seed alone`(name: String) throws {
    let result = try cleanResult(name, seed: 5)
    let distances = PlanarIndex(result.scene.columns.map(\.position)).nearestDistances()
    // The shortest distances of the lattices: a honeycomb of 24 pixels, rectangles of 22 and 21.5, a random addition.
    let expected = [
      "grains": 13.856, "inversion": 13.856, "mose2-mirror-twin": 13.856, "mose2-2h-3r": 13.856, "two-lattices": 21.96,
      "three-phases": 21.46,
    ]
    let kept = ["grains": 0.6, "two-lattices": 0.6, "three-phases": 0.6, "amorphous-crystal": 0.7]
    #expect(distances.min()! > (expected[name] ?? 24) * (kept[name] ?? 1) - 0.01)
    #expect(try cleanResult(name, seed: 5).sites == result.sites)
    #expect(try cleanResult(name, seed: 6).sites != result.sites)
  }

  @Test(arguments: ["twin", "stacking-fault", "inversion", "mose2-mirror-twin", "mose2-2h-3r"])
  func `turn with their boundary`(name: String) throws {
    let (flat, turned) = (try cleanResult(name, seed: 1), try cleanResult(name, seed: 1, angle: 20))
    #expect(abs(turned.scene.facts["boundary_degrees"]! - flat.scene.facts["boundary_degrees"]! - 20) < 1e-9)
    for (one, other) in zip(flat.scene.lattices, turned.scene.lattices) {
      #expect((one.a.rotated(by: 20 * .pi / 180) - other.a).length < 1e-9)
    }
  }

  @Test func `obey displacements and vacancies, and refuse what is not theirs`() throws {
    var options = SimulationOptions()
    (options.width, options.height, options.vacancies, options.displacement) = (512, 512, [0.2], 1)
    for name in ["twin", "stacking-fault", "two-lattices", "three-phases"] {
      let result = try Simulation(specimen: name, options: options).run()
      let share = Double(result.sites.count(where: \.isVacant)) / Double(result.sites.count)
      #expect(abs(share - 0.2) < 0.08)
    }
    options.grains = 3
    #expect(throws: ParameterError("“grains” does not apply to the specimen twin")) {
      try Simulation(specimen: "twin", options: options)
    }
    options = SimulationOptions()
    options.group = "p4"
    #expect(throws: ParameterError("“group” does not apply to the specimen grains")) {
      try Simulation(specimen: "grains", options: options)
    }
  }
}
