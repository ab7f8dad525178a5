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
