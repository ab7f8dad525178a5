/// Sums of f dyʲ, j = 0 ... degree, over the pixels of a strip, lane by lane. The degree is a literal where this is called, so that what
/// it leaves out costs nothing.
struct PowerSums {
  private var s0 = SIMD4<Float>.zero
  private var s1 = SIMD4<Float>.zero
  private var s2 = SIMD4<Float>.zero
  private var s3 = SIMD4<Float>.zero
  private var s4 = SIMD4<Float>.zero

  @inline(__always) mutating func add(_ value: SIMD4<Float>, _ dy: SIMD4<Float>, degree: Int) {
    var term = value
    s0 += term
    term *= dy
    s1 += term
    term *= dy
    s2 += term
    if degree > 2 {
      term *= dy
      s3 += term
    }
    if degree > 3 { s4 += term * dy }
  }

  /// Adds the moments Σ f dxⁱ dyʲ, i + j <= degree, to sums in the order of `Moment`, and begins anew.
  @inline(__always) mutating func move(to sums: UnsafeMutablePointer<SIMD4<Float>>, dx: SIMD4<Float>, degree: Int) {
    Moment.add(s0, s1, s2, s3, s4, dx: dx, degree: degree, to: sums)
    self = PowerSums()
  }
}
