import Foundation
import TesseraLearning
import TesseraNumerics
import Testing

struct `Classes from layout and features` {
  private func result(_ features: Matrix<Float>, count: Int? = nil) throws -> JointClassing.Result {
    let layout = try ForceRelaxedLayout().layout(of: features, seed: 1)
    return try JointClassing(count: count).result(of: features, layout: layout, seed: 1)
  }

  @Test func `are found with their number, rare ones too`() throws {
    var random = RandomSource(seed: 8)
    let sizes = [700, 400, 60, 25]
    let centres = sizes.map { _ in (0..<30).map { _ in random.gaussian() * 2 } }
    let labels = sizes.enumerated().flatMap { [Int](repeating: $0.offset + 1, count: $0.element) }
    let values = labels.flatMap { label in centres[label - 1].map { Float($0 + random.gaussian()) } }
    let found = try result(Matrix(rows: labels.count, columns: 30, values: values))
    #expect(found.structure == .discrete)
    #expect(found.classes.sizes.count == 4)
    #expect(LabelScores(found.classes.labels, truth: labels).accuracy > 0.995)
    #expect(found.explained > 0.9)
  }

  @Test(arguments: 1...5) func `of noise alone are one class`(seed: UInt64) throws {
    let found = try result(Blobs(500, classes: 1, dimensions: 20, deviation: 1, seed: seed).features)
    #expect(found.structure == .uniform && found.classes.count == 1)
  }

  /// Samples along a closed curve, as the motifs of a moiré pattern are: differences far above the noise, no gaps.
  @Test(arguments: 1...5) func `of a closed series without gaps are called continuous`(seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    let values = (0..<2000).flatMap { _ -> [Float] in
      let angle = 2 * Double.pi * random.uniform()
      return (0..<20).map { column in
        Float(cos(angle * Double(column % 3 + 1) + Double(column)) + 0.1 * random.gaussian())
      }
    }
    #expect(try result(Matrix(rows: 2000, columns: 20, values: values)).structure == .continuous)
  }

  @Test func `are as many as wanted`() throws {
    let blobs = Blobs(600, classes: 4, dimensions: 12, deviation: 0.2)
    for count in [1, 2, 3, 4, 5, 7] {
      let found = try result(blobs.features, count: count)
      #expect(found.classes.count == count)
      // Joining and halving keep to the borders of the true classes.
      let joint = zip(found.classes.labels, blobs.labels).map { $0 * 100 + $1 }
      #expect(Set(joint).count == max(4, count))
    }
  }

  /// Two classes whose distributions overlap have no gap; told that there are two, the likelihood finds them about as
  /// well as the best linear border does: Φ(1.25) = 0.894 of the samples for centres 2.5 standard deviations apart.
  @Test func `that overlap are found where their number is given`() throws {
    var random = RandomSource(seed: 3)
    let labels = (0..<2000).map { $0 % 2 + 1 }
    let values = labels.flatMap { label in
      (0..<20).map { column in Float(random.gaussian() + (column == 4 && label == 2 ? 2.5 : 0)) }
    }
    let found = try result(Matrix(rows: 2000, columns: 20, values: values), count: 2)
    // Two standard errors of the share, and one part in a hundred for the unknown direction.
    #expect(LabelScores(found.classes.labels, truth: labels).accuracy > 0.894 - 0.014 - 0.01)
  }

  @Test func `bear few and equal samples`() throws {
    for count in [3, 4, 9] {
      #expect(try result(Blobs(count, classes: 1, dimensions: 4, deviation: 1).features).classes.labels.count == count)
    }
    let same = try result(Matrix(rows: 40, columns: 5, filling: 3))
    #expect(same.classes.count == 1 && same.structure == .uniform)
  }
}

struct `The gap between two groups` {
  /// For normal groups at distance D: 3 [Φ(2D/3) - Φ(D/3)] / [Φ(D) - Φ(0)], both tails counted.
  @Test(arguments: [3.0, 4, 5]) func `has the density of two normal distributions`(distance: Double) {
    var random = RandomSource(seed: 6)
    func sample(_ centre: Double) -> Matrix<Double> {
      Matrix(rows: 40_000, columns: 1, values: (0..<40_000).map { _ in centre + random.gaussian() })
    }
    func phi(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
    let expected = 3 * (phi(2 * distance / 3) - phi(distance / 3)) / (phi(distance) - 0.5)
    // The counts in the middle are 600 and more: 3 standard errors.
    #expect(abs(gapDensity(between: sample(0), and: sample(distance)) - expected) < 0.12 * expected + 0.01)
  }

  @Test func `is none for halves of one group, however small`() {
    var random = RandomSource(seed: 2)
    var divided = 0
    for _ in 0..<200 {
      func sample() -> Matrix<Double> {
        Matrix(rows: 12, columns: 15, values: (0..<180).map { _ in random.gaussian() })
      }
      if gapDensity(between: sample(), and: sample()) < 0.5 { divided += 1 }
    }
    #expect(divided < 14)  // 1 in 20 by chance, and one standard error.
  }
}
