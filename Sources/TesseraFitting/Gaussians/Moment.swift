/// Moments of a plane in the order 1, dx, dy, dx², dx dy, dy², dx³, ...: by degree, then by the power of dy.
enum Moment {
  /// Where the moment dxⁱ dyʲ stands.
  @inline(__always) static func index(_ i: Int, _ j: Int) -> Int { (i + j) * (i + j + 1) / 2 + j }

  /// Powers (i, j) of the monomials up to degree 2.
  static let powers: [(i: Int, j: Int)] = [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]

  /// For each monomial up to degree 2 the index of its product with dx, and with dy.
  static let timesX = powers.map { index($0.i + 1, $0.j) }
  static let timesY = powers.map { index($0.i, $0.j + 1) }

  /// For each two monomials up to degree 2 the index of their product, row-major 6 x 6.
  static let products: [Int] = powers.flatMap { a in powers.map { b in index(a.i + b.i, a.j + b.j) } }

  /// The moments up to degree 4 of a whole Gaussian about its centre, its integral being `mass`.
  static func write(
    gaussian c: (xx: Double, xy: Double, yy: Double), mass: Double, to sums: UnsafeMutablePointer<Double>
  ) {
    sums.update(repeating: 0, count: 15)
    sums[0] = mass
    (sums[3], sums[4], sums[5]) = (mass * c.xx, mass * c.xy, mass * c.yy)
    (sums[10], sums[11]) = (3 * mass * c.xx * c.xx, 3 * mass * c.xx * c.xy)
    sums[12] = mass * (c.xx * c.yy + 2 * c.xy * c.xy)
    (sums[13], sums[14]) = (3 * mass * c.xy * c.yy, 3 * mass * c.yy * c.yy)
  }

  /// Adds a strip's sums of dyʲ, times dxⁱ, for i + j up to a degree, lane by lane.
  @inline(__always) static func add(
    _ a: SIMD4<Float>, _ b: SIMD4<Float>, _ c: SIMD4<Float>, _ d: SIMD4<Float>, _ e: SIMD4<Float>, dx: SIMD4<Float>,
    degree: Int, to sums: UnsafeMutablePointer<SIMD4<Float>>
  ) {
    var (a, b, c, d) = (a, b, c, d)
    // With each power of dx the highest power of dy falls away.
    sums[0] += a
    sums[2] += b
    sums[5] += c
    if degree > 2 { sums[9] += d }
    if degree > 3 { sums[14] += e }
    (a, b, c, d) = (a * dx, b * dx, c * dx, d * dx)
    sums[1] += a
    sums[4] += b
    if degree > 2 { sums[8] += c }
    if degree > 3 { sums[13] += d }
    (a, b, c) = (a * dx, b * dx, c * dx)
    sums[3] += a
    if degree > 2 { sums[7] += b }
    if degree > 3 { sums[12] += c }
    if degree > 2 {
      (a, b) = (a * dx, b * dx)
      sums[6] += a
      if degree > 3 {
        sums[11] += b
        sums[10] += a * dx
      }
    }
  }
}
