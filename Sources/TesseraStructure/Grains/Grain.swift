import TesseraNumerics

/// One crystal of an image that may hold several.
public struct Grain: Sendable {
  /// Its lattice; `nodes` has one entry for each site of the image, nil for those of other grains or off the lattice.
  public var lattice: Lattice
  /// Angle of the shortest lattice vector, 0 ..< the lattice's own period (60, 90 or 180 degrees), in radians.
  public var orientation: Double
  /// The turn that carries the lattice onto itself, in radians.
  public var period: Double
  /// Indexed sites, rising.
  public var sites: [Int]
  /// The lattice as each of `sites` sees it; nil where too few neighbours are met.
  public var frames: [LocalFrame?]

  /// Angle between the orientations of two grains, in degrees, reduced by the symmetry of the lattice: 0 ... period/2.
  /// It means little between grains of different lattices.
  public func misorientation(to other: Grain) -> Double {
    let d = orientation - other.orientation
    return abs(d - period * (d / period).rounded()) * 180 / .pi
  }
}
