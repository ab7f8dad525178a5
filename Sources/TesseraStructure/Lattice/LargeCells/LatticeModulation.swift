import Foundation
import TesseraNumerics

/// Waves of displacement that run through a lattice with periods of their own: what columns do beside sitting on their nodes.
///
///     d(r) = Σ (a cos 2πq·r + b sin 2πq·r),   r the place of the node
///
/// with one wave after the other taken from the periodogram of the displacements as long as it stands out of the noise, and all of
/// them fitted together with the mean place of each basis column and the mean lattice.
public struct LatticeModulation: Sendable, Equatable {
  /// One plane wave of displacements.
  public struct Wave: Sendable, Equatable {
    /// In cycles per pixel; the half with y > 0, or y = 0 and x > 0.
    public var frequency: Point
    /// Standard error along the axis where it is largest, in cycles per pixel.
    public var frequencyError: Double
    /// Displacement in phase with the cosine and the sine of 2πq·(r - origin of the lattice), in pixels.
    public var cosine, sine: Point
    /// Standard error of each of the four numbers, in pixels.
    public var error: Double

    /// Largest displacement, in pixels: the long half axis of the ellipse that a column runs through.
    public var amplitude: Double {
      let (p, q) = ((cosine.squaredLength + sine.squaredLength) / 2, cosine.cross(sine))
      return (p + max(0, p * p - q * q).squareRoot()).squareRoot()
    }
    /// Direction of the largest displacement from +x towards +y, in radians, -π/2 ... π/2.
    public var direction: Double {
      let xx = cosine.x * cosine.x + sine.x * sine.x
      let yy = cosine.y * cosine.y + sine.y * sine.y
      return atan2(2 * (cosine.x * cosine.y + sine.x * sine.y), xx - yy) / 2
    }
    /// Length of the period in pixels.
    public var period: Double { 1 / frequency.length }
  }

  /// By falling amplitude.
  public var waves: [Wave]
  /// Standard deviation along one axis of the columns from where lattice and waves put them, in pixels.
  public var residual: Double
}
