import TesseraNumerics
import Testing

struct `A plane through weighted values` {
  private let places = (0..<25).map { Point(Double($0 % 5) + 3, Double($0 / 5) - 1) }

  @Test func `is the plane on which they lie`() throws {
    var values = places.map { 2 + 0.5 * $0.x - 0.25 * $0.y }
    values[7] = 99
    let weights = places.indices.map { $0 == 7 ? 0.0 : 1 + Double($0 % 3) }
    let plane = try #require(WeightedPlane(values, at: places, weights: weights))
    #expect(abs(plane.level - 2) < 1e-12 && (plane.slope - Point(0.5, -0.25)).length < 1e-12)
    let rest = plane.residuals(values, at: places)
    #expect(rest.indices.allSatisfy { $0 == 7 ? rest[$0] > 90 : abs(rest[$0]) < 1e-12 })
  }

  /// Around (5, 1) the places have a sum of squares of 50 along each axis.
  @Test func `is known less well to one side`() throws {
    let values = places.map { _ in 1.0 }
    let plane = try #require(WeightedPlane(values, at: places, weights: values))
    #expect(abs(plane.leverage - (25 + 1) / 50) < 1e-12)
    let around = try #require(WeightedPlane(values, at: places.map { $0 - Point(5, 1) }, weights: values))
    #expect(abs(around.leverage) < 1e-12)
  }

  @Test func `needs places that are in no row`() {
    let row = (0..<9).map { Point(Double($0), 2 * Double($0)) }
    #expect(WeightedPlane(row.map(\.x), at: row, weights: row.map { _ in 1 }) == nil)
    #expect(WeightedPlane(places.map(\.x), at: places, weights: places.map { _ in 0 }) == nil)
  }
}
