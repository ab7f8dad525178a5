import Foundation
import TesseraNumerics
import TesseraSimulation
import TestSupport
import Testing

struct `Specimens` {
  @Test(.slow, arguments: Simulation.specimenNames) func `all have sites in the frame and no two at one place`(
    name: String
  ) throws {
    let result = try Simulation(specimen: name).run()
    #expect(result.micrograph.pixels.values.allSatisfy { $0.isFinite })
    #expect(result.sites.allSatisfy { result.simulation.frame.contains($0.position) })
    let expected = name == "noise" ? 0...0 : name == "single-atoms" ? 30...100 : 1000...Int.max
    #expect(expected.contains(result.sites.count))
    if result.sites.isEmpty || name == "bilayer" { return }  // Layers of a bilayer overlap.
    let nearest = PlanarIndex(result.sites.map(\.position)).nearestDistances().min()!
    #expect(nearest > 5)
  }

  /// Which columns of the perfect crystal look alike up to a rotation, and which point the same way.
  @Test(arguments: [
    ("square", 1, 1), ("hexagonal", 1, 1), ("p4m", 2, 2), ("mos2", 2, 2), ("graphene", 1, 2), ("srtio3", 3, 4),
    ("si110", 1, 2), ("fcc110", 1, 1), ("res2", 6, 12),
  ]) func `know which of their columns look alike`(name: String, invariant: Int, oriented: Int) throws {
    var options = SimulationOptions()
    (options.width, options.height) = (300, 300)
    let sites = try Simulation(specimen: name, options: options).run().sites
    #expect(Set(sites.map(\.environment)).count == invariant)
    #expect(Set(sites.map(\.environmentOriented)).count == oriented)
  }

  @Test func `of ReS2 have four short bonds a diamond and links between diamonds`() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (500, 500)
    let result = try Simulation(specimen: "res2", options: options).run()
    let rhenium = result.sites.filter { $0.element == "Re" }.map(\.position)
    let index = PlanarIndex(rhenium)
    let inner = rhenium.indices.filter { result.simulation.frame.contains(rhenium[$0], margin: -40) }
    let short = inner.map { site in
      index.nearest(7, to: rhenium[site]).dropFirst().count { (rhenium[$0] - rhenium[site]).length * 0.0137 < 0.305 }
    }
    // Obtuse corners have three bonds in the diamond, acute ones two and a link of the chain.
    #expect(short.allSatisfy { $0 == 3 })
  }

  @Test func `of silicon stand in dumbbells`() throws {
    let positions = try Simulation(specimen: "si110").run().sites.map(\.position)
    let nearest = PlanarIndex(positions).nearestDistances()
    // a / 4 = .1358 nm; the partner of a column at the rim may lie outside.
    #expect(abs(Statistics.median(nearest) * 0.0137 - 0.5431 / 4) < 1e-9)
  }

  @Test func `of grains cover the image with labels numbered by area`() throws {
    var options = SimulationOptions()
    options.grains = 4
    let result = try Simulation(specimen: "grains", options: options).run()
    let labels = try #require(result.scene.labels)
    let areas = (1...4).map { label in labels.values.count { Int($0) == label } }
    #expect(areas.reduce(0, +) == 1024 * 1024 && areas == areas.sorted(by: >) && areas[3] > 50_000)
    for site in result.sites where !site.environment.contains("boundary") {
      let label = labels[Int(site.position.x.rounded()), Int(site.position.y.rounded())]
      #expect(site.environmentOriented.hasSuffix("~\(label)"))
    }
    let turns = result.scene.lattices.map(\.a.angle)
    #expect(abs(turns[1] - turns[0] - 17 * .pi / 180) < 1e-12)
  }

  @Test func `with STM vacancies have the arrangements they claim`() throws {
    let result = try Simulation(specimen: "stm-vacancies").run()
    let spacing = result.scene.lattices[0].a.length
    let vacant = result.sites.filter(\.isVacant)
    #expect(abs(Double(vacant.count) / Double(result.sites.count) - 0.05) < 0.01)
    for site in vacant where result.simulation.frame.contains(site.position, margin: -6 * spacing) {
      let around = vacant.filter { ($0.position - site.position).length < 1.1 * spacing && $0 != site }
      let closes = around.contains { one in
        around.contains { $0 != one && ($0.position - one.position).length < 1.1 * spacing }
      }
      let kind = String(site.environment.split(separator: ":")[1])
      switch kind {
      case "isolated": #expect(around.isEmpty)
      case "chain": #expect((1...2).contains(around.count) && !closes)
      default: #expect(kind == "cluster" && around.count >= 2 && closes)
      }
      #expect(around.allSatisfy { $0.environment == site.environment })
    }
  }

  @Test func `with channels fill their pentagons as asked`() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (2048, 2048)
    let result = try Simulation(specimen: "quasiperiodic", options: options).run()
    let pentagons = result.sites.filter { $0.sublattice == "pentagon" }
    let count = Double(pentagons.count)
    let filled = Double(pentagons.count { $0.defect.isEmpty })
    #expect(abs(filled / count - 0.363) < 4 * (0.363 * 0.637 / count).squareRoot())
    // Each middle has five wall columns around it at .81 to .88 of a bond, give or take the waves.
    let walls = PlanarIndex(result.sites.filter { $0.sublattice != "pentagon" }.map(\.position))
    for pentagon in pentagons where result.simulation.frame.contains(pentagon.position, margin: -40) {
      #expect(walls.neighbours(of: pentagon.position, within: 0.41 / 0.02).count == 5)
    }
    // Three bonds a column.
    for wall in walls.points where result.simulation.frame.contains(wall, margin: -40) {
      #expect(walls.neighbours(of: wall, within: 0.48 / 0.02).count == 4)
    }
  }

  @Test func `of motifs hold the patches in rows`() throws {
    var motifs = MotifPatches()
    (motifs.firstCount, motifs.secondCount) = (3, 2)
    var options = SimulationOptions()
    options.motifs = motifs
    let result = try Simulation(specimen: "motifs", options: options).run()
    #expect(result.micrograph.width == 3 * 128 && result.micrograph.height == 2 * 128)
    #expect(result.sites.map(\.environment) == ["class1", "class1", "class1", "class2", "class2"])
    let ideal = try motifs.patches().patches.row(4)
    let patch = result.micrograph.pixels.cropped(x: 128, y: 128, width: 128, height: 128).values
    // The brightest pixel of the image is 1; the middle of a patch lies between four pixels.
    let brightest = ideal.max()!
    #expect(zip(ideal, patch).allSatisfy { abs($0 - brightest * $1) < 1e-4 })
  }

  @Test func `refuse options that they do not know`() {
    var options = SimulationOptions()
    options.field = "step"
    #expect(throws: ParameterError("“field” does not apply to the specimen mose2")) {
      try Simulation(specimen: "mose2", options: options)
    }
    options = SimulationOptions()
    options.dopants = ["W": 0.1]
    #expect(
      throws: ParameterError("“dopants = W:0.1” does not apply to square, which has no atoms that dopants replace")
    ) {
      try Simulation(specimen: "square", options: options).run()
    }
    (options.dopants, options.antisites) = (nil, 0.1)
    #expect(throws: ParameterError.self) { try Simulation(specimen: "graphene", options: options).run() }
    options = SimulationOptions()
    options.kind = "graphite"
    #expect(throws: ParameterError.self) { try Simulation(specimen: "bilayer", options: options) }
  }
}

struct `Simulated counts` {
  @Test func `without end have no noise, whatever the specimen's own dose`() throws {
    let images = try [\SimulationOptions.counts, \.dose].map { unlimited in
      var options = SimulationOptions()
      (options.width, options.height, options[keyPath: unlimited]) = (128, 128, .infinity)
      return try Simulation(specimen: "wedge", options: options).run().micrograph.pixels
    }
    let isWithoutNoise = images[0] == images[1]
    #expect(isWithoutNoise)
  }
}

struct `Simulations out of bounds` {
  @Test(arguments: [
    ["angle": Double.nan], ["angle": .infinity], ["displacement": -1], ["displacement": 1e9], ["probe": 1e7],
    ["probe": .nan], ["pixelSize": 1e3], ["counts": .nan], ["counts": 1e30], ["dose": -1], ["noise": .infinity],
    ["jitter": 1e12], ["contamination": .nan], ["antisites": .nan], ["antisites": 2], ["tilt": 1e12],
  ]) func `are refused with a sentence, whatever is asked`(values: [String: Double]) {
    var options = SimulationOptions()
    (options.width, options.height) = (64, 64)
    for (name, value) in values {
      switch name {
      case "angle": options.angle = value
      case "displacement": options.displacement = value
      case "probe": options.probe = value
      case "pixelSize": options.pixelSize = value
      case "counts": options.counts = value
      case "dose": options.dose = value
      case "noise": options.noise = value
      case "jitter": options.jitter = value
      case "contamination": options.contamination = value
      case "antisites": options.antisites = value
      default: options.tilt = Point(value, 0)
      }
    }
    #expect(throws: ParameterError.self) { try Simulation(specimen: "mose2", options: options).run() }
  }

  @Test func `of motifs are limited as images are`() {
    var options = SimulationOptions()
    options.motifs = MotifPatches()
    options.motifs!.firstCount = 1 << 40
    #expect(throws: ParameterError.self) { try Simulation(specimen: "motifs", options: options).run() }
    options.motifs!.firstCount = 4
    options.motifs!.distance = .nan
    #expect(throws: ParameterError.self) { try Simulation(specimen: "motifs", options: options).run() }
  }
}
