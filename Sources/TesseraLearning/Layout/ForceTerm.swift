import Foundation

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
