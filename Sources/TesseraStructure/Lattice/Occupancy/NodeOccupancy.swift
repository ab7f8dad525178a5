/// How much of what its sublattice holds a lattice node holds: 0 where it is empty, 1 where it is full.
public struct NodeOccupancy: Sendable, Equatable {
  /// Height at the node over the median height of the nearest columns of its sublattice.
  public var share: Double
  /// Standard error of `share`: the fit's, that of the median, and what full nodes scatter by beyond.
  public var error: Double
  /// Whether the node is full (`column`), partly filled or vacant.
  public var kind: Site.Kind
  /// That the node is of this kind, 0 ... 1.
  public var probability: Double

  /// - Parameters:
  ///   - share: height at the node over that of its sublattice.
  ///   - error: standard error of `share`.
  ///   - kind: full, partly filled or vacant.
  ///   - probability: that it is of this kind, 0 ... 1.
  public init(share: Double, error: Double, kind: Site.Kind, probability: Double) {
    (self.share, self.error, self.kind, self.probability) = (share, error, kind, probability)
  }
}
