import Foundation
import TesseraNumerics
import TesseraStructure
import Testing

struct `Groups of fillings` {
  private func heights(_ groups: [(Double, Int)], error: Double, seed: UInt64 = 1) -> [Double] {
    var random = RandomSource(seed: seed)
    return groups.flatMap { mean, count in (0..<count).map { _ in mean + error * random.gaussian() } }
  }

  @Test(arguments: 1...10) func `are told apart where errors allow`(seed: Int) {
    let values = heights([(0, 300), (0.36, 25), (0.96, 180)], error: 0.04, seed: UInt64(seed))
    let outcome = FillingGroups().outcome(of: values, errors: values.map { _ in 0.04 })
    let names = outcome.fillings.map { $0!.filling }
    #expect(names.prefix(300).allSatisfy { $0 == .empty } && names.suffix(180).allSatisfy { $0 == .filled })
    #expect(names[300..<325].count { $0 == .partly } >= 24)
    #expect(outcome.groups.map(\.filling) == [.empty, .partly, .filled])
  }

  @Test func `are unsure where they overlap`() {
    let values = heights([(0, 300), (1, 200)], error: 0.7)
    let outcome = FillingGroups().outcome(of: values, errors: values.map { _ in 0.7 })
    // More is not claimed than is right: sums of probabilities and numbers.
    let truth = (0..<500).map { $0 < 300 ? PolygonalUnit.Filling.empty : .filled }
    let right = zip(outcome.fillings, truth).count { $0!.filling == $1 }
    let claimed = outcome.fillings.reduce(0.0) { $0 + $1!.probability }
    #expect(claimed < Double(right) + 40 && claimed < 450, "\(claimed) claimed, \(right) right")
  }

  /// Heights that vary gradually, as of a thickness that rises: a broad distribution without a gap.
  @Test(arguments: 1...5) func `are one where heights vary without a gap`(seed: Int) {
    var random = RandomSource(seed: UInt64(seed))
    let values = (0..<800).map { _ in 0.02 + 0.1 * (random.uniform() + random.uniform()) + 0.015 * random.gaussian() }
    let outcome = FillingGroups().outcome(of: values, errors: values.map { _ in 0.015 })
    #expect(outcome.groups.count == 1 && outcome.fillings.allSatisfy { $0!.filling == .empty })
  }

  @Test func `are named by nothing and the wall where there is one`() {
    for (mean, filling) in [(0.0, PolygonalUnit.Filling.empty), (1.0, .filled), (0.4, .partly)] {
      let values = heights([(mean, 100)], error: 0.05)
      let outcome = FillingGroups().outcome(of: values, errors: values.map { _ in 0.05 })
      #expect(outcome.fillings.allSatisfy { $0!.filling == filling && $0!.probability > 0.9 }, "\(mean)")
    }
    #expect(FillingGroups().outcome(of: [.nan], errors: [.nan]).fillings[0] == nil)
    #expect(FillingGroups().outcome(of: [], errors: []).groups.isEmpty)
  }
}
