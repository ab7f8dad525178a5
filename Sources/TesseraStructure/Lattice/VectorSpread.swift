import TesseraNumerics

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
