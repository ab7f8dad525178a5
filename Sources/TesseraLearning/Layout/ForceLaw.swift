import Foundation

/// Pair forces of a layout, as functions of the distance d of two points.
///
/// A force is the coefficient times the difference of the two points: neighbours attract each other by
/// `attraction · (yⱼ - yᵢ)`, others repel by `repulsion · (yᵢ - yⱼ)`.
public enum ForceLaw: Sendable, Codable, Equatable {
  /// The two-stage layout's own law,
  ///
  ///     fₐ = α / (1 + dⁿ),    fᵣ = β / (1 + dᵐ).
  ///
  /// α, β > 0; n, m >= 0. Source: H20 and M22, methods ("force-relaxed clustering").
  case relaxed(alpha: Double, beta: Double, n: Double, m: Double)
  /// LargeVis with f(d) = 1 / (1 + d²) and γ = 7,
  ///
  ///     fₐ = 2 / (1 + d²),    fᵣ = 2 · 7 / ((1 + d²)(d² + 0.1)).
  ///
  /// Source: Tang et al., WWW 2016 (arXiv 1602.00370), eq. 6 and §3.2.2; the 0.1 is that of its program.
  case largeVis
  /// UMAP: the gradient of its fuzzy cross-entropy,
  ///
  ///     fₐ = 2ab d²ᵇ⁻² / (1 + a d²ᵇ),    fᵣ = 2b / ((1 + a d²ᵇ)(d² + 0.001)).
  ///
  /// a, b > 0; 1.58 and 0.90 fit a minimum distance of 0.1. Source: McInnes et al., arXiv 1802.03426, §4.2.
  /// At d = 0 the attraction diverges for b < 1 and is taken as 0; its product with the difference tends to 0 where
  /// b > 1/2.
  case umap(a: Double, b: Double)

  /// Stage 1 of the published layout, which spreads the points out.
  public static let spreading = ForceLaw.relaxed(alpha: 1, beta: 1, n: 0, m: 2)
  /// Stage 2 of the published layout, which draws classes together.
  public static let coalescing = ForceLaw.relaxed(alpha: 5, beta: 1, n: 2, m: 5)

  /// Coefficient of the attraction at the squared distance d², 0 or more.
  public func attraction(squaredDistance d2: Double) -> Double { attractionTerm.value(at: d2) }
  /// Coefficient of the repulsion at the squared distance d², 0 or more.
  public func repulsion(squaredDistance d2: Double) -> Double { repulsionTerm.value(at: d2) }

  var attractionTerm: ForceTerm {
    switch self {
    case .relaxed(let alpha, _, let n, _): ForceTerm(strength: alpha, exponent: n)
    case .largeVis: ForceTerm(strength: 2, exponent: 2)
    case .umap(let a, let b):
      ForceTerm(.umapAttraction, strength: Float(2 * a * b), exponent: Float(b), factor: Float(a))
    }
  }

  var repulsionTerm: ForceTerm {
    switch self {
    case .relaxed(_, let beta, _, let m): ForceTerm(strength: beta, exponent: m)
    case .largeVis: ForceTerm(.divided, strength: 14, exponent: 1, factor: 1, guarding: 0.1)
    case .umap(let a, let b):
      ForceTerm(.divided, strength: Float(2 * b), exponent: Float(b), factor: Float(a), guarding: 0.001)
    }
  }
}
