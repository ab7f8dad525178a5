import Foundation
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import TestSupport
import Testing

struct `Polygonal units` {
  private func simulated(
    _ name: String, seed: UInt64, size: Int = 1024, phase: Double? = nil, angle: Double? = nil
  ) throws -> SimulatedMicrograph {
    var options = SimulationOptions()
    (options.seed, options.phase, options.angle) = (seed, phase, angle)
    (options.width, options.height) = (size, size)
    return try Simulation(specimen: name, options: options).run()
  }

  /// Found and precise shares of the pentagons away from the border, and the share of those found that are named rightly.
  private func score(
    _ result: PolygonResult, _ truth: SimulatedMicrograph
  ) -> (found: Double, precise: Double, right: Double) {
    let units = TrueUnits(of: truth.sites, sublattice: "pentagon")
    let index = PlanarIndex(units.sites.map(\.position))
    let frame = truth.simulation.frame
    func isInner(_ place: Point) -> Bool { frame.contains(place, margin: -60) }
    var (seen, hits, inner, right) = (Set<Int>(), 0, 0, 0)
    for unit in result.net.units where unit.sides == 5 {
      let match = index.nearest(1, to: unit.centre).first { (units.sites[$0].position - unit.centre).length < 5 }
      if isInner(unit.centre) { inner += 1 }
      guard let match else { continue }
      seen.insert(match)
      if isInner(unit.centre) { hits += 1 }
      if unit.filling?.rawValue == units.fillings[match] { right += 1 }
    }
    let wanted = units.sites.indices.filter { isInner(units.sites[$0].position) }
    return (
      Double(wanted.count { seen.contains($0) }) / Double(wanted.count), Double(hits) / Double(max(1, inner)),
      Double(right) / Double(max(1, seen.count))
    )
  }

  @Test(.slow, arguments: 1...10) func `of a random oxide are found, named rightly and without a phase`(seed: UInt64)
    throws
  {
    let image = try simulated("pom", seed: seed, size: 512)
    let result = try PolygonMethod().result(on: image.micrograph)
    let score = score(result, image)
    #expect(score.found >= 0.98 && score.precise >= 0.98 && score.right >= 0.98, "\(score)")
    #expect(result.configurations.phase == nil)
    let level2 = try #require(result.configurations.level2.overlapping).entropy
    #expect(level2.plugIn <= log(16) && level2.pValue > 0.004)
    // The map of five-fold symmetry has a maximum in each.
    #expect(Double(result.net.units.count { $0.agrees == true }) >= 0.98 * Double(result.net.units.count))
  }

  @Test(.slow, arguments: [(1, 0.0), (2, 17.0), (3, 40.0)]) func `with a phase show its area and ratio`(
    seed: UInt64, angle: Double
  ) throws {
    let image = try simulated("pom", seed: seed, phase: 0.25, angle: angle)
    let result = try PolygonMethod().result(on: image.micrograph)
    let phase = try #require(result.configurations.phase)
    let truth = try #require(image.scene.facts["phase_area_fraction"])
    #expect(abs(phase.areaFraction - truth) < 0.05, "\(phase.areaFraction) of \(truth)")
    let interval = try #require(phase.ratioInterval)
    #expect(interval[0] < 3 && interval[1] > 3, "\(interval)")
    let entropy = try #require(result.configurations.level3.overlapping).entropy
    #expect(entropy.pValue < 0.01 && entropy.plugIn < entropy.randomLattice - 5 * entropy.randomLatticeDeviation)
  }

  @Test(.slow) func `of other channels are found among hexagons and heptagons`() throws {
    let image = try simulated("quasiperiodic", seed: 1, size: 700)
    let result = try PolygonMethod().result(on: image.micrograph)
    #expect(Set(result.net.units.map(\.sides)) == [5, 6, 7])
    let score = score(result, image)
    #expect(score.found >= 0.98 && score.precise >= 0.98 && score.right >= 0.98, "\(score)")
    #expect(result.configurations.level2.overlapping == nil)
    #expect(result.warnings.contains { $0.contains("no codes") })
  }

  @Test(.slow) func `are not claimed where there is no structure`() throws {
    let random = try PolygonMethod().result(on: simulated("amorphous", seed: 2, size: 600).micrograph)
    #expect(random.warnings.contains { $0.contains("columns at random places") })
    let hexagonal = try simulated("hexagonal", seed: 1, size: 400)
    let error = #expect(throws: DataError.self) { try PolygonMethod().result(on: hexagonal.micrograph) }
    #expect(error?.description.contains("only triangles") == true)
    var method = PolygonMethod()
    method.polygons.sides = 9
    let honeycomb = try simulated("mos2", seed: 1, size: 400)
    #expect(throws: DataError.self) { try method.result(on: honeycomb.micrograph) }
    let net = try PolygonMethod().result(on: honeycomb.micrograph)
    #expect(net.net.units.allSatisfy { $0.sides == 6 && $0.filling == .empty })
    #expect(!net.warnings.contains { $0.contains("random places") })
  }

  @Test(.slow) func `are the same on any number of threads, and in every file`() throws {
    let image = try simulated("pom", seed: 6, size: 400).micrograph
    let folder = TemporaryFolder()
    let results = try [1, 3].map { threads in
      try Workers.$limit.withValue(threads) { try PolygonMethod().result(on: image, seed: 5) }
    }
    #expect(results[0].net.units.map(\.amplitude) == results[1].net.units.map(\.amplitude))
    #expect(results[0].configurations == results[1].configurations)
    for (number, result) in results.enumerated() {
      _ = try ResultFolder(result, input: "pom.tif").write(to: folder / "\(number)")
    }
    for name in ["units.csv", "codes.csv", "sites.csv"] {
      #expect(FileManager.default.contentsEqual(atPath: folder / "0/\(name)", andPath: folder / "1/\(name)"), "\(name)")
    }
  }
}
