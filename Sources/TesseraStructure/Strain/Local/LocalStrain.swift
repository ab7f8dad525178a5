import Foundation
import TesseraImaging
import TesseraNumerics

/// The strain at one place.
public struct LocalStrain: Sendable, Equatable {
  /// Gradient of the displacement on the reference lattice; it holds exx, eyy, exy and rotation.
  public var gradient: DisplacementGradient
  /// Standard errors of exx, eyy, exy and rotation; NaN where unknown.
  public var errors: SIMD4<Double>
}

extension LatticeField.Local {
  func strain(from reference: LatticeVectors, axis: Double, hasErrors: Bool) -> LocalStrain {
    LocalStrain(
      gradient: vectors.gradient(from: reference).rotated(by: -axis),
      errors: hasErrors ? spread.errors(from: reference, axis: axis) : SIMD4(repeating: .nan))
  }
}
