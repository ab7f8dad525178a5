import Foundation
import TesseraLearning
import TesseraNumerics
import Testing

struct `Atom counting` {
  /// Cross-sections of `each` columns of each thickness with counting noise.
  private func columns(
    _ thicknesses: ClosedRange<Int>, each: Int, countsOfOne: Double, saturation: Double = 0, seed: UInt64 = 1
  ) -> (values: [Double], truth: [Int]) {
    var random = RandomSource(seed: seed)
    let truth = thicknesses.flatMap { [Int](repeating: $0, count: each) }
    let values = truth.map { atoms -> Double in
      let mean = countsOfOne * (saturation > 0 ? -expm1(-saturation * Double(atoms)) / saturation : Double(atoms))
      return mean + (1.3 * mean).squareRoot() * random.gaussian()
    }
    return (values, truth)
  }

  private func share(_ result: AtomCounter.Result, _ truth: [Int], within: Int = 0) -> Double {
    Double(zip(result.counts, truth).count { abs($0 - $1) <= within }) / Double(truth.count)
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func `is exact where thicknesses are resolved`(seed: UInt64) throws {
    let made = columns(1...15, each: 40, countsOfOne: 300, seed: seed)
    let result = try AtomCounter().counts(of: made.values)
    #expect(share(result, made.truth) > 0.95)
    #expect(result.components.map(\.atoms) == Array(1...15) && result.criterion == .icl)
    // The mixture's own idea of how sure it is: within the noise of 600 columns.
    #expect(abs(Statistics.mean(result.probabilities) - share(result, made.truth)) < 0.03)
  }

  @Test func `does not count each atom twice`() throws {
    // Resolved so well that twice the number, every other component empty, fits to the last digits of a sum.
    for seed in 1...20 as ClosedRange<UInt64> {
      let made = columns(1...4, each: 50, countsOfOne: 1100, seed: seed)
      for criterion in [AtomCounter.Criterion.auto, .icl, .bic] {
        var counter = AtomCounter()
        (counter.largestCount, counter.criterion) = (8, criterion)
        let result = try counter.counts(of: made.values)
        #expect(result.components.map(\.atoms) == [1, 2, 3, 4], "\(criterion), seed \(seed)")
      }
    }
  }

  @Test func `follows intensities that saturate`() throws {
    let made = columns(1...15, each: 60, countsOfOne: 400, saturation: 0.02)
    let result = try AtomCounter().counts(of: made.values)
    #expect(result.spacing == .curved && share(result, made.truth) > 0.95)
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func `is off by one at most where thicknesses overlap`(seed: UInt64) throws {
    let made = columns(1...15, each: 200, countsOfOne: 31, seed: seed)
    let result = try AtomCounter().counts(of: made.values)
    #expect(share(result, made.truth, within: 1) > 0.95)
  }

  /// The numbers of columns of 1 to 15 atoms, of which the thinnest were mostly overlooked, with constant noise besides.
  @Test(arguments: [1, 2, 3] as [UInt64]) func `takes the width of a thickness from the errors`(seed: UInt64) throws {
    var random = RandomSource(seed: seed, stream: 7)
    let truth = [Int](repeating: 1, count: 44) + (2...15).flatMap { [Int](repeating: $0, count: 220) }
    let errors = truth.map { (22 + 38 * Double($0)).squareRoot() }
    let values = zip(truth, errors).map { 31 * Double($0) + $1 * random.gaussian() }
    let result = try AtomCounter().counts(of: values, errors: errors)
    #expect(share(result, truth, within: 1) > 0.95)
    #expect(result.spacing == .proportional && abs(result.crossSectionOfOne / 31 - 1) < 0.06)
  }

  @Test func `knows absolute numbers of a crystal without thin parts`() throws {
    let made = columns(5...9, each: 100, countsOfOne: 900)
    let result = try AtomCounter().counts(of: made.values)
    #expect(share(result, made.truth) > 0.99 && result.components.map(\.atoms) == Array(5...9))
    var free = AtomCounter()
    free.spacing = .free
    #expect(share(try free.counts(of: made.values), made.truth) > 0.99)
  }

  @Test func `does not depend on the unit`() throws {
    let made = columns(1...8, each: 50, countsOfOne: 500)
    let (a, b) = (
      try AtomCounter().counts(of: made.values), try AtomCounter().counts(of: made.values.map { $0 * 1e-6 })
    )
    #expect(a.counts == b.counts)
  }

  @Test func `needs columns`() {
    #expect(throws: DataError.self) { try AtomCounter().counts(of: [1, 2, .nan]) }
    var counter = AtomCounter()
    counter.largestCount = 1
    #expect(throws: ParameterError.self) { try counter.counts(of: [Double](repeating: 1, count: 20)) }
  }
}
