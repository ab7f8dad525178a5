/// A lattice node inside the crystal at which no column was found.
public struct VacantNode: Sendable, Equatable {
  /// Its place, of kind `vacant`.
  public var site: Site
  /// Its indices in the lattice of its grain.
  public var node: Lattice.Node
  /// The number of its grain, from 1.
  public var grain: Int
  /// What the pixels show there; nil where they were not asked.
  public var seen: Seen?

  /// A height at an empty node, in the image's units.
  public struct Seen: Sendable, Equatable {
    /// What is there, and what such a fit errs by.
    public var height, error: Double
    /// What a full node of the sublattice would show.
    public var full: Double
  }
}
