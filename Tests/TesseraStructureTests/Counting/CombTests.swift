import Foundation
import TesseraNumerics
import TesseraStructure
import TestSupport
import Testing

struct `Combs of atoms` {
  /// A hexagonal lattice of columns, their cross-sections of `mean` with errors that grow as counting noise does.
  private func field(
    rows: Int = 20, columns: Int = 24, slope: Double, seed: UInt64, mean: (Point, inout RandomSource) -> Double
  ) -> (values: [Double], errors: [Double], places: [Point]) {
    var random = RandomSource(seed: seed, stream: 11)
    var (values, errors, places) = ([Double](), [Double](), [Point]())
    for row in 0..<rows {
      for column in 0..<columns {
        let place = Point(20 * (Double(column) + 0.5 * Double(row % 2)), 17.3 * Double(row))
        let height = mean(place, &random)
        errors.append((slope * height).squareRoot())
        values.append(max(1, height + errors.last! * random.gaussian()))
        places.append(place)
      }
    }
    return (values, errors, places)
  }

  @Test(.slow, arguments: [1, 2, 3] as [UInt64]) func `are not seen in a bell curve`(seed: UInt64) throws {
    let made = field(slope: 0.012, seed: seed) { _, random in 100 + 15 * random.gaussian() }
    let result = try AtomCounter().counts(of: made.values, errors: made.errors, places: made.places)
    #expect(result.stepDoubt == .smooth && !result.isStepDetermined)
    let comb = try #require(result.comb)
    #expect(comb.gathering < comb.gatheringOfChance)
  }

  @Test(.slow, arguments: [1, 2] as [UInt64]) func `are not seen in waves`(seed: UInt64) throws {
    let made = field(slope: 0.012, seed: seed) { place, _ in 100 + 50 * sin(place.x / 90) * cos(place.y / 110) }
    let result = try AtomCounter().counts(of: made.values, errors: made.errors, places: made.places)
    #expect(!result.isStepDetermined)
  }

  @Test(.slow, arguments: [1, 2] as [UInt64]) func `are seen where thicknesses are resolved`(seed: UInt64) throws {
    let made = field(slope: 0.4, seed: seed) { _, random in 240 * Double(5 + Int(8 * random.uniform())) }
    let result = try AtomCounter().counts(of: made.values, errors: made.errors, places: made.places)
    #expect(result.isStepDetermined && result.components.map(\.atoms) == Array(5...12))
    let comb = try #require(result.comb)
    #expect(comb.gathering > 50 && comb.halfStepLead > 20)
  }

  /// Noise of a fifth of a step for one atom, and of two thirds for ten.
  @Test(.slow, arguments: [1, 2] as [UInt64]) func `are seen with neighbours where thicknesses overlap`(seed: UInt64)
    throws
  {
    let made = field(rows: 16, columns: 40, slope: 1.35, seed: seed) { place, _ in
      31 * (1 + (place.x / 80).rounded(.down))
    }
    var counter = AtomCounter()
    counter.largestCount = 16
    let result = try counter.counts(of: made.values, errors: made.errors, places: made.places)
    #expect(result.evidence == .neighbours && result.isStepDetermined)
    // Single intensities hardly tell.
    let comb = try #require(result.comb)
    #expect(comb.halfStepRest > comb.halfStepRestOfChance && comb.gathering < comb.halfStepLead)
  }

  @Test(.slow) func `of few thicknesses may have a common factor`() throws {
    let made = field(slope: 0.012, seed: 4) { _, random in 20 * Double([6, 8, 10][Int(3 * random.uniform())]) }
    let result = try AtomCounter().counts(of: made.values, errors: made.errors, places: made.places)
    #expect(result.components.map(\.atoms) == [3, 4, 5] && result.stepDoubt == .few)
  }

  /// Noise that exceeds the stated errors makes half the step fit better: as in images that were turned and interpolated.
  @Test func `are divided by the common factor of their numbers`() throws {
    #expect(CommonFactor.of([0, 28, 0, 42, 1, 62, 1, 48]) == 2)
    #expect(CommonFactor.of([0, 0, 30, 0, 1, 40, 0, 1, 40]) == 3)
    // The largest: 4, 8 and 12 are even as well.
    #expect(CommonFactor.of([0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0, 9]) == 4)
    for members in [[10, 10, 10, 10, 10, 10], [0, 50, 0, 0], [0, 50, 10, 50, 10, 50], []] as [[Double]] {
      #expect(CommonFactor.of(members) == nil)
    }
  }

  @Test func `whose thin columns stand on every second tooth have too many`() throws {
    // Even at the thin end, full at the thick one; and the same moved by a tooth.
    for members in [[0, 40, 1, 40, 0, 40, 5, 30, 20, 20], [0, 0, 40, 1, 40, 0, 40, 5, 30, 20, 20]] as [[Double]] {
      #expect(EmptySeconds(in: members) != nil)
    }
    let none: [[Double]] = [
      [10, 10, 10, 10, 10, 10, 10], [40, 1, 40, 0, 40], [8, 0, 8, 0, 8, 0], [40, 12, 40, 12, 40, 12, 40], [],
      [90, 0, 3, 0, 90, 0],
    ]
    for members in none { #expect(EmptySeconds(in: members) == nil, "\(members)") }
  }

  /// A wedge along x of 1 to 15 atoms whose columns scatter by 2 % beyond the stated errors: half steps suit the thick ones better.
  @Test(.slow, arguments: [1, 2, 3] as [UInt64]) func `are not halved by scatter beyond the errors`(seed: UInt64) throws
  {
    var truth: [Int] = []
    let made = field(rows: 30, columns: 34, slope: 1, seed: seed) { place, random in
      truth.append(1 + Int(place.x / 46))
      return 400 * Double(truth.last!) * (1 + 0.02 * random.gaussian())
    }
    let result = try AtomCounter().counts(of: made.values, errors: made.errors, places: made.places)
    let exact = Double(zip(result.counts, truth).count { $0 == $1 }) / Double(truth.count)
    #expect(exact > 0.85 && (14...18).contains(result.components.last?.atoms ?? 0), "\(exact)")
    #expect(!result.isHalved || result.stepDoubt == .seconds)
  }

  /// Saturation that no parabola follows: the numbers are not known, and nothing says that they are.
  @Test(.slow, arguments: [1, 2] as [UInt64]) func `are doubted where intensities saturate in another way`(seed: UInt64)
    throws
  {
    let made = field(rows: 30, columns: 34, slope: 1, seed: seed) { place, _ in
      400 * pow(1 + (place.x / 46).rounded(.down), 0.85)
    }
    let result = try AtomCounter().counts(of: made.values, errors: made.errors, places: made.places)
    #expect(!result.isStepDetermined, "\(result.components.map(\.atoms))")
  }

  @Test func `of one thickness are few`() throws {
    let made = field(slope: 0.012, seed: 5) { _, _ in 200 }
    let result = try AtomCounter().counts(of: made.values, errors: made.errors, places: made.places)
    #expect(result.components.count == 1 && result.stepDoubt == .few)
  }
}
