import Foundation

/// One Zernike polynomial, by its radial order p and its angular order q.
public struct ZernikeTerm: Sendable, Hashable, Codable {
  /// Radial order; not negative.
  public let p: Int
  /// Angular order, -p ... p in steps of two: cosines for q >= 0, sines for q < 0.
  public let q: Int

  /// - Parameters:
  ///   - p: radial order; not negative.
  ///   - q: angular order, -p ... p in steps of two; another value is a programming error.
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
