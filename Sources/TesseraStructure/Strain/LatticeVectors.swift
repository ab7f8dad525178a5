import TesseraNumerics

/// Two lattice vectors at a place, in pixels.
public struct LatticeVectors: Sendable, Codable, Equatable {
  public var u, v: Point

  public init(u: Point, v: Point) { (self.u, self.v) = (u, v) }

  /// Area of the cell in square pixels; negative where v lies anticlockwise of u on the screen.
  var area: Double { u.cross(v) }

  /// The vectors g with g₁·u = g₂·v = 1 and g₁·v = g₂·u = 0, in cycles a pixel. The reciprocal of the reciprocal is the
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

/// How uncertain local lattice vectors are: with A(a, m) component a of vector m, the covariance of A(a, m) and A(c, n) is
/// entry (m, n) of the matrix for (a, c). Both ways to measure strain have errors of this form.
struct VectorSpread: Sendable, Equatable {
  var xx, xy, yy: PlanarCovariance
  static let zero = VectorSpread(xx: .zero, xy: .zero, yy: .zero)

  /// Standard errors of exx, eyy, exy and rotation relative to a reference taken as exact, in axes turned by `axis`.
  func errors(from reference: LatticeVectors, axis: Double) -> SIMD4<Double> {
    let g = reference.reciprocal
    // The gradient is A A₀⁻¹: its second index turns from lattice vectors to x and y; then both to the axes.
    let (ex, ey) = (Point(1, 0).rotated(by: axis), Point(0, 1).rotated(by: axis))
    let (p, q) = (Point(g.u.dot(ex), g.v.dot(ex)), Point(g.u.dot(ey), g.v.dot(ey)))
    // The covariance of the displacement's components along a and c, over the derivative's directions.
    func block(_ a: Point, _ c: Point) -> PlanarCovariance {
      let mixed = xx * (a.x * c.x) + xy * (a.x * c.y + a.y * c.x) + yy * (a.y * c.y)
      return mixed.mapped(p, q)
    }
    let (k, l, m) = (block(ex, ex), block(ex, ey), block(ey, ey))
    let sum = (k.yy + m.xx) / 4
    func root(_ variance: Double) -> Double { max(0, variance).squareRoot() }
    return SIMD4(root(k.xx), root(m.yy), root(sum + l.xy / 2), root(sum - l.xy / 2))
  }
}
