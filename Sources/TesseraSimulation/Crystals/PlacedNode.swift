import TesseraNumerics

/// One node of a placed crystal.
struct PlacedNode: Sendable {
  /// Place on the perfect lattice, in pixels.
  var ideal: Point
  /// How far the column is from there, in pixels; zero at a vacant node.
  var displacement: Point
  var sublattice: String
  var occupant: Occupant
  var environment, environmentOriented: String
  /// Atoms on top of one another, where the specimen says so.
  var atoms: Int?

  var position: Point { ideal + displacement }
}
