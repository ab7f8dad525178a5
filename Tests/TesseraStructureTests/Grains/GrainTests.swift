import Foundation
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import TestSupport
import Testing

/// Truth positions of a specimen's occupied nodes, moved by `noise` pixels an axis.
func simulatedColumns(
  _ specimen: String, _ options: SimulationOptions = SimulationOptions(), noise: Double = 0.2
) throws -> (positions: [Point], heights: [Double], scene: Scene) {
  let simulation = try Simulation(specimen: specimen, options: options)
  let request = SceneRequest(
    frame: simulation.frame, columnSigma: simulation.imaging.columnSigma / simulation.frame.nanometresPerPixel,
    seed: simulation.seed)
  let scene = try simulation.specimen.scene(for: request)
  var random = RandomSource(seed: options.seed, stream: 99)
  let sites = scene.sites.filter { !$0.isVacant && $0.element != "O" }
  let positions = sites.map { $0.position + Point(random.gaussian(), random.gaussian()) * noise }
  let heights = sites.map { site in
    site.defect.isEmpty
      ? Double(Elements.atomicNumber(of: site.element) ?? 1)
      : 0.7 * Double(Elements.atomicNumber(of: site.element) ?? 1)
  }
  return (positions, heights, scene)
}

struct `Grains of an image` {
  private func options(_ crystal: String, grains: Int, turn: Double, seed: UInt64) -> SimulationOptions {
    var options = SimulationOptions()
    (options.crystal, options.grains, options.misorientation, options.seed) = (crystal, grains, turn, seed)
    return options
  }

  @Test(
    .slow,
    arguments: [
      ("mose2", 2, 17.0), ("mose2", 4, 13.0), ("square", 3, 17.0), ("square", 2, 35.0), ("srtio3", 2, 20.0),
      ("fcc110", 3, 31.0),
    ]) func `of a simulated polycrystal are found with their orientations`(crystal: String, count: Int, turn: Double)
    throws
  {
    let made = try simulatedColumns("grains", options(crystal, grains: count, turn: turn, seed: 4))
    let grains = GrainFinder().grains(of: made.positions, heights: made.heights, width: 1024, height: 1024)
    #expect(grains.grains.count == count)
    // Away from boundaries every column is in the grain that the truth says.
    let truth = try #require(made.scene.labels)
    var agreement: [Int: [Int: Int]] = [:]
    for (place, label) in zip(made.positions, grains.labels) {
      agreement[
        Int(truth[max(0, min(1023, Int(place.x.rounded()))), max(0, min(1023, Int(place.y.rounded())))]), default: [:]][
          label, default: 0] += 1
    }
    var right = 0
    var matched: [Int: Int] = [:]
    for (label, votes) in agreement {
      let best = votes.filter { $0.key > 0 }.max { ($0.value, -$0.key) < ($1.value, -$1.key) }!
      matched[label] = best.key
      right += best.value
    }
    #expect(Set(matched.values).count == count)
    #expect(Double(right) > 0.96 * Double(made.positions.count))
    for (label, number) in matched where number <= grains.grains.count {
      let grain = grains.grains[number - 1]
      let a = made.scene.lattices[label - 1].a
      let d = a.angle - grain.orientation
      // Twice the standard error of a direction over so many columns would be some hundredths of a degree.
      #expect(abs(d - grain.period * (d / grain.period).rounded()) < 0.1 * .pi / 180)
      // The cell of fcc110 is centred in the truth, and primitive here.
      let grid = grain.lattice.grid
      let found = crystal == "fcc110" ? (grid.u.dot(grid.v) > 0 ? grid.u - grid.v : grid.u + grid.v) : grid.u
      #expect(abs(found.length - a.length) < 0.05)
    }
  }

  /// The columns along the boundaries of these come as parts of their own, with the orientation of the grain they touch.
  @Test(.slow, arguments: ["hexagonal", "square"], [1, 2, 3, 4, 5, 6] as [UInt64]) func `come whole`(
    crystal: String, seed: UInt64
  ) throws {
    let made = try simulatedColumns("grains", options(crystal, grains: 5, turn: 11, seed: seed))
    let grains = GrainFinder().grains(of: made.positions, heights: made.heights, width: 1024, height: 1024)
    #expect(grains.grains.count == 5)
    for (k, grain) in grains.grains.enumerated() {
      for other in grains.grains.dropFirst(k + 1) where grain.period == other.period {
        #expect(grain.misorientation(to: other) > 10)
      }
      #expect(grain.frames.count == grain.sites.count && grain.sites == grain.sites.sorted())
      #expect(grain.sites.allSatisfy { grains.labels[$0] == k + 1 && grain.lattice.nodes[$0] != nil })
    }
  }

  @Test func `cover the pixels as the truth does`() throws {
    let made = try simulatedColumns("grains", options("mose2", grains: 3, turn: 17, seed: 2))
    let grains = GrainFinder().grains(of: made.positions, heights: made.heights, width: 1024, height: 1024)
    let map = grains.map(positions: made.positions, width: 1024, height: 1024)
    var votes: [[UInt16]: Int] = [:]
    for (a, b) in zip(map.values, made.scene.labels!.values) { votes[[a, b], default: 0] += 1 }
    let best = Dictionary(grouping: votes, by: { $0.key[1] }).values.map { $0.map(\.value).max()! }.reduce(0, +)
    #expect(Double(best) > 0.95 * 1024 * 1024)
  }

  @Test(.slow, arguments: ["mose2", "srtio3", "si110", "square", "p4m"])
  func `of a single crystal are one, with its lattice`(
    crystal: String
  ) throws {
    let made = try simulatedColumns(crystal)
    let grains = GrainFinder().grains(of: made.positions, heights: made.heights, width: 1024, height: 1024)
    #expect(grains.grains.count == 1)
    let vectors = try #require(
      LatticeFinder().vectors(of: made.positions, heights: made.heights, width: 1024, height: 1024))
    let lattice = LatticeIndexer(u: vectors.u, v: vectors.v).lattice(of: made.positions, heights: made.heights)
    #expect(grains.grains.first?.lattice == lattice)
  }

  /// Rows that differ in height by half a per cent, as fits of columns on different pixels do, are of one kind.
  @Test func `have the smallest cell where heights hardly differ`() throws {
    let places = (0..<900).map { Point(20 + 30 * Double($0 % 30), 20 + 30 * Double($0 / 30)) }
    for (difference, columns) in [(0.005, 1), (0.2, 2)] {
      let heights = (0..<900).map { $0 / 30 % 2 == 0 ? 100 : 100 * (1 + difference) }
      let vectors = try #require(LatticeFinder().vectors(of: places, heights: heights, width: 920, height: 920))
      #expect(abs(vectors.u.cross(vectors.v) - 900 * Double(columns)) < 1)
      let grains = GrainFinder().grains(of: places, heights: heights, width: 920, height: 920)
      #expect(grains.grains.map(\.lattice.basis.count) == [columns])
    }
  }

  @Test func `of a random cloud are none`() {
    var random = RandomSource(seed: 5)
    let cloud = (0..<2000).map { _ in Point(1024 * random.uniform(), 1024 * random.uniform()) }
    let grains = GrainFinder().grains(of: cloud, heights: cloud.map { _ in 1 }, width: 1024, height: 1024)
    #expect(grains.grains.isEmpty && grains.labels.allSatisfy { $0 == 0 })
    #expect(GrainFinder().grains(of: [Point(1, 1)], heights: [1], width: 10, height: 10).grains.isEmpty)
  }
}
