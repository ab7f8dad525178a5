import Foundation
import TesseraNumerics

/// A table of six rows over the monomials of one column, or over its unknowns; the lanes are those of another one.
struct MonomialRows {
  private typealias Row = SIMD8<Float>
  private(set) var rows: (SIMD8<Float>, SIMD8<Float>, SIMD8<Float>, SIMD8<Float>, SIMD8<Float>, SIMD8<Float>)

  /// The moments, up to degree 4, of all products of two monomials, times a factor.
  init(_ moments: UnsafePointer<Double>, factor: Double) {
    @inline(__always) func m(_ i: Int) -> Float { Float(factor * moments[i]) }
    let (x, y, xx, xy, yy) = (m(1), m(2), m(3), m(4), m(5))
    let (xxx, xxy, xyy, yyy) = (m(6), m(7), m(8), m(9))
    let (xxxy, xxyy, xyyy) = (m(11), m(12), m(13))
    rows = (
      Row(m(0), x, y, xx, xy, yy, 0, 0), Row(x, xx, xy, xxx, xxy, xyy, 0, 0), Row(y, xy, yy, xxy, xyy, yyy, 0, 0),
      Row(xx, xxx, xxy, m(10), xxxy, xxyy, 0, 0), Row(xy, xxy, xyy, xxxy, xxyy, xyyy, 0, 0),
      Row(yy, xyy, yyy, xxyy, xyyy, m(14), 0, 0)
    )
  }

  /// Monomials of e become those of d = e + shift.
  @inline(__always) mutating func shift(by shift: Point) {
    let (x, y) = (Float(shift.x), Float(shift.y))
    rows.3 += (2 * x) * rows.1 + (x * x) * rows.0
    rows.4 += x * rows.2 + y * rows.1 + (x * y) * rows.0
    rows.5 += (2 * y) * rows.2 + (y * y) * rows.0
    rows.1 += x * rows.0
    rows.2 += y * rows.0
  }

  /// Monomials become unknowns.
  /// - Parameters:
  ///   - weights: for each unknown its weight of each monomial; the first three are of degree 0, 1 and 1.
  ///   - count: of unknowns, 4 or 6.
  @inline(__always) mutating func combine(_ weights: UnsafePointer<SIMD8<Float>>, count: Int) {
    let (r, w) = (rows, weights)
    @inline(__always) func place(_ w: SIMD8<Float>) -> SIMD8<Float> {
      let sum: SIMD8<Float> = w[1] * r.1 + w[2] * r.2
      return w[0] * r.0 + sum
    }
    @inline(__always) func whole(_ w: SIMD8<Float>) -> SIMD8<Float> {
      let low: SIMD8<Float> = w[0] * r.0 + w[1] * r.1 + w[2] * r.2
      let high: SIMD8<Float> = w[3] * r.3 + w[4] * r.4 + w[5] * r.5
      return low + high
    }
    rows.0 = w[0][0] * r.0
    rows.1 = place(w[1])
    rows.2 = place(w[2])
    rows.3 = whole(w[3])
    (rows.4, rows.5) = count == 6 ? (whole(w[4]), whole(w[5])) : (.zero, .zero)
  }

  /// Rows become lanes.
  @inline(__always) mutating func transpose() {
    let r = rows
    @inline(__always) func lane(_ i: Int) -> SIMD8<Float> {
      Row(r.0[i], r.1[i], r.2[i], r.3[i], r.4[i], r.5[i], 0, 0)
    }
    rows = (lane(0), lane(1), lane(2), lane(3), lane(4), lane(5))
  }
}
