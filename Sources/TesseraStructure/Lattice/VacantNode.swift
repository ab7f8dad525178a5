/// A lattice node inside the crystal at which no column was found.
public struct VacantNode: Sendable, Equatable {
  /// Its place, of kind `vacant`.
  public var site: Site
  /// Its indices in the lattice of its grain.
  public var node: Lattice.Node
  /// The number of its grain, from 1.
  public var grain: Int
}
