import TesseraNumerics

/// The core of a dislocation that runs along the beam.
public struct Dislocation: Sendable, Equatable, Codable {
  /// Middle of the smallest loops that do not close, in pixels.
  public var position: Point
  /// How far the core may be from there, in pixels: half a lattice vector at least.
  public var positionError: Double
  /// Burgers vector in units of the grain's lattice vectors u and v.
  public var u, v: Int
  /// The same in pixels, on the undistorted lattice of the grain.
  public var burgers: Point
  /// Number of the grain, from 1.
  public var grain: Int
  /// Columns on the circuit around the core that was checked.
  public var circuitLength: Int
}
