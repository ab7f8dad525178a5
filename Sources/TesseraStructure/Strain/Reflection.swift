import TesseraNumerics

/// A Bragg reflection of an image.
public struct Reflection: Sendable, Codable, Equatable {
  /// In cycles per pixel; y down.
  public var frequency: Point
  /// Power at the summit over the power of the ring it lies on, mean over 3 x 3 coefficients.
  public var contrast: Double
  /// Power above the ring's within a disc of 0.06 |g| around it, in squared units of the spectrum.
  public var strength: Double
}
