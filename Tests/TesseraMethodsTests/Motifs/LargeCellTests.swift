import Foundation
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

struct `A crystal of a large cell` {
  private func simulated(seed: UInt64) throws -> SimulatedMicrograph {
    var options = SimulationOptions()
    options.seed = seed
    return try Simulation(specimen: "quasiperiodic", options: options).run()
  }

  @Test(.slow, arguments: [1, 5]) func `has its average cell, its modulation and a hierarchy of its fillings`(
    seed: UInt64
  ) throws {
    let image = try simulated(seed: seed)
    var method = MotifMethod()
    method.descriptor.form = .invariant
    let result = try method.result(on: image.micrograph)
    let lattice = try #require(result.lattice)
    let truth = image.scene.lattices[0]
    let lengths = [lattice.grid.u.length, lattice.grid.v.length].sorted()
    let expected = [truth.a.length, truth.b.length].sorted()
    for (own, known) in zip(lengths, expected) { #expect(abs(own / known - 1) < 0.002) }
    // 24 columns of the walls; the pentagons are filled at random.
    #expect(lattice.basis.count == 24 && result.vacantNodes.isEmpty)
    let modulation = try #require(result.modulation)
    let size = image.simulation.frame.nanometresPerPixel
    #expect(modulation.waves.count == 2)
    for wave in modulation.waves {
      #expect(abs(wave.amplitude * size / 0.012 - 1) < 0.1)
      // Periods of the golden ratio and its square, in cells of the edge that the wave runs along.
      let golden = (1 + 5.0.squareRoot()) / 2
      let along = [abs(wave.frequency.dot(truth.a)), abs(wave.frequency.dot(truth.b))].sorted()
      #expect(along[0] < 0.02)
      #expect(min(abs(along[1] - 1 / golden), abs(along[1] - 1 / (golden * golden))) < 0.02)
    }
    #expect(result.structure.kind == .discrete && (12...20).contains(result.classes.count))
    #expect((result.hierarchy?.nodes.count ?? 0) > 10)
  }

  @Test func `is found with its waves, or not at all, from places alone`() throws {
    var random = RandomSource(seed: 3)
    // A cell of 24 columns, 156 x 104 pixels, in an image of 6 x 10 cells.
    let cell = (0..<24).map { k -> Point in
      let node = Point(26 * Double(k % 6), 26 * Double(k / 6))
      return node + Point(4 * sin(Double(k)), 4 * cos(2.3 * Double(k)))
    }
    let q = Point(0.0061, 0.0023)
    var places: [Point] = []
    for i in -1..<9 {
      for j in -1..<11 {
        for column in cell {
          let node = Point(156 * Double(i), 104 * Double(j)) + column
          let wave = 0.8 * sin(2 * .pi * q.dot(node))
          places.append(node + Point(wave, 0.5 * wave) + Point(random.gaussian(), random.gaussian()) * 0.1)
        }
      }
    }
    places = places.filter { $0.x >= 0 && $0.y >= 0 && $0.x < 1040 && $0.y < 1040 }
    let heights = places.map { _ in 1.0 }
    let lattice = try #require(LargeCellFinder().lattice(of: places, heights: heights, width: 1040, height: 1040))
    #expect(abs(lattice.grid.u.length - 104) < 0.05 && abs(lattice.grid.v.length - 156) < 0.05)
    #expect(lattice.basis.count == 24)
    let found = try #require(ModulationFinder().modulation(of: lattice, positions: places, spacing: 22))
    let wave = try #require(found.waves.first)
    #expect(found.waves.count == 1)
    #expect((wave.frequency - q).length < 5 * wave.frequencyError && wave.frequencyError < 2e-5)
    #expect(abs(wave.amplitude - 0.8 * 1.25.squareRoot()) < 5 * wave.error)
    #expect(abs(found.residual - 0.1) < 0.01)
    // The same places without a wave have none.
    var still = places
    for site in places.indices {
      guard let node = lattice.nodes[site] else { continue }
      still[site] = lattice.position(of: node) + Point(random.gaussian(), random.gaussian()) * 0.1
    }
    #expect(ModulationFinder().modulation(of: lattice, positions: still, spacing: 22) == nil)
    // Places at random, and two grains side by side, share no large cell.
    let strays = places.map { _ in Point(1040 * random.uniform(), 1040 * random.uniform()) }
    #expect(LargeCellFinder().lattice(of: strays, heights: heights, width: 1040, height: 1040) == nil)
    var grains: [Point] = []
    for i in -60..<80 {
      for j in -60..<80 {
        let node = Point(20 * Double(i) + 10 * Double(j & 1), 17.32 * Double(j))
        let turned = node.rotated(by: 0.31)
        if node.x >= 0 && node.x < 520 && node.y >= 0 && node.y < 1040 { grains.append(node) }
        if turned.x >= 520 && turned.x < 1040 && turned.y >= 0 && turned.y < 1040 { grains.append(turned) }
      }
    }
    #expect(LargeCellFinder().lattice(of: grains, heights: grains.map { _ in 1 }, width: 1040, height: 1040) == nil)
  }
}
