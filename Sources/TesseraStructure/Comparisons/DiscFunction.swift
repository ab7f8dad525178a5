import Foundation
import TesseraNumerics

/// One function on the unit disc; its square integrates to π.
public struct DiscFunction: Sendable, Equatable {
  /// The family that the function belongs to.
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
