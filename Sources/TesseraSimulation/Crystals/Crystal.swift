import Foundation
import TesseraNumerics

/// A perfect crystal, projected along the beam.
public struct Crystal: Sendable, Codable, Equatable {
  /// Name of the crystal; those of the library are chosen by it (`SimulationOptions.crystal`).
  public var name: String
  /// Lattice vectors in nm, before the specimen is turned; `x` right, `y` down.
  public var a, b: Point
  /// The atom columns of one cell.
  public var columns: [CrystalColumn]
  /// Sublattices whose atoms may be missing, and those whose atoms dopants replace.
  public var vacancySublattices, dopantSublattices: [String]
  /// Dopants that replace one atom of a column only, by the sublattice where they do; nil: every dopant replaces the heaviest
  /// atoms of the columns of `dopantSublattices`.
  public var singleDopants: [String: String]?
  /// The power of Z that the detector sees; nil: 1.7, for high angles.
  public var exponent: Double?
  /// Two sublattices whose atoms may change places; empty if there are no such two.
  public var antisitePair: [String]
  /// Standard deviation of a column, in nm, in the images that such a crystal is usually seen in: narrower where columns
  /// stand close.
  public var columnSigma = 0.0548

  /// A crystal from its cell, seen along the beam.
  /// - Parameters:
  ///   - name: of the crystal; those of the library are chosen by it.
  ///   - a: first lattice vector, in nm.
  ///   - b: second lattice vector, in nm.
  ///   - columns: the atom columns of one cell; places in fractions of `a` and `b`.
  ///   - vacancySublattices: names of the sublattices whose atoms may be missing.
  ///   - dopantSublattices: names of the sublattices whose heaviest atoms dopants replace.
  ///   - antisitePair: names of the two sublattices that may exchange atoms, or none.
  public init(
    name: String, a: Point, b: Point, columns: [CrystalColumn], vacancySublattices: [String] = [],
    dopantSublattices: [String] = [], antisitePair: [String] = []
  ) {
    self.name = name
    self.a = a
    self.b = b
    self.columns = columns
    self.vacancySublattices = vacancySublattices
    self.dopantSublattices = dopantSublattices
    self.antisitePair = antisitePair
  }

  /// Place of a column of cell (0, 0), in nm.
  package func place(of column: CrystalColumn) -> Point { column.place.x * a + column.place.y * b }

  /// Columns around one column: relative place in nm, cell and index, nearest first; itself left out.
  func neighbours(of column: Int, within radius: Double) -> [(offset: Point, i: Int, j: Int, column: Int)] {
    let centre = place(of: columns[column])
    // Cells of the disc: its radius over the spacing of the planes, plus one for places inside the cell.
    let area = abs(a.cross(b))
    let (ni, nj) = (Int(radius * b.length / area) + 2, Int(radius * a.length / area) + 2)
    var found: [(offset: Point, i: Int, j: Int, column: Int)] = []
    for i in -ni...ni {
      for j in -nj...nj {
        for (index, other) in columns.enumerated() where (i, j, index) != (0, 0, column) {
          let offset = place(of: other) + Double(i) * a + Double(j) * b - centre
          if offset.length <= radius { found.append((offset, i, j, index)) }
        }
      }
    }
    return found.sorted { $0.offset.squaredLength < $1.offset.squaredLength }
  }

  /// Shortest distance between two columns, in nm.
  var shortestDistance: Double {
    columns.indices.flatMap { neighbours(of: $0, within: a.length + b.length).prefix(1).map(\.offset.length) }.min()
      ?? 0
  }
}

/// Sum of Z^n; atoms that are no elements count as 1.
func columnWeight(of atoms: [String], exponent: Double = 1.7) -> Double {
  atoms.reduce(0) { $0 + (Elements.scattering(of: $1, exponent: exponent) ?? 1) }
}

/// `["Se", "Se"]` -> `Se2`, `["Ti", "O"]` -> `TiO`.
func speciesName(of atoms: [String]) -> String {
  var name = ""
  var rest = atoms[...]
  while let first = rest.first {
    let run = rest.prefix { $0 == first }.count
    name += run > 1 ? "\(first)\(run)" : first
    rest = rest.dropFirst(run)
  }
  return name
}
