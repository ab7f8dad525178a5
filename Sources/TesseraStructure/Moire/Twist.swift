import TesseraNumerics

/// How the second of two layers is turned and strained against the first.
///
/// The lattice vectors A₁, A₂ of the layers, as columns, give F = A₂ A₁⁻¹ = V R(θ): R turns by the twist θ, the symmetric
/// V - 1 is the heterostrain, that of the turned layer along the axes of the image. A hexagonal lattice has six names for one pair of
/// vectors; the one with |θ| of 30 degrees or less counts, so a layer turned by 63 degrees has a twist of 3.
package struct Twist: Sendable, Equatable {
  /// In radians, from +x towards +y, -π/6 ... π/6.
  package var angle: Double
  /// Components of V - 1 along the axes of the image.
  package var exx, eyy, exy: Double

  /// - Parameters:
  ///   - first: lattice of the layer against which the other is turned.
  ///   - second: lattice of the other layer, named like `first`.
  ///   - pixel: width and height of a pixel in one unit; only their ratio matters.
  package init(from first: LayerLattice, to second: LayerLattice, pixel: Point) {
    let (a, b) = (first.scaled(pixel: pixel), second.scaled(pixel: pixel))
    let gradient = b.vectors.gradient(from: a.vectors)
    (angle, exx, eyy, exy) = gradient.stretchAfterTurn
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
