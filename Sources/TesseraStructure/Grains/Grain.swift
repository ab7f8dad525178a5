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

  /// - Parameters:
  ///   - lattice: with one entry of `nodes` for each site of the image.
  ///   - frames: of the indexed sites, in their order; nil: they are not known.
  public init(_ lattice: Lattice, frames: [LocalFrame?]? = nil) {
    let (u, v) = (lattice.grid.u, lattice.grid.v)
    let period = lattice.grid.rotationPeriod
    // Of two equally short vectors neither is the first; the mirror line between them is the same in every grain.
    let isRhombic = period == .pi && abs(u.length - v.length) < 0.01 * u.length
    let diagonal = u.dot(v) > 0 ? u - v : u + v
    let angle = (isRhombic ? diagonal : u.length <= v.length * (1 + 1e-9) ? u : v).angle
    let sites = lattice.nodes.indices.filter { lattice.nodes[$0] != nil }
    self.init(
      lattice: lattice, orientation: angle - period * (angle / period).rounded(.down), period: period, sites: sites,
      frames: frames ?? [LocalFrame?](repeating: nil, count: sites.count))
  }

  init(lattice: Lattice, orientation: Double, period: Double, sites: [Int], frames: [LocalFrame?]) {
    (self.lattice, self.orientation, self.period) = (lattice, orientation, period)
    (self.sites, self.frames) = (sites, frames)
  }

  /// The smallest turn, in degrees, that carries the lattice of one grain onto that of another; those of one crystal may be
  /// distorted against each other by a little, and turns that do so equally well are not told apart. Between different lattices it is
  /// the angle between their shortest vectors, reduced by the symmetry of this one, and means little.
  public func misorientation(to other: Grain) -> Double {
    let turns = lattice.grid.turns(onto: other.lattice.grid)
    if let least = turns.map(\.distortion).min(), least <= Self.largestDistortion {
      let equal = turns.filter { $0.distortion <= least + CellGrid.symmetryTolerance }
      return equal.map { abs($0.turn) }.min()! * 180 / .pi
    }
    let d = orientation - other.orientation
    return abs(d - period * (d / period).rounded()) * 180 / .pi
  }

  /// Lattices that no turn carries onto each other with less distortion are of different crystals.
  private static let largestDistortion = 0.1
}
