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
