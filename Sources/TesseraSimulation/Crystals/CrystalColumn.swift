import TesseraNumerics

/// One column of a crystal's cell, seen from above.
public struct CrystalColumn: Sendable, Codable, Equatable {
  /// Place in the cell, in fractions of both lattice vectors.
  public var place: Point
  /// The atoms on top of one another in one repeat along the beam, e.g. `["Se", "Se"]`.
  public var atoms: [String]
  /// Which of the crystal's positions this is.
  public var sublattice: String
  /// Height of the column's Gaussian: the sum of Z^1.7 over its atoms.
  public var weight: Double

  /// A column of real atoms. The symbols must be elements.
  init(_ x: Double, _ y: Double, _ atoms: [String], sublattice: String) {
    self.init(place: Point(x, y), atoms: atoms, sublattice: sublattice, weight: columnWeight(of: atoms))
  }

  /// A column of any weight.
  public init(place: Point, atoms: [String], sublattice: String, weight: Double) {
    self.place = place
    self.atoms = atoms
    self.sublattice = sublattice
    self.weight = weight
  }

  /// The atoms as one word: `Mo`, `Se2`, `TiO`.
  public var species: String { speciesName(of: atoms) }

  /// The element that a table names: the heaviest of the column.
  public var element: String {
    atoms.max { (Elements.atomicNumber(of: $0) ?? 0) < (Elements.atomicNumber(of: $1) ?? 0) } ?? ""
  }
}
