import Foundation
import TesseraNumerics

/// How the second of two layers is turned and strained against the first.
///
/// The lattice vectors A₁, A₂ of the layers, as columns, give F = A₂ A₁⁻¹ = R(θ) U: R turns by the twist θ, the symmetric
/// U - 1 is the heterostrain. A hexagonal lattice has six names for one pair of vectors; the one with |θ| of 30 degrees or
/// less counts, so a layer turned by 63 degrees has a twist of 3.
package struct Twist: Sendable, Equatable {
  /// In radians, from +x towards +y, -π/6 ... π/6.
  package var angle: Double
  /// Components of U - 1 along the axes of the image.
  package var exx, eyy, exy: Double

  /// - Parameters:
  ///   - first: lattice of the layer against which the other is turned.
  ///   - second: lattice of the other layer, named like `first`.
  ///   - pixel: width and height of a pixel in one unit; only their ratio matters.
  package init(from first: LayerLattice, to second: LayerLattice, pixel: Point) {
    let (a, b) = (first.scaled(pixel: pixel), second.scaled(pixel: pixel))
    let gradient = b.vectors.gradient(from: a.vectors)
    let (xx, xy, yx, yy) = (gradient.xx + 1, gradient.xy, gradient.yx, gradient.yy + 1)
    angle = atan2(yx - xy, xx + yy)
    // U = R(-θ) F.
    let (c, s) = (cos(angle), sin(angle))
    exx = c * xx + s * yx - 1
    eyy = c * yy - s * xy - 1
    exy = (c * xy + s * yy + c * yx - s * xx) / 2
  }

  /// The name of a lattice by which it is turned least against another.
  package static func named(_ lattice: LayerLattice, like other: LayerLattice, pixel: Point) -> LayerLattice {
    let names = (0..<6).map { lattice.turned(sixths: $0) }
    return names.min {
      abs(Twist(from: other, to: $0, pixel: pixel).angle) < abs(Twist(from: other, to: $1, pixel: pixel).angle)
    }
      ?? lattice
  }
}
