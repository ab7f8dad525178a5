import Foundation

/// Zernike's radial polynomials of all orders up to a limit at one radius,
///
///     R(p, q; ρ) = Σₖ (−1)ᵏ (p−k)! / [k! ((p+q)/2−k)! ((p−q)/2−k)!] ρᵖ⁻²ᵏ,   k = 0 … (p−q)/2,
///
/// scaled so that R(p, q; 1) = 1. The alternating sum loses digits above p = 20, so the values come from the recurrence
///
///     R(p, q) = ρ [R(p−1, |q−1|) + R(p−1, q+1)] − R(p−2, q),
///
/// which keeps an error below 1e-13 at p = 30. Sources: Born & Wolf, Principles of Optics (7th ed.), §9.2.1; Shakibaei &
/// Paramesran, Opt. Lett. 38 (2013) 2487. O(order²).
///
/// - Parameters:
///   - order: largest p; not negative.
///   - rho: radius in units of the disc's radius, 0 ... 1.
/// - Returns: R(p, q) at index `p * (order + 1) + q` for 0 <= q <= p with p - q even; zero elsewhere.
package func zernikeRadials(order: Int, at rho: Double) -> [Double] {
  precondition(order >= 0)
  let width = order + 1
  var values = [Double](repeating: 0, count: width * width)
  values[0] = 1
  for p in stride(from: 1, through: order, by: 1) {
    for q in stride(from: p % 2, through: p, by: 2) {
      let above = q + 1 <= p - 1 ? values[(p - 1) * width + q + 1] : 0
      let before = q <= p - 2 ? values[(p - 2) * width + q] : 0
      values[p * width + q] = rho * (values[(p - 1) * width + abs(q - 1)] + above) - before
    }
  }
  return values
}

/// One Zernike polynomial, by its radial order p and its angular order q.
public struct ZernikeTerm: Sendable, Hashable, Codable {
  /// Radial order; not negative.
  public let p: Int
  /// Angular order, -p ... p in steps of two: cosines for q >= 0, sines for q < 0.
  public let q: Int

  public init(p: Int, q: Int) {
    precondition(p >= 0 && abs(q) <= p && (p - q).isMultiple(of: 2), "no Zernike polynomial has p = \(p), q = \(q)")
    (self.p, self.q) = (p, q)
  }

  /// The single index j = (p (p + 2) + q) / 2: (0, 0) is 0, (3, -3) is 6, (10, 10) is 65.
  public var index: Int { (p * (p + 2) + q) / 2 }

  /// N(p, q) = √(2 (p + 1) / (1 + δ(q, 0))), with which the square integrates to π over the unit disc.
  public var normalisation: Double { (Double(2 * (p + 1)) / (q == 0 ? 2 : 1)).squareRoot() }

  /// The number of terms with p <= `order`: 66 for 10, 136 for 15.
  public static func count(order: Int) -> Int { (order + 1) * (order + 2) / 2 }

  /// All terms with p <= `order`, by rising index.
  public static func all(order: Int) -> [ZernikeTerm] {
    (0...order).flatMap { p in stride(from: -p, through: p, by: 2).map { ZernikeTerm(p: p, q: $0) } }
  }
}

/// The polynomials Z(p, q) = N(p, q) R(p, |q|; ρ) cos(qθ), or sin(|q|θ) for q < 0, of all orders up to a limit at one
/// point of the unit disc, by rising index. Angles turn from +x towards +y. Source: M22, Methods. O(order²).
package func zernikePolynomials(order: Int, atRadius rho: Double, angle theta: Double) -> [Double] {
  let radials = zernikeRadials(order: order, at: rho)
  return ZernikeTerm.all(order: order).map { term in
    term.normalisation * radials[term.p * (order + 1) + abs(term.q)] * circularWave(order: term.q, angle: theta)
  }
}

/// cos(qθ), or sin(|q|θ) for q < 0.
package func circularWave(order q: Int, angle theta: Double) -> Double {
  q >= 0 ? cos(Double(q) * theta) : sin(Double(-q) * theta)
}
