import Foundation
import TesseraNumerics
import TesseraStructure
import TestSupport
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

  @Test(.slow, arguments: [1, 2, 3] as [UInt64]) func `is exact where thicknesses are resolved`(seed: UInt64) throws {
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

  @Test(.slow) func `follows intensities that saturate`() throws {
    let made = columns(1...15, each: 60, countsOfOne: 400, saturation: 0.02)
    let result = try AtomCounter().counts(of: made.values)
    #expect(result.spacing == .curved && share(result, made.truth) > 0.95)
  }

  @Test(.slow, arguments: [1, 2, 3] as [UInt64]) func `is off by one at most where thicknesses overlap`(seed: UInt64)
    throws
  {
    let made = columns(1...15, each: 200, countsOfOne: 31, seed: seed)
    let result = try AtomCounter().counts(of: made.values)
    #expect(share(result, made.truth, within: 1) > 0.95)
  }

  /// The numbers of columns of 1 to 15 atoms, of which the thinnest were mostly overlooked, with constant noise besides.
  @Test(.slow, arguments: [1, 2, 3] as [UInt64]) func `takes the width of a thickness from the errors`(seed: UInt64)
    throws
  {
    var random = RandomSource(seed: seed, stream: 7)
    let truth = [Int](repeating: 1, count: 44) + (2...15).flatMap { [Int](repeating: $0, count: 220) }
    let errors = truth.map { (22 + 38 * Double($0)).squareRoot() }
    let values = zip(truth, errors).map { 31 * Double($0) + $1 * random.gaussian() }
    let result = try AtomCounter().counts(of: values, errors: errors)
    #expect(share(result, truth, within: 1) > 0.95)
    #expect(result.spacing == .proportional && abs(result.crossSectionOfOne / 31 - 1) < 0.06)
  }

  @Test(.slow) func `knows absolute numbers of a crystal without thin parts`() throws {
    let made = columns(5...9, each: 100, countsOfOne: 900)
    let result = try AtomCounter().counts(of: made.values)
    #expect(share(result, made.truth) > 0.99 && result.components.map(\.atoms) == Array(5...9))
    var free = AtomCounter()
    free.spacing = .free
    #expect(share(try free.counts(of: made.values), made.truth) > 0.99)
  }

  @Test(.slow) func `does not depend on the unit`() throws {
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

  /// Columns on a hexagonal lattice with the noise of 10^3 electrons per square Angstrom: one atom adds 31, and noise 6 to 25.
  private func field(
    rows: Int = 16, columns: Int = 40, seed: UInt64, atoms: (Int, Int, inout RandomSource) -> Int
  ) -> (values: [Double], errors: [Double], places: [Point], truth: [Int]) {
    var random = RandomSource(seed: seed, stream: 5)
    var (values, errors, places, truth) = ([Double](), [Double](), [Point](), [Int]())
    for row in 0..<rows {
      for column in 0..<columns {
        let n = atoms(row, column, &random)
        let error = (42 * Double(n)).squareRoot()
        truth.append(n)
        errors.append(error * (1 + 0.1 * random.gaussian()))
        values.append(max(1, 31 * Double(n) + error * random.gaussian()))
        places.append(
          Point(20 * (Double(column) + 0.5 * Double(row % 2)), 17.3 * Double(row))
            + Point(random.gaussian(), random.gaussian()))
      }
    }
    return (values, errors, places, truth)
  }

  @Test(.slow, arguments: [1, 2, 3] as [UInt64]) func `asks neighbours where thicknesses overlap`(seed: UInt64) throws {
    let made = field(seed: seed) { _, column, _ in column / 4 + 1 }
    var counter = AtomCounter()
    counter.largestCount = 16
    let result = try counter.counts(of: made.values, errors: made.errors, places: made.places)
    // Intensities alone: .7 exact with the true step. Half of the 640 columns stand beside an edge.
    #expect(result.evidence == .neighbours && share(result, made.truth) > 0.85)
    #expect(share(result, made.truth, within: 1) > 0.99 && abs(result.crossSectionOfOne / 31 - 1) < 0.02)
    #expect(abs(Statistics.mean(result.probabilities) - share(result, made.truth)) < 0.04)
    #expect(abs(result.differences[0] - 0.8) < 0.08 && result.differences[2...].allSatisfy { $0 < 0.01 })
  }

  @Test(.slow) func `leaves neighbours alone that have nothing in common`() throws {
    let made = field(seed: 4) { _, _, random in 1 + Int(8 * random.uniform()) }
    var counter = AtomCounter()
    counter.largestCount = 12
    let result = try counter.counts(of: made.values, errors: made.errors, places: made.places)
    counter.evidence = .histogram
    let alone = try counter.counts(of: made.values, errors: made.errors, places: made.places)
    #expect(result.evidence == .histogram && result.counts == alone.counts)
    // And if they are asked all the same, no harm is done.
    counter.evidence = .neighbours
    let asked = try counter.counts(of: made.values, errors: made.errors, places: made.places)
    #expect(asked.evidence == .neighbours && share(asked, made.truth) > share(alone, made.truth) - 0.02)
  }

  @Test(.slow) func `keeps an adatom that the intensity shows`() throws {
    // Four atoms more on plateaus of 2 to 5 are six deviations or more.
    let made = field(rows: 24, seed: 6) { row, column, _ in
      column / 10 + 2 + (row % 8 == 3 && column % 10 == 4 ? 4 : 0)
    }
    var counter = AtomCounter()
    counter.largestCount = 16
    let result = try counter.counts(of: made.values, errors: made.errors, places: made.places)
    let adatoms = made.truth.indices.filter { ($0 / 40) % 8 == 3 && $0 % 10 == 4 }
    #expect(result.evidence == .neighbours && adatoms.count == 12)
    // As well as their own intensity tells, with deviations of half an atom to one.
    #expect(adatoms.allSatisfy { abs(result.counts[$0] - made.truth[$0]) <= 2 })
    #expect(adatoms.count { abs(result.counts[$0] - made.truth[$0]) <= 1 } >= 9)
    // And their neighbours keep theirs.
    #expect(share(result, made.truth) > 0.96)
  }

  @Test(.slow) func `does not rest on columns that the border cuts`() throws {
    var made = field(rows: 24, columns: 32, seed: 8) { _, column, _ in column / 8 + 1 }
    let cut = made.values.indices.filter { $0 % 32 == 0 }
    for k in cut { made.values[k] *= 0.55 }
    var counter = AtomCounter()
    counter.largestCount = 12
    let result = try counter.counts(
      of: made.values, errors: made.errors, places: made.places,
      areWhole: made.values.indices.map { !$0.isMultiple(of: 32) })
    #expect(abs(result.crossSectionOfOne / 31 - 1) < 0.02 && result.order == 4)
    #expect(cut.allSatisfy { result.counts[$0] == 1 })
  }

  @Test func `says what neighbours need`() {
    let made = field(rows: 4, columns: 8, seed: 1) { _, column, _ in column + 1 }
    var counter = AtomCounter()
    counter.evidence = .neighbours
    #expect(throws: ParameterError.self) { try counter.counts(of: made.values, errors: made.errors) }
    #expect(throws: ParameterError.self) { try counter.counts(of: made.values, places: made.places) }
    counter.spacing = .free
    #expect(throws: ParameterError.self) {
      try counter.counts(of: made.values, errors: made.errors, places: made.places)
    }
  }

  @Test(.slow) func `is the same on any number of threads`() throws {
    let made = field(rows: 12, columns: 30, seed: 9) { _, column, _ in column / 6 + 1 }
    var counter = AtomCounter()
    counter.largestCount = 8
    let results = try [1, 2].map { threads in
      try Workers.$limit.withValue(threads) {
        try counter.counts(of: made.values, errors: made.errors, places: made.places)
      }
    }
    #expect(results[0].counts == results[1].counts && results[0].probabilities == results[1].probabilities)
  }
}
