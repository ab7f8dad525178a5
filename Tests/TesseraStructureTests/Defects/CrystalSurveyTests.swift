import Foundation
import TesseraNumerics
import TesseraStructure
import TestSupport
import Testing

/// A perovskite seen along [001]: A at the corners, B in the middle moved by `shift` pixels, on 30 x 30 cells.
private func perovskite(shift: Point, error: Double = 0, seed: UInt64 = 1) -> (positions: [Point], heights: [Double]) {
  var random = RandomSource(seed: seed)
  let (u, v) = (Point(26, 1.3), Point(-1.3, 26))
  var (positions, heights): ([Point], [Double]) = ([], [])
  for j in 0..<30 {
    for i in 0..<30 {
      for b in 0..<2 {
        let half = 0.5 * Double(b)
        let noise = Point(random.gaussian(), random.gaussian()) * error
        positions.append(
          Point(50, 10) + u * (Double(i) + half) + v * (Double(j) + half) + (b == 1 ? shift : .zero) + noise)
        heights.append(b == 0 ? 1 : 0.5)
      }
    }
  }
  return (positions, heights)
}

private func grains(_ made: (positions: [Point], heights: [Double])) -> Grains {
  GrainFinder().grains(of: made.positions, heights: made.heights, width: 860, height: 860)
}

struct `Displacements in a cage` {
  @Test func `are exact for exact positions`() throws {
    let shift = Point(0.83, -0.41)
    let made = perovskite(shift: shift)
    let errors = made.positions.map { _ in Point(0.1, 0.2) }
    let map = try #require(
      try CageDisplacement().map(of: grains(made).grains[0], number: 1, positions: made.positions, errors: errors))
    #expect(map.centre == "B" && map.cage == "A" && map.cageSize == 4)
    #expect(map.vectors.count == 29 * 29)
    for vector in map.vectors {
      #expect((vector.displacement - shift).length < 1e-9)
      // σ² (1 + 1/4).
      #expect((vector.error - Point(0.1, 0.2) * 1.25.squareRoot()).length < 1e-12)
    }
    #expect((map.mean - shift).length < 1e-9)
    var centred = CageDisplacement()
    centred.removesMean = true
    let rest = try #require(
      try centred.map(of: grains(made).grains[0], number: 1, positions: made.positions, errors: errors))
    #expect(rest.vectors.allSatisfy { $0.displacement.length < 1e-9 } && (rest.mean - shift).length < 1e-9)
  }

  @Test func `leave out cages with a column whose place has no known error`() throws {
    var made = perovskite(shift: .zero)
    let found = grains(made)
    var errors = made.positions.map { _ in Point(0.1, 0.1) }
    let site = try #require(found.grains[0].sites.first { made.heights[$0] == made.heights.max() })
    errors[site] = Point(.nan, .nan)
    made.positions[site] += Point(4, 0)
    let map = try #require(
      try CageDisplacement().map(of: found.grains[0], number: 1, positions: made.positions, errors: errors))
    #expect(map.vectors.count < 29 * 29 && map.meanError.x.isFinite)
    #expect(map.vectors.allSatisfy { $0.displacement.length < 1e-9 && $0.error.x.isFinite })
  }

  @Test(.slow) func `have errors that noise bears out`() throws {
    var means: [Point] = []
    var stated = Point.zero
    for seed in 1...40 as ClosedRange<UInt64> {
      let made = perovskite(shift: .zero, error: 0.2, seed: seed)
      let map = try #require(
        try CageDisplacement().map(
          of: grains(made).grains[0], number: 1, positions: made.positions,
          errors: made.positions.map { _ in Point(0.2, 0.2) }))
      #expect(abs(map.scatter.x / map.typicalError.x - 1) < 0.15)
      #expect(map.significantShare < 0.02)
      means.append(map.mean)
      stated = map.meanError
    }
    // Forty means: their deviation is known to 11 %.
    #expect(abs(Statistics.deviation(means.map(\.x)) / stated.x - 1) < 0.4)
  }

  @Test func `need a sublattice that another encloses`() throws {
    let square = (0..<400).map { Point(20 * Double($0 % 20), 20 * Double($0 / 20)) }
    let found = GrainFinder().grains(of: square, heights: square.map { _ in 1 }, width: 400, height: 400)
    let errors = square.map { _ in Point(0.1, 0.1) }
    #expect(try CageDisplacement().map(of: found.grains[0], number: 1, positions: square, errors: errors) == nil)
    var asked = CageDisplacement()
    asked.centre = "C"
    #expect(throws: ParameterError.self) {
      try asked.map(of: found.grains[0], number: 1, positions: square, errors: errors)
    }
  }
}

struct `Bonds of a crystal` {
  @Test func `of a perfect crystal have one length and one angle`() throws {
    let made = perovskite(shift: .zero)
    let errors = made.positions.map { _ in Point(0.1, 0.1) }
    let survey = try BondSurvey().survey(of: grains(made), positions: made.positions, errors: errors)
    #expect(survey.pairs.map(\.name) == ["A-A", "A-B", "B-A", "B-B"])
    let a = Point(26, 1.3).length
    for bond in survey.bonds {
      let name = survey.pairs[bond.pair].name
      #expect(abs(bond.length - (name == "A-B" ? a / 2.0.squareRoot() : a)) < 1e-9)
      #expect(abs(bond.error - 0.1 * 2.0.squareRoot()) < 1e-12)
    }
    func count(_ name: String) -> Int { survey.bonds.count { survey.pairs[$0.pair].name == name } }
    #expect(count("A-A") == 2 * 30 * 29)
    // Each B has an A at its own cell's corner, and at those of the three cells beside where these exist.
    let wanted = 30 * 30 + 2 * 29 * 30 + 29 * 29
    #expect(count("A-B") == wanted)
    for angle in survey.angles { #expect(abs(angle.value - .pi / 2) < 1e-9) }
  }

  @Test func `have the errors of angles that small steps give`() throws {
    var made = perovskite(shift: Point(1.1, 0.7))
    let errors = made.positions.indices.map { Point(0.01 + 0.001 * Double($0 % 7), 0.02) }
    let survey = try BondSurvey().survey(of: grains(made), positions: made.positions, errors: errors)
    let angle = try #require(survey.angles.first { survey.pairs[$0.pair].name == "B-A" })
    func value() -> Double {
      let (a, b) = (
        made.positions[angle.first] - made.positions[angle.vertex],
        made.positions[angle.second] - made.positions[angle.vertex]
      )
      return atan2(a.cross(b), a.dot(b))
    }
    var variance = 0.0
    for site in [angle.vertex, angle.first, angle.second] {
      for axis in 0..<2 {
        let step = 1e-5
        made.positions[site][axis] += step
        let up = value()
        made.positions[site][axis] -= 2 * step
        let down = value()
        made.positions[site][axis] += step
        variance += pow((up - down) / (2 * step) * errors[site][axis], 2)
      }
    }
    #expect(abs(angle.error / variance.squareRoot() - 1) < 1e-6)
  }
}

struct `Plane spacings` {
  @Test func `are those of the cell`() throws {
    let made = perovskite(shift: Point(0.5, 0))
    let errors = made.positions.map { _ in Point(0.1, 0.1) }
    let grain = grains(made).grains[0]
    let a = Point(26, 1.3).length
    for (h, k) in [(1, 0), (0, 1), (1, 1), (2, 1)] {
      let found = try PlaneSpacings(h: h, k: k).spacings(
        in: grain, number: 1, positions: made.positions, errors: errors)
      #expect(!found.isEmpty)
      for spacing in found {
        #expect(abs(spacing.value - a / Double(h * h + k * k).squareRoot()) < 1e-9)
        #expect(abs(spacing.error - 0.1 * (2 / Double(spacing.count)).squareRoot()) < 1e-12)
      }
    }
    #expect(throws: ParameterError.self) {
      try PlaneSpacings(h: 2, k: 2).spacings(in: grain, number: 1, positions: made.positions, errors: errors)
    }
  }

  @Test func `show one wide gap`() throws {
    var made = perovskite(shift: .zero)
    // Everything beyond the middle moves out by 2 pixels along u.
    let along = Point(26, 1.3) / Point(26, 1.3).length
    let middle = made.positions.map { $0.dot(along) }.reduce(0, +) / Double(made.positions.count)
    for k in made.positions.indices where made.positions[k].dot(along) > middle { made.positions[k] += 2 * along }
    let errors = made.positions.map { _ in Point(0.1, 0.1) }
    let grain = grains(made).grains[0]
    // The stretched direction is the longer one, whichever of both vectors that is.
    let found = try [PlaneSpacings(h: 1, k: 0), PlaneSpacings(h: 0, k: 1)].flatMap {
      try $0.spacings(in: grain, number: 1, positions: made.positions, errors: errors)
    }
    #expect(abs((found.map(\.value).max() ?? 0) - Point(26, 1.3).length - 2) < 1e-6)
  }
}
