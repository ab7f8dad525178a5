import Foundation
import TesseraNumerics

/// The window around a Bragg reflection through which geometric phase analysis sees it.
public struct PhaseMask: Sendable, Codable, Equatable {
  /// Transmission of the mask as a function of the distance k from the reflection; s is the radius of the mask.
  public enum Shape: String, Sendable, Codable, CaseIterable {
    /// exp(-k² / 2 s²), k the distance from the reflection.
    case gaussian
    /// cos²(π k / 2 s) up to k = s.
    case hann
  }
  /// Form of the window.
  public var shape = Shape.gaussian
  /// The Gaussian's standard deviation, or the radius at which Hann's window reaches zero, in units of the shorter |g|;
  /// nil: 0.1 and 0.25, which leave neighbouring reflections out.
  public var radius: Double?

  /// A Gaussian with a standard deviation of a tenth of |g|.
  public init() {}

  /// The radius used, in units of the shorter |g|.
  public var relativeRadius: Double { radius ?? (shape == .gaussian ? 0.1 : 0.25) }

  /// The mask for a reflection pair.
  func sized(_ g: Double) -> SizedMask { SizedMask(shape: shape, s: relativeRadius * g) }
}
