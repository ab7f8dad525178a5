import TesseraNumerics

/// An atom column as the probe meets it.
public struct ImagedColumn: Sendable, Equatable {
  /// Place in pixels.
  public var position: Point
  /// Height of its Gaussian; only ratios between columns matter.
  public var weight: Double

  /// - Parameters:
  ///   - position: in pixels.
  ///   - weight: height of the Gaussian in any unit, the same for all columns of a scene.
  public init(position: Point, weight: Double) {
    self.position = position
    self.weight = weight
  }
}
