import Foundation
import TesseraNumerics

extension PlacedStrainField {
  /// Displacement around an edge dislocation in an isotropic medium, Burgers vector b along x:
  ///
  ///     u_x = b/2π [θ + x y / (2 (1−ν) r²)],
  ///     u_y = −b/2π [(1−2ν) / (4 (1−ν)) ln r² + (x² − y²) / (4 (1−ν) r²)].
  ///
  /// Source: Hirth & Lothe, Theory of Dislocations (2nd ed.), eqs. 3-45 and 3-46. θ jumps on the negative x axis, where u_x
  /// changes by b, a lattice vector: the two sides slip past each other and no atom is lost. r is taken in units of b,
  /// which adds a constant, and is kept from falling below a tenth of b.
  func edgeDisplacement(_ place: Point) -> Point {
    let (b, nu) = (burgers.length, field.poissonRatio)
    let (x, y) = (place.x, place.y)
    let r2 = max(place.squaredLength, 0.01 * b * b)
    let ux = atan2(y, x) + x * y / (2 * (1 - nu) * r2)
    let uy = (1 - 2 * nu) / (4 * (1 - nu)) * log(r2 / (b * b)) + (x * x - y * y) / (4 * (1 - nu) * r2)
    return b / (2 * .pi) * Point(ux, -uy)
  }

  /// Derivatives of `edgeDisplacement`, outside the core.
  func edgeGradient(_ place: Point) -> DisplacementGradient {
    let (b, nu) = (burgers.length, field.poissonRatio)
    let (x, y) = (place.x, place.y)
    let r2 = max(place.squaredLength, 0.01 * b * b)
    let (r4, k, c) = (r2 * r2, 1 / (2 * (1 - nu)), (1 - 2 * nu) / (4 * (1 - nu)))
    // d(xy/r²)/dx = y (y² − x²)/r⁴ and d((x² − y²)/r²)/dx = 4 x y²/r⁴; likewise for y.
    let s = b / (2 * .pi)
    return DisplacementGradient(
      xx: s * (-y / r2 + k * y * (y * y - x * x) / r4), xy: s * (x / r2 + k * x * (x * x - y * y) / r4),
      yx: -s * (c * 2 * x / r2 + k / 2 * 4 * x * y * y / r4), yy: -s * (c * 2 * y / r2 - k / 2 * 4 * x * x * y / r4))
  }
}
