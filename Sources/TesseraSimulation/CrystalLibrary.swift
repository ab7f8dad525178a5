import Foundation
import TesseraNumerics

extension Crystal {
  /// A honeycomb of two columns a cell, `first` at the corner, `second` in the middle of a triangle.
  /// - Parameter constant: lattice constant in nm.
  static func honeycomb(name: String, constant: Double, first: CrystalColumn, second: CrystalColumn) -> Crystal {
    var columns = [first, second]
    columns[1].place = Point(1.0 / 3, 1.0 / 3)
    return Crystal(
      name: name, a: Point(constant, 0), b: Point(constant / 2, constant * 0.75.squareRoot()), columns: columns)
  }

  /// MoSe2 monolayer, 2H, along [001]. a = .3288 nm (bulk). Source: James & Lavik, Acta Cryst. 16 (1963) 1183.
  public static let mose2 = honeycomb(
    name: "mose2", constant: 0.3288, first: CrystalColumn(0, 0, "Mo", sublattice: "Mo"),
    second: CrystalColumn(0, 0, "Se", "Se", sublattice: "Se"))

  /// MoS2 monolayer, 2H, along [001]. a = .3161 nm. Source: Bronsema et al., Z. anorg. allg. Chem. 540 (1986) 15.
  public static let mos2 = honeycomb(
    name: "mos2", constant: 0.3161, first: CrystalColumn(0, 0, "Mo", sublattice: "Mo"),
    second: CrystalColumn(0, 0, "S", "S", sublattice: "S"))

  /// Columns of weight 1 on a square lattice. The constant equals that of MoSe2: 24 pixels by default.
  public static let square = Crystal(
    name: "square", a: Point(0.3288, 0), b: Point(0, 0.3288),
    columns: [CrystalColumn(place: .zero, atoms: ["X"], sublattice: "X", weight: 1)])

  /// Columns of weight 1 on a hexagonal lattice.
  public static let hexagonal = Crystal(
    name: "hexagonal", a: Point(0.3288, 0), b: Point(0.1644, 0.3288 * 0.75.squareRoot()),
    columns: [CrystalColumn(place: .zero, atoms: ["X"], sublattice: "X", weight: 1)])

  /// A checkerboard of heights 1 and .8, plane group p4m: two motifs. Source: [M22] Fig. S1. The distance between
  /// neighbours is .3288 nm, so the cell measures .465 nm.
  public static let p4m = Crystal(
    name: "p4m", a: Point(0.3288 * 2.0.squareRoot(), 0), b: Point(0, 0.3288 * 2.0.squareRoot()),
    columns: [
      CrystalColumn(place: .zero, atoms: ["bright"], sublattice: "bright", weight: 1),
      CrystalColumn(place: Point(0.5, 0.5), atoms: ["dim"], sublattice: "dim", weight: 0.8),
    ])
}
