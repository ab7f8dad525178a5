import TesseraNumerics

/// Two lattice vectors at a place, in pixels.
public struct LatticeVectors: Sendable, Codable, Equatable {
  /// In pixels along x and y of the image.
  public var u, v: Point

  /// - Parameters:
  ///   - u: first vector, in pixels.
  ///   - v: second vector, in pixels; not parallel to `u`.
  public init(u: Point, v: Point) { (self.u, self.v) = (u, v) }

  /// Area of the cell in square pixels; negative where v lies anticlockwise of u on the screen.
  var area: Double { u.cross(v) }

  /// The vectors g with g₁·u = g₂·v = 1 and g₁·v = g₂·u = 0, in cycles per pixel. The reciprocal of the reciprocal is the
  /// lattice itself.
  public var reciprocal: LatticeVectors {
    LatticeVectors(u: Point(v.y, -v.x) / area, v: Point(-u.y, u.x) / area)
  }

  /// The displacement gradient that carries a reference lattice to this one: F = A A₀⁻¹, with the vectors as columns of
  /// A, and grad u = F - 1. It is a derivative on the reference, as u(X) is.
  public func gradient(from reference: LatticeVectors) -> DisplacementGradient {
    let g = reference.reciprocal
    return DisplacementGradient(
      xx: u.x * g.u.x + v.x * g.v.x - 1, xy: u.x * g.u.y + v.x * g.v.y, yx: u.y * g.u.x + v.y * g.v.x,
      yy: u.y * g.u.y + v.y * g.v.y - 1)
  }

  /// The same lattice by those vectors that are nearest to `nominal`, which spans it or a lattice that contains it: the
  /// indices (g·u, g·v) of the nominal Bragg vectors are rounded. Nil where they are no integers within `tolerance`.
  func named(like nominal: LatticeVectors, tolerance: Double = 0.2) -> LatticeVectors? {
    let g = nominal.reciprocal
    guard let first = indices(of: g.u, tolerance: tolerance), let second = indices(of: g.v, tolerance: tolerance),
      first.cross(second) != 0
    else { return nil }
    let own = reciprocal
    return LatticeVectors(u: own.u * first.x + own.v * first.y, v: own.u * second.x + own.v * second.y).reciprocal
  }

  /// The Miller indices (g·u, g·v) of a Bragg vector; nil where they are no integers within `tolerance`.
  func indices(of bragg: Point, tolerance: Double = 0.2) -> Point? {
    let exact = Point(bragg.dot(u), bragg.dot(v))
    let whole = Point(exact.x.rounded(), exact.y.rounded())
    return abs(exact.x - whole.x) < tolerance && abs(exact.y - whole.y) < tolerance ? whole : nil
  }
}
