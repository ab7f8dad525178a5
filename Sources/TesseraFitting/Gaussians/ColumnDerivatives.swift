import TesseraNumerics

/// The derivatives of a column by its unknowns, each G = g / A times a polynomial of degree 2 in (dx, dy):
///
///     height  1        x  A (p dx + q dy)        y  A (q dx + r dy)
///     p  -A dx² / 2    q  -A dx dy               r  -A dy² / 2          (elliptical)
///     1 / sigma²  -A (dx² + dy²) / 2                                    (round)
///
/// Polynomials and moments stand in the order of `Moment`; the lanes of a vector are monomials or unknowns.
struct ColumnDerivatives {
  /// How many unknowns: 4, or 6 if elliptical.
  let count: Int
  private let xx, xy, yy, half: Double

  /// - Parameter showsWidth: else the derivatives by the widths are zero.
  init(of column: GaussianColumn, isElliptical: Bool, showsWidth: Bool) {
    count = isElliptical ? 6 : 4
    (xx, xy, yy) = (column.amplitude * column.p, column.amplitude * column.q, column.amplitude * column.r)
    half = showsWidth ? -0.5 * column.amplitude : 0
  }

  /// The polynomial of an unknown.
  func polynomial(_ unknown: Int) -> SIMD8<Double> {
    switch unknown {
    case 0: SIMD8(1, 0, 0, 0, 0, 0, 0, 0)
    case 1: SIMD8(0, xx, xy, 0, 0, 0, 0, 0)
    case 2: SIMD8(0, xy, yy, 0, 0, 0, 0, 0)
    case 3: SIMD8(0, 0, 0, half, 0, count == 4 ? half : 0, 0, 0)
    case 4: SIMD8(0, 0, 0, 0, 2 * half, 0, 0, 0)
    default: SIMD8(0, 0, 0, 0, 0, half, 0, 0)
    }
  }

  /// From one value per monomial, one per unknown.
  @inline(__always) func combined(_ v: SIMD8<Double>) -> SIMD8<Double> {
    SIMD8(
      v[0], xx * v[1] + xy * v[2], xy * v[1] + yy * v[2], half * (count == 4 ? v[3] + v[5] : v[3]),
      count == 4 ? 0 : 2 * half * v[4], count == 4 ? 0 : half * v[5], 0, 0)
  }

  /// From the moments of products of two monomials the sums over products of two derivatives, a row an unknown.
  /// - Parameter rows: room for six; overwritten.
  func products(of moments: UnsafePointer<Double>, into rows: UnsafeMutablePointer<SIMD8<Double>>) {
    func row(_ monomial: Int) -> SIMD8<Double> {
      let table = Moment.products.span
      var row = SIMD8<Double>.zero
      for m in 0..<6 { row[m] = moments[table[6 * monomial + m]] }
      return combined(row)
    }
    let (x, y) = (row(1), row(2))
    rows[0] = row(0)
    rows[1] = xx * x + xy * y
    rows[2] = xy * x + yy * y
    if count == 4 {
      rows[3] = half * (row(3) + row(5))
    } else {
      (rows[3], rows[4], rows[5]) = (half * row(3), 2 * half * row(4), half * row(5))
    }
  }
}
