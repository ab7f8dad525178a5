import TesseraNumerics

/// A place at which the map of a network says that a column stands.
public struct MapCandidate: Sendable, Equatable {
  /// To a fraction of a pixel.
  public var position: Point
  /// The map's value at the maximum: 0 ... 1 where the output is a sigmoid. How often such a candidate is a column the
  /// model's `calibration` says.
  public var value: Double

  /// A candidate at a place in pixels of the map.
  public init(position: Point, value: Double) { (self.position, self.value) = (position, value) }
}
