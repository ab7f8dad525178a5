import Foundation
import TesseraNumerics
import TesseraStructure
import Testing

struct `Arrangements of units` {
  private func outcome(
    _ net: CairoNet, _ isFilled: (Int) -> PolygonalUnit.Filling?, seed: UInt64 = 1, permutations: Int = 100
  ) throws -> UnitConfigurations.Outcome {
    var configurations = UnitConfigurations()
    configurations.permutations = permutations
    return try configurations.outcome(
      centres: net.middles, fillings: net.middles.indices.map(isFilled), imageArea: 1e6, seed: seed)
  }

  private func random(_ share: Double, seed: UInt64) -> (Int) -> PolygonalUnit.Filling? {
    { RandomSource(seed: seed, stream: UInt64($0)).first < share ? .filled : .empty }
  }

  @Test(arguments: [0.0, 17, 45, 80]) func `come in squares of two orientations`(degrees: Double) throws {
    let found = try outcome(CairoNet(cells: 10, angle: degrees * .pi / 180), random(0.4, seed: 1))
    let kinds = [0, 1].map { kind in found.windows.level2.count { $0.kind == kind } }
    // 10 x 10 squares of one kind and 9 x 9 or more of the other.
    #expect(kinds[0] == 100 && (81...100).contains(kinds[1]), "\(kinds)")
    #expect(found.windows.level3.count == 81)
    #expect(found.windows.level3.allSatisfy { $0.place != nil && !$0.corners.contains(-1) })
    // No unit belongs to two windows of kind A.
    let corners = found.windows.level2.filter { $0.kind == 0 }.flatMap(\.corners)
    #expect(Set(corners).count == corners.count)
  }

  @Test func `of a period have the entropy of its types`() throws {
    // Cells alternate along x between all empty and all filled: two types of level 2 in equal numbers, and of
    // level 3 two among the overlapping windows, one among the disjoint ones.
    let net = CairoNet(cells: 21)
    let found = try outcome(net) { $0 / 4 % 21 % 2 == 0 ? .filled : .empty }
    let level3 = try #require(found.level3.overlapping)
    #expect(level3.codes.count == 2 && level3.entropy.windows == 400)
    #expect(abs(level3.entropy.plugIn - log(2.0)) < 1e-9)
    #expect(try #require(found.level3.disjoint).entropy.plugIn == 0)
    let phase = try #require(found.phase)
    #expect(phase.units.count == 21 * 21 * 4 && phase.ratio == nil)
    let area = Double(21 * 21 * 2500)
    #expect(abs(phase.area - area) < 10)
  }

  @Test func `at random have the entropies that chance gives`() throws {
    // 18 x 18 cells have 289 windows of level 3, 58 x 58 have 3,249. The values for uniform types are 5.66 and 8.05.
    for (cells, windows, value, tolerance) in [(18, 289, 5.66, 0.03), (58, 3249, 8.054, 0.03)] {
      let found = try outcome(CairoNet(cells: cells), random(0.5, seed: 7))
      let entropy = try #require(found.level3.overlapping).entropy
      #expect(entropy.windows == windows)
      #expect(abs(entropy.plugIn - value) < tolerance)
      #expect(abs(entropy.randomLattice - value) < tolerance)
      #expect(entropy.pValue > 0.01 && entropy.plugIn <= entropy.logWindows + 1e-12)
      #expect(abs(entropy.maximum - log(65536.0)) < 1e-12)
      #expect(found.phase == nil)
    }
    #expect(abs(CodeEntropy.independent(bits: 16, filled: 0.379) - 10.62) < 0.01)
  }

  @Test(arguments: 1...10) func `without order show no phase`(seed: Int) throws {
    let found = try outcome(CairoNet(cells: 20), random(0.379, seed: UInt64(seed)))
    #expect(found.phase == nil)
    let level2 = try #require(found.level2.overlapping)
    #expect(level2.entropy.pValue > 0.005)
    // Independent filling alone puts 57 % into the six commonest of 16 types.
    let six = level2.codes.prefix(6).reduce(0) { $0 + $1.fraction }
    #expect(abs(six - 0.57) < 0.06)
  }

  @Test func `with a partly filled unit have no type`() throws {
    let net = CairoNet(cells: 10)
    let all = random(0.4, seed: 5)
    let found = try outcome(net) { $0 == 4 * 55 ? .partly : all($0) }
    #expect(found.level2.leftOut == 2 && found.level3.leftOut == 4)
    #expect(found.level2.types[4 * 55] == nil)
    let none = try outcome(net) { _ in .partly }
    #expect(none.level2.overlapping == nil && none.phase == nil && none.filled.isNaN)
  }

  @Test func `are the same on any number of threads`() throws {
    let net = CairoNet(cells: 12)
    let one = try Workers.$limit.withValue(1) { try outcome(net, random(0.4, seed: 2)) }
    #expect(try outcome(net, random(0.4, seed: 2)) == one)
    #expect(try outcome(net, random(0.4, seed: 2), seed: 2).level2.overlapping?.codes == one.level2.overlapping?.codes)
  }

  @Test func `name a type by the bits of its corners`() {
    #expect(UnitCodes.pattern(ofType: 3, bits: 4) == "EFEE" && UnitCodes.pattern(ofType: 16, bits: 4) == "FFFF")
    #expect(UnitCodes.pattern(ofType: 65_536, bits: 16) == String(repeating: "F", count: 16))
  }

  @Test func `of a million bits take seconds`() throws {
    let clock = ContinuousClock.now
    let found = try outcome(CairoNet(cells: 198), random(0.379, seed: 3))
    let entropy = try #require(found.level3.overlapping).entropy
    #expect(entropy.windows == 38_809 && abs(entropy.plugIn - 9.895) < 0.03)
    #expect((ContinuousClock.now - clock) / .seconds(1) < 30)
  }
}

extension RandomSource {
  /// The first number that a source draws.
  fileprivate var first: Double {
    var copy = self
    return copy.uniform()
  }
}

struct `Entropies of counts` {
  @Test func `have closed forms`() {
    #expect(abs(CodeEntropy.plugIn([5, 5, 5, 5]) - log(4.0)) < 1e-12)
    #expect(CodeEntropy.plugIn([9]) == 0 && CodeEntropy.corrected([9]) == 0)
    #expect(CodeEntropy.plugIn([]).isNaN)
    // Many samples of few types: both agree.
    #expect(abs(CodeEntropy.corrected([4000, 3000, 3000]) - CodeEntropy.plugIn([4000, 3000, 3000])) < 1e-3)
    #expect(CodeEntropy.corrected([1, 1, 1, 1, 1, 1]) > log(6.0))
  }

  @Test func `and tails of Poisson's law are sums of its terms`() {
    for mean in [1e-6, 0.3, 4, 60, 600] {
      for count in [0, 1, 2, 5, 40, 80, 650] {
        var (term, below) = (exp(-mean), 0.0)
        for k in 0..<count {
          below += term
          term *= mean / Double(k + 1)
        }
        let tail = Statistics.poissonTail(count, mean: mean)
        #expect(abs(tail - (1 - below)) < 1e-9 && tail >= 0 && tail <= 1, "\(count) of \(mean)")
      }
    }
    // Far out, where one less a sum would be zero: e⁻¹ Σ 1/k! from 30.
    #expect(abs(Statistics.poissonTail(30, mean: 1) / 1.43308e-33 - 1) < 1e-4)
  }
}
