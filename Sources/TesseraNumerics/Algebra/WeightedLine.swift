/// The sums of a weighted straight line y = a + b x, and the line that they give where neither number may be negative.
package struct WeightedLine: Sendable {
  private var weight = 0.0
  private var x = 0.0
  private var xx = 0.0
  private var y = 0.0
  private var xy = 0.0

  package init() {}

  package mutating func add(x newX: Double, y newY: Double, weight w: Double) {
    weight += w
    x += w * newX
    xx += w * newX * newX
    y += w * newY
    xy += w * newX * newY
  }

  /// Sums whose determinant is a smaller share of its terms than this say nothing of a slope: all x are one, but for rounding.
  private static let leastSpread = 1e-9

  /// What least squares make of the sums.
  package enum Solution: Equatable, Sendable {
    /// The values do not grow with x, or all x are one: their weighted mean.
    case constant(Double)
    /// A line through the origin, as the intercept would be negative.
    case proportional(slope: Double)
    case line(intercept: Double, slope: Double)
  }

  /// The line of least squares whose intercept and slope are not negative.
  package var solution: Solution {
    let determinant = weight * xx - x * x
    guard determinant > Self.leastSpread * weight * xx else { return .constant(y / weight) }
    let (intercept, slope) = ((y * xx - xy * x) / determinant, (weight * xy - x * y) / determinant)
    if slope <= 0 { return .constant(y / weight) }
    return intercept < 0 ? .proportional(slope: xy / xx) : .line(intercept: intercept, slope: slope)
  }
}
