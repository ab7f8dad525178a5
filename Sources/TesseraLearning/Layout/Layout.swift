import TesseraNumerics

/// Points of the plane, one per sample, in which near means alike.
public struct Layout: Sendable, Equatable {
  /// One point per row of the feature matrix, in arbitrary units.
  public var points: [Point]
  /// A layout of these points, one for each sample.
  public init(points: [Point]) { self.points = points }
}
