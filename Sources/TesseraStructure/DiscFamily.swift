import Foundation
import TesseraNumerics

/// Sets of orthogonal functions on the unit disc, for comparison with Zernike's. Source: M22, Fig. S8.
public enum DiscFamily: String, Sendable, Codable, CaseIterable {
  /// N(p, q) R(p, |q|; ρ), |q| = p, p - 2, ... : see `ZernikeTerm`.
  case zernike
  /// The pseudo-Zernike polynomials, all |q| <= p:
  ///
  ///     R(p, q; ρ) = Σₖ (−1)ᵏ (2p+1−k)! / [k! (p+q+1−k)! (p−q−k)!] ρᵖ⁻ᵏ,   k = 0 … p−q.
  ///
  /// Source: Teh & Chin, IEEE Trans. Pattern Anal. Mach. Intell. 10 (1988) 496, Eq. 15. The sum keeps ten digits at p = 10.
  case pseudoZernike
  /// J(|q|; λ ρ) with λ a zero of the Bessel function, so that all functions vanish at the rim; by rising λ.
  case fourierBessel

  /// The first functions, at most `count`: whole radial orders of the polynomials, both waves of each q.
  public func functions(count: Int) -> [DiscFunction] {
    switch self {
    case .zernike:
      var order = 0
      while ZernikeTerm.count(order: order + 1) <= count { order += 1 }
      return ZernikeTerm.all(order: order).map { DiscFunction(family: self, radialOrder: $0.p, q: $0.q, zero: 0) }
    case .pseudoZernike:
      let order = max(0, Int(Double(count).squareRoot()) - 1)
      return (0...order).flatMap { p in
        (-p...p).map { DiscFunction(family: self, radialOrder: p, q: $0, zero: 0) }
      }
    case .fourierBessel:
      // Zeros rise by about pi with n and by about one with q.
      let reach = 2 * Int(Double(count).squareRoot()) + 2
      let zeros = (0...reach).flatMap { q in
        besselZeros(order: q, count: reach / 2 + 1).enumerated().map { (zero: $1, n: $0 + 1, q: q) }
      }.sorted { $0.zero < $1.zero }
      var chosen: [DiscFunction] = []
      for (zero, n, q) in zeros where chosen.count + (q == 0 ? 1 : 2) <= count {
        for wave in q == 0 ? [0] : [-q, q] {
          chosen.append(DiscFunction(family: self, radialOrder: n, q: wave, zero: zero))
        }
      }
      return chosen
    }
  }
}

/// One function on the unit disc; its square integrates to π.
public struct DiscFunction: Sendable, Equatable {
  public let family: DiscFamily
  /// p of the polynomials, the number of the zero (from 1) of a Bessel function.
  public let radialOrder: Int
  /// Angular order: cosines for q >= 0, sines for q < 0.
  public let q: Int
  /// λ of a Bessel function.
  let zero: Double

  /// The value at a point; `rho` 0 ... 1, the angle from +x towards +y.
  public func value(rho: Double, angle: Double) -> Double {
    let m = abs(q)
    let radial: Double
    switch family {
    case .zernike:
      radial =
        ZernikeTerm(p: radialOrder, q: q).normalisation
        * zernikeRadials(order: radialOrder, at: rho)[radialOrder * (radialOrder + 1) + m]
    case .pseudoZernike:
      radial = (Double(2 * (radialOrder + 1)) / (q == 0 ? 2 : 1)).squareRoot() * pseudoRadial(radialOrder, m, rho)
    case .fourierBessel:
      radial = jn(Int32(m), zero * rho) * (q == 0 ? 1 : 2.0.squareRoot()) / abs(jn(Int32(m + 1), zero))
    }
    return radial * circularWave(order: q, angle: angle)
  }
}

private func pseudoRadial(_ p: Int, _ q: Int, _ rho: Double) -> Double {
  func factorial(_ n: Int) -> Double { tgamma(Double(n + 1)) }
  return (0...p - q).reduce(0) { sum, k in
    let below = factorial(k) * factorial(p + q + 1 - k) * factorial(p - q - k)
    return sum + (k.isMultiple(of: 2) ? 1 : -1) * factorial(2 * p + 1 - k) / below * pow(rho, Double(p - k))
  }
}

/// The first positive zeros of J(order; x), by stepping and bisection.
private func besselZeros(order: Int, count: Int) -> [Double] {
  var zeros: [Double] = []
  // Neighbouring zeros lie more than two apart; the first lies beyond the order.
  var left = max(0.5, Double(order))
  while zeros.count < count {
    let right = left + 0.5
    if (jn(Int32(order), left) < 0) != (jn(Int32(order), right) < 0) {
      var (low, high) = (left, right)
      for _ in 0..<60 {
        let middle = (low + high) / 2
        if (jn(Int32(order), low) < 0) == (jn(Int32(order), middle) < 0) { low = middle } else { high = middle }
      }
      zeros.append((low + high) / 2)
    }
    left = right
  }
  return zeros
}

/// Describes patches by least squares in one of the families.
public struct DiscDescriptor: Sendable, Codable, Equatable {
  public var family: DiscFamily
  /// Largest number of functions; positive.
  public var termCount = 66
  public init(family: DiscFamily) { self.family = family }

  /// Features of plain patches, one row of `side * side` pixels each, centred in their squares. One matrix product,
  /// after O(side² terms²) for the pseudo-inverse.
  public func features(ofRows patches: Matrix<Float>, side: Int) throws(ParameterError) -> Matrix<Float> {
    let sampled = try samples(patches, side: side)
    guard let inverse = sampled.gram.pseudoInverse() else { return Matrix(rows: 0, columns: 0, filling: 0) }
    return patches.times(sampled.times(inverse).map { Float($0) })
  }

  /// Plain patches as these functions describe them; 0 outside the disc.
  public func reconstructions(ofRows patches: Matrix<Float>, side: Int) throws(ParameterError) -> Matrix<Float> {
    let sampled = try samples(patches, side: side)
    return try features(ofRows: patches, side: side).times(sampled.map { Float($0) }, transposingRight: true)
  }

  /// The functions at each pixel of a square, one row a pixel; 0 outside the disc.
  private func samples(_ patches: Matrix<Float>, side: Int) throws(ParameterError) -> Matrix<Double> {
    try require(termCount >= 1, "disc functions: number of terms", is: termCount, mustBe: "1 or more")
    try require(
      patches.columns == side * side, "disc functions: pixels a patch", is: patches.columns, mustBe: "\(side) x \(side)"
    )
    let functions = family.functions(count: termCount)
    let middle = side.isMultiple(of: 2) ? Point(-0.5, -0.5) : .zero
    var values: [Double] = []
    values.reserveCapacity(side * side * functions.count)
    for pixel in PixelRuns(square: side).pixels {
      let place = (Point(Double(pixel.x), Double(pixel.y)) - middle) / (Double(side) / 2)
      values += functions.map { place.squaredLength < 1 ? $0.value(rho: place.length, angle: place.angle) : 0 }
    }
    return Matrix(rows: side * side, columns: functions.count, values: values)
  }
}
