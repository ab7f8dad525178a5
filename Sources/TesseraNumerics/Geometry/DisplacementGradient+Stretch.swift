import Foundation

extension DisplacementGradient {
  /// The left polar decomposition of the deformation F = 1 + grad u,
  ///
  ///     F = V R(θ),   θ = atan2(F_yx - F_xy, F_xx + F_yy),   V = F R(θ)ᵀ:
  ///
  /// a turn, and a symmetric stretch after it, along axes that stay where they are. Without a mirror, det F > 0. Source: Malvern,
  /// Introduction to the Mechanics of a Continuous Medium (1969), section 4.6.
  ///
  /// Components of V - 1 without a unit, the turn θ from +x towards +y in radians, -π ... π.
  public var stretchAfterTurn: (turn: Double, exx: Double, eyy: Double, exy: Double) {
    let (fxx, fyy) = (xx + 1, yy + 1)
    let turn = atan2(yx - xy, fxx + fyy)
    let (c, s) = (cos(turn), sin(turn))
    return (turn, c * fxx - s * xy - 1, s * yx + c * fyy - 1, (s * fxx + c * xy + c * yx - s * fyy) / 2)
  }
}
