import Foundation
import TesseraFormats
import TesseraImaging
import TesseraLearning
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import TestSupport
import Testing

private func simulated(_ specimen: String, _ change: (inout SimulationOptions) -> Void) throws -> SimulatedMicrograph {
  var options = SimulationOptions()
  (options.width, options.height) = (512, 512)
  change(&options)
  return try Simulation(specimen: specimen, options: options).run()
}

struct `The crystal survey` {
  @Test(
    .slow,
    arguments: [
      ("square", 20.0, 1, 0.02), ("mose2", 100.0, 2, 0.02), ("srtio3", 1000.0, 3, 0.02),
      // Frames beside these cores join the two sublattices.
      ("mose2", 20.0, 8, 0), ("mose2", 100.0, 6, 0), ("mose2", 500.0, 2, 0),
    ] as [(String, Double, UInt64, Double)])
  func `finds the dislocation of an image`(crystal: String, counts: Double, seed: UInt64, vacancies: Double) throws {
    let made = try simulated("strained") {
      ($0.field, $0.crystal, $0.counts, $0.seed, $0.vacancies) = ("dislocation", crystal, counts, seed, [0, vacancies])
    }
    let result = try CrystalMethod().result(on: made.micrograph)
    try #require(result.dislocations.count == 1)
    let (core, b) = (result.dislocations[0], made.scene.lattices[0].a)
    #expect((core.burgers - b).length < 0.06 * b.length)
    #expect((core.position - Point(255.5, 255.5)).length < 2 * b.length)
  }

  /// Nothing is displaced in the specimen; across the cut of its indices, columns one lattice vector away would be taken for
  /// neighbours.
  @Test(.slow) func `closes no cage and draws no bond across the cut of a dislocation`() throws {
    let made = try simulated("strained") {
      ($0.field, $0.crystal, $0.counts, $0.seed) = ("dislocation", "mose2", 100, 2)
    }
    let result = try CrystalMethod().result(on: made.micrograph)
    #expect(result.dislocations.count == 1)
    let calibration = try #require(made.micrograph.calibration)
    let map = try #require(result.displacements.first)
    // In nm: a sixth of the bond.
    #expect(map.vectors.count > 300)
    #expect(map.vectors.allSatisfy { calibration.nanometres($0.displacement).length < 0.05 })
    for pair in result.survey.pairs.indices {
      let lengths = result.survey.bonds.filter { $0.pair == pair }.map(\.length)
      guard let longest = lengths.max() else { continue }
      #expect(longest < 1.3 * Statistics.median(lengths))
    }
  }

  @Test(.slow) func `writes a folder that says the same on any number of threads`() throws {
    let made = try simulated("grains") { ($0.crystal, $0.seed) = ("srtio3", 2) }
    let parent = NSTemporaryDirectory() + "tessera-crystal-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: parent) }
    try AtomicOutput.makeFolder(at: parent)
    for threads in [1, 2] {
      try Workers.$limit.withValue(threads) {
        var result = try CrystalMethod().result(on: made.micrograph)
        result.record.timings = []  // The report prints them.
        #expect(result.grains.grains.count == 2)
        try ResultFolder(result, input: "test").write(to: "\(parent)/\(threads)")
      }
    }
    for name in [
      "sites.csv", "nodes.csv", "grains.csv", "dislocations.csv", "displacements.csv", "bonds.csv", "angles.csv",
      "planes.csv", "grains.tif", "report.html", "figures/grains.png",
    ] {
      let files = [1, 2].map { FileManager.default.contents(atPath: "\(parent)/\($0)/\(name)") }
      #expect(files[0] != nil && files[0] == files[1], "\(name)")
    }
  }

  @Test(.slow) func `counts the atoms of a wedge`() throws {
    let made = try simulated("wedge") { ($0.dose, $0.thickness) = (1e4, 8) }
    var method = CountMethod()
    method.counter.largestCount = 16
    let result = try method.result(on: made.micrograph)
    let found = PlanarIndex(result.finding.sites.positions)
    let inside = made.sites.filter { site in
      [site.position.x, site.position.y].allSatisfy { $0 > 12 && $0 < 500 }
    }
    let exact = inside.count { site in
      found.nearest(1, to: site.position).first.map { result.counts.counts[$0] == site.atoms } ?? false
    }
    #expect(Double(exact) > 0.95 * Double(inside.count))
  }

  @Test(.slow) func `needs a lattice`() throws {
    let made = try simulated("amorphous") { _ in }
    #expect(throws: DataError.self) { try CrystalMethod().result(on: made.micrograph) }
  }

  @Test(.slow, .enabled(if: Repository.hasSharedImages, "the folder ../shared/data is not there"))
  func `maps the titanium of barium titanate`() throws {
    let micrograph = try ImageFile.open(path: Repository.sharedImages.appending(path: "batio3_1.dm4").path).read()
    let result = try CrystalMethod().result(on: micrograph)
    #expect(result.grains.grains.count == 1)
    let map = try #require(result.displacements.first)
    #expect(map.centre == "B" && map.cage == "A" && map.cageSize == 4 && map.vectors.count > 100)
    // Displacements in ferroelectrics are tens of picometres; columns are farther apart than 250.
    let typical = Statistics.median(map.vectors.map { micrograph.calibration!.nanometres($0.displacement).length })
    #expect(typical < 0.05)
    #expect(map.vectors.allSatisfy { $0.error.x > 0 && $0.error.x < 1 })
    // Columns that the border cuts are listed, but not trusted to half a picometre.
    let cut = result.finding.accuracies.indices.filter { result.finding.accuracies[$0].flag == .border }
    #expect(!cut.isEmpty && Set(map.vectors.map(\.site)).isDisjoint(with: cut))
    #expect(Set(result.survey.bonds.flatMap { [$0.first, $0.second] }).isDisjoint(with: cut))
  }
}

struct `Several grains in an analysis` {
  @Test(.slow) func `have vacancies and cells of their own`() throws {
    let made = try simulated("grains") {
      ($0.crystal, $0.seed, $0.vacancies, $0.counts, $0.misorientation) = ("mose2", 2, [0, 0.02], 200, 23)
    }
    let result = try MotifMethod().result(on: made.micrograph)
    #expect(result.grains?.grains.count == 2)
    let missing = made.sites.filter { site in
      site.isVacant && [site.position.x, site.position.y].allSatisfy { $0 > 40 && $0 < 472 }
        && !site.environment.contains("boundary")
    }
    let vacant = PlanarIndex(result.sites.sites.filter { $0.kind == .vacant }.map(\.position))
    let seen = missing.count { !vacant.neighbours(of: $0.position, within: 4).isEmpty }
    #expect(missing.count > 4 && Double(seen) > 0.9 * Double(missing.count))
    let cells = try #require(result.cells)
    // Cells lie in both grains.
    let labels = Set(
      cells.cells.filter { $0.type != nil }.map { cell in
        made.scene.labels![Int(max(0, min(511, cell.centre.x))), Int(max(0, min(511, cell.centre.y)))]
      })
    #expect(labels.count == 2)
  }
}
