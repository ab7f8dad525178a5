import Foundation
import TesseraLearning
import TesseraMethods
import TesseraNumerics
import Testing

/// Sites on a square lattice of 40 x 40, with two features: one that goes across the field as `course` says, and noise.
private func sheet(_ course: (Double) -> Double, noise: Double = 0.03) -> (features: Matrix<Float>, places: [Point]) {
  var random = RandomSource(seed: 5)
  let places = (0..<1600).map { Point(10 * Double($0 % 40), 10 * Double($0 / 40)) }
  let values = places.flatMap { place in
    [Float(course(place.x / 390) + noise * random.gaussian()), Float(noise * random.gaussian())]
  }
  return (Matrix(rows: places.count, columns: 2, values: values), places)
}

struct `Classes that pass into one another` {
  private func halves(_ places: [Point]) -> Classes { Classes(grouping: places.map { $0.x < 195 ? 0 : 1 }) }

  @Test func `are one`() throws {
    for course in [{ $0 }, { 1 / (1 + exp((0.5 - $0) / 0.12)) }] as [(Double) -> Double] {
      let (features, places) = sheet(course)
      let joined = try #require(GradualClasses(features: features, positions: places).joined(halves(places)))
      #expect(joined.count == 1)
    }
  }

  @Test func `are two if each is alike up to their border`() {
    for width in [0.001, 0.02] {
      let (features, places) = sheet { 1 / (1 + exp((0.5 - $0) / width)) }
      #expect(GradualClasses(features: features, positions: places).joined(halves(places)) == nil)
    }
  }

  @Test func `are two if they lie among each other, however much both change`() {
    let (ramp, places) = sheet { $0 }
    let isOther = places.indices.map { $0 % 7 == 0 }
    var features = ramp
    for site in places.indices where isOther[site] { features[site, 0] += 1 }
    let classes = Classes(grouping: isOther.map { $0 ? 1 : 0 })
    #expect(GradualClasses(features: features, positions: places).joined(classes) == nil)
  }
}
