import Foundation
import TesseraNumerics

/// The product of the Gaussians of two columns, which is a Gaussian, too.
struct GaussianProduct {
  /// Inverse covariance, in 1 / pixels², its determinant, and the covariance, in pixels².
  let shape: (p: Double, q: Double, r: Double)
  let determinant: Double
  let covariance: (xx: Double, xy: Double, yy: Double)
  /// Its centre, and the same seen from that of each column.
  let centre, fromFirst, fromSecond: Point
  /// Its height, where both columns have the height 1.
  let height: Double

  /// Nil where rounding leaves no positive determinant.
  init?(_ one: GaussianColumn, _ two: GaussianColumn) {
    let shape = (p: one.p + two.p, q: one.q + two.q, r: one.r + two.r)
    let determinant = shape.p * shape.r - shape.q * shape.q
    guard determinant > 0 else { return nil }
    let gap = two.centre - one.centre
    let pull = Point(two.p * gap.x + two.q * gap.y, two.q * gap.x + two.r * gap.y)
    let fromFirst = Point(
      (shape.r * pull.x - shape.q * pull.y) / determinant, (shape.p * pull.y - shape.q * pull.x) / determinant)
    (self.shape, self.determinant, self.fromFirst) = (shape, determinant, fromFirst)
    fromSecond = fromFirst - gap
    centre = one.centre + fromFirst
    covariance = (xx: shape.r / determinant, xy: -shape.q / determinant, yy: shape.p / determinant)
    height = exp(-0.5 * (one.quadratic(fromFirst) + two.quadratic(fromSecond)))
  }
}
