/// The plane z = level + slope · p of weighted least squares through values at places p.
package struct WeightedPlane: Sendable {
  /// The value at the origin.
  package let level: Double
  /// By how much the value grows per unit along x and y.
  package let slope: Point
  /// By how much the variance of `level` exceeds that of the mean of the values, in units of the variance of a value of weight 1: it is
  /// 0 where the places lie around the origin, and grows where all lie to one side of it.
  package let leverage: Double

  /// Places whose extent across is a smaller share of that along (squared) are a row.
  private static let leastSpread = 1e-6

  /// - Parameters:
  ///   - values: one per place, in any unit.
  ///   - places: of the values, in their order.
  ///   - weights: one per value, not negative.
  /// - Returns: nil where the places with weight lie in a row, or there are none.
  package init?(_ values: [Double], at places: [Point], weights: [Double]) {
    let total = weights.reduce(0, +)
    guard total > 0 else { return nil }
    var (middle, mean) = (Point(0, 0), 0.0)
    for k in values.indices where weights[k] > 0 {
      (middle, mean) = (middle + places[k] * weights[k], mean + values[k] * weights[k])
    }
    (middle, mean) = (middle / total, mean / total)
    var (xx, xy, yy, xz, yz) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for k in values.indices where weights[k] > 0 {
      let (d, z, w) = (places[k] - middle, values[k] - mean, weights[k])
      (xx, xy, yy, xz, yz) =
        (xx + w * d.x * d.x, xy + w * d.x * d.y, yy + w * d.y * d.y, xz + w * d.x * z, yz + w * d.y * z)
    }
    let determinant = xx * yy - xy * xy
    guard determinant > Self.leastSpread * (xx + yy) * (xx + yy) else { return nil }
    slope = Point(yy * xz - xy * yz, xx * yz - xy * xz) / determinant
    level = mean - slope.x * middle.x - slope.y * middle.y
    leverage = (yy * middle.x * middle.x - 2 * xy * middle.x * middle.y + xx * middle.y * middle.y) / determinant
  }

  /// What values are above the plane.
  package func residuals(_ values: [Double], at places: [Point]) -> [Double] {
    zip(values, places).map { $0 - level - slope.x * $1.x - slope.y * $1.y }
  }
}
