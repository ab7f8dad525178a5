import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

struct `Synthetic motif patches` {
  @Test(arguments: 3...7) func `have n corners and two heights in the middle`(corners: Int) throws {
    var set = MotifPatches()
    (set.corners, set.firstCount, set.secondCount, set.size) = (corners, 2, 3, 129)
    let (patches, labels) = try set.patches()
    #expect(labels == [1, 1, 2, 2, 2])
    #expect(patches.rows == 5 && patches.columns == 129 * 129)
    // The corners' tails add exp(-32²/98) = 3e-5 each.
    #expect(abs(patches[0, 64 * 129 + 64] - 1) < 3e-4)
    #expect(abs(patches[4, 64 * 129 + 64] - 0.8) < 3e-4)
    // A Gaussian holds 2 pi sigma² times its height.
    let volume = patches.row(0).reduce(0) { $0 + Double($1) }
    #expect(abs(volume / (2 * .pi * 49) - Double(corners + 1)) < 1e-3)
  }

  @Test func `have the noise asked for`() throws {
    var set = MotifPatches()
    (set.firstCount, set.secondCount, set.size, set.sigma, set.distance) = (200, 0, 32, 2, 8)
    let clean = try set.patches().patches.row(0).map(Double.init)
    set.noise = 0.3
    let noise = try set.patches().patches.values.enumerated().map { Double($1) - clean[$0 % 1024] }
    #expect(abs(Statistics.deviation(noise) - 0.3) < 4 * 0.3 / (2.0 * 204_800).squareRoot())
    (set.noise, set.counts) = (0, 5)
    let counted = try set.patches().patches
    #expect(counted.values.allSatisfy { abs($0 * 5 - ($0 * 5).rounded()) < 1e-4 })
    let mean = Statistics.mean(counted.values)
    #expect(abs(mean - Statistics.mean(clean)) < 4 * (mean / 5 / 204_800).squareRoot())
    (set.counts, set.rowShift) = (nil, 1)
    #expect(try set.patches().patches.row(0) != set.patches().patches.row(1))
  }
}

struct `Bilayers` {
  @Test func `have the moire period of their twist`() throws {
    let result = try Simulation(specimen: "bilayer").run()
    // 12 px / (2 sin 1.55°) = 221.8 px: 4.6 periods in 1,024.
    let period = try #require(result.scene.facts["moire_period"])
    #expect(abs(1024 / period - 4.6) < 0.05)
    #expect(result.scene.lattices.count == 2)
    let (one, two) = (result.scene.lattices[0].a, result.scene.lattices[1].a)
    #expect(abs(two.angle - one.angle - 3.1 * .pi / 180) < 1e-12)
    #expect(abs(one.length - 12) < 1e-9)
  }

  @Test func `cases of the paper change one thing after another`() throws {
    let cases = (0...8).compactMap(BilayerCase.init)
    #expect(cases.count == 9 && BilayerCase(9) == nil)
    #expect(abs(cases[0].twist * 180 / .pi - 3.14965734) < 1e-6)  // As printed; its last digit is off.
    #expect(cases.map(\.largestJump) == [0, 0, 0, 0, 0, 0.02, 0.05, 0.1, 0.15])
    var options = SimulationOptions()
    (options.parameterCase, options.width, options.height) = (7, 256, 256)
    let result = try Simulation(specimen: "bilayer", options: options).run()
    #expect(result.simulation.imaging.noise == 0.05)
    options.kind = "mos2"
    #expect(throws: ParameterError.self) { try Simulation(specimen: "bilayer", options: options) }
  }
}
