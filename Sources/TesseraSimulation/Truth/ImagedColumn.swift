import TesseraNumerics

/// An atom column as the probe meets it.
public struct ImagedColumn: Sendable, Equatable {
  /// Place in pixels.
  public var position: Point
  /// Height of its Gaussian; only ratios between columns matter.
  public var weight: Double

  public init(position: Point, weight: Double) {
    self.position = position
    self.weight = weight
  }
}
