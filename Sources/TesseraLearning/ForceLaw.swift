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

/// One coefficient of a force law, made ready for loops over pairs: eight pairs at once, the powers in use without `pow`.
struct ForceTerm: Sendable {
  enum Shape: Sendable {
    /// strength / (1 + dᵖ) for p = 0, 2, 4, 5 and any other p.
    case constant, square, fourth, fifth, power
    /// strength d²ᵖ⁻² / (1 + factor d²ᵖ).
    case umapAttraction
    /// strength / ((1 + factor d²ᵖ)(d² + guard)).
    case divided
  }

  let shape: Shape
  let strength, exponent, factor, guarding: Float

  init(_ shape: Shape, strength: Float, exponent: Float, factor: Float = 1, guarding: Float = 0) {
    self.shape = shape
    (self.strength, self.exponent) = (strength, exponent)
    (self.factor, self.guarding) = (factor, guarding)
  }

  /// strength / (1 + d^exponent).
  init(strength: Double, exponent: Double) {
    let shape: Shape =
      switch exponent {
      case 0: .constant
      case 2: .square
      case 4: .fourth
      case 5: .fifth
      default: .power
      }
    self.init(shape, strength: Float(strength), exponent: Float(exponent))
  }

  func value(at d2: Double) -> Double {
    let (c, p, a) = (Double(strength), Double(exponent), Double(factor))
    return switch shape {
    case .constant: c / 2
    case .square: c / (1 + d2)
    case .fourth: c / (1 + d2 * d2)
    case .fifth: c / (1 + d2 * d2 * d2.squareRoot())
    case .power: c / (1 + pow(d2, p / 2))
    case .umapAttraction: d2 > 0 ? c * pow(d2, p - 1) / (1 + a * pow(d2, p)) : 0
    case .divided: c / ((1 + a * (p == 1 ? d2 : pow(d2, p))) * (d2 + Double(guarding)))
    }
  }

  /// The same for eight squared distances. The branch is the same for all pairs of a layout and costs nothing.
  @inline(__always) func values(at d2: SIMD8<Float>) -> SIMD8<Float> {
    let one = SIMD8<Float>(repeating: 1)
    switch shape {
    case .constant: return SIMD8(repeating: strength / 2)
    case .square: return strength / (one + d2)
    case .fourth: return strength / (one + d2 * d2)
    case .fifth: return strength / (one + d2 * d2 * d2.squareRoot())
    case .power: return strength / (one + raised(d2, exponent / 2))
    case .umapAttraction:
      // With d²ᵇ⁻² = d²ᵇ / d² one power is enough.
      let power = raised(d2, exponent)
      return (strength * power / (d2 * (one + factor * power))).replacing(with: 0, where: d2 .<= 0)
    case .divided:
      let power = exponent == 1 ? d2 : raised(d2, exponent)
      return strength / ((one + factor * power) * (d2 + guarding))
    }
  }
}

private func raised(_ base: SIMD8<Float>, _ exponent: Float) -> SIMD8<Float> {
  var result = base
  for lane in 0..<8 { result[lane] = pow(base[lane], exponent) }
  return result
}
