import Foundation
import TesseraNumerics

extension Crystal {
  /// A hexagonal cell with one sublattice at its corner and one in the middle of a triangle, as in a honeycomb.
  /// - Parameter constant: lattice constant in nm.
  private static func honeycomb(_ name: String, constant: Double, _ first: [String], _ second: [String]) -> Crystal {
    let sublattices = [first[0], second[0] == first[0] ? second[0] + "'" : second[0]]
    return Crystal(
      name: name, a: Point(constant, 0), b: Point(constant / 2, constant * 0.75.squareRoot()),
      columns: [
        CrystalColumn(0, 0, first, sublattice: sublattices[0]),
        CrystalColumn(1.0 / 3, 1.0 / 3, second, sublattice: sublattices[1]),
      ], vacancySublattices: [sublattices[1]], dopantSublattices: [sublattices[0]],
      antisitePair: first == second ? [] : sublattices)
  }

  /// MoSe2 monolayer, 2H, along [001]. a = .3288 nm (bulk). Source: James & Lavik, Acta Cryst. 16 (1963) 1183.
  public static let mose2 = honeycomb("mose2", constant: 0.3288, ["Mo"], ["Se", "Se"])

  /// MoS2 monolayer, 2H, along [001]. a = .3161 nm. Source: Bronsema et al., Z. anorg. allg. Chem. 540 (1986) 15.
  public static let mos2 = honeycomb("mos2", constant: 0.3161, ["Mo"], ["S", "S"])

  /// WS2 monolayer, 2H, along [001], in which iron replaces tungsten and tellurium one of two sulphur atoms. a = .3153 nm.
  /// Source: Schutte, De Boer & Jellinek, J. Solid State Chem. 70 (1987) 207; dopants as in [M22] Fig. 3. Seen by a detector of lower
  /// angles (30 to 68 mrad there), which shows sulphur beside tungsten: heights go with Z^1.4.
  public static let ws2FeTe = {
    var crystal = honeycomb("ws2-fe-te", constant: 0.3153, ["W"], ["S", "S"])
    crystal.singleDopants = ["Te": "S"]
    (crystal.exponent, crystal.columnSigma) = (1.4, 0.042)
    for index in crystal.columns.indices {
      crystal.columns[index].weight = columnWeight(of: crystal.columns[index].atoms, exponent: 1.4)
    }
    return crystal
  }()

  /// Graphene, a = .2461 nm. Its two sublattices `C` and `C'` see the same surroundings turned by 180 degrees.
  public static let graphene = {
    var crystal = honeycomb("graphene", constant: 0.2461, ["C"], ["C"])
    (crystal.vacancySublattices, crystal.dopantSublattices) = (["C", "C'"], ["C", "C'"])
    crystal.columnSigma = 0.042
    return crystal
  }()

  /// SrTiO3, cubic perovskite along [001]. a = .3905 nm. The O columns at the middle of the edges are hardly seen.
  public static let srtio3 = {
    var crystal = Crystal(
      name: "srtio3", a: Point(0.3905, 0), b: Point(0, 0.3905),
      columns: [
        CrystalColumn(0, 0, ["Sr"], sublattice: "Sr"), CrystalColumn(0.5, 0.5, ["Ti", "O"], sublattice: "TiO"),
        CrystalColumn(0.5, 0, ["O"], sublattice: "O"), CrystalColumn(0, 0.5, ["O"], sublattice: "O"),
      ], vacancySublattices: ["O"], dopantSublattices: ["Sr"])
    crystal.columnSigma = 0.042
    return crystal
  }()

  /// Silicon along [110]: pairs of columns .136 nm apart, the dumbbells. a = .5431 nm.
  public static let si110 = {
    var crystal = Crystal(
      name: "si110", a: Point(0.5431 / 2.0.squareRoot(), 0), b: Point(0, 0.5431),
      columns: [
        CrystalColumn(0, 0, ["Si"], sublattice: "Si"), CrystalColumn(0, 0.25, ["Si"], sublattice: "Si'"),
        CrystalColumn(0.5, 0.5, ["Si"], sublattice: "Si"), CrystalColumn(0.5, 0.75, ["Si"], sublattice: "Si'"),
      ], vacancySublattices: ["Si", "Si'"], dopantSublattices: ["Si", "Si'"])
    crystal.columnSigma = 0.042
    return crystal
  }()

  /// A face-centred cubic metal (Au, a = .4078 nm) along [110].
  public static let fcc110 = Crystal(
    name: "fcc110", a: Point(0.4078 / 2.0.squareRoot(), 0), b: Point(0, 0.4078),
    columns: [
      CrystalColumn(0, 0, ["Au"], sublattice: "Au"), CrystalColumn(0.5, 0.5, ["Au"], sublattice: "Au"),
    ], vacancySublattices: ["Au"], dopantSublattices: ["Au"])

  /// Columns of weight 1 on a square lattice. The constant equals that of MoSe2: 24 pixels by default.
  public static let square = Crystal(
    name: "square", a: Point(0.3288, 0), b: Point(0, 0.3288),
    columns: [CrystalColumn(place: .zero, atoms: ["X"], sublattice: "X", weight: 1)], vacancySublattices: ["X"])

  /// Columns of weight 1 on a hexagonal lattice.
  public static let hexagonal = Crystal(
    name: "hexagonal", a: Point(0.3288, 0), b: Point(0.1644, 0.3288 * 0.75.squareRoot()),
    columns: [CrystalColumn(place: .zero, atoms: ["X"], sublattice: "X", weight: 1)], vacancySublattices: ["X"])

  /// A checkerboard of heights 1 and .8, plane group p4m: two motifs. Source: [M22] Fig. S1. The distance between
  /// neighbours is .3288 nm, so the cell measures .465 nm.
  public static let p4m = Crystal(
    name: "p4m", a: Point(0.3288 * 2.0.squareRoot(), 0), b: Point(0, 0.3288 * 2.0.squareRoot()),
    columns: [
      CrystalColumn(place: .zero, atoms: ["bright"], sublattice: "bright", weight: 1),
      CrystalColumn(place: Point(0.5, 0.5), atoms: ["dim"], sublattice: "dim", weight: 0.8),
    ], vacancySublattices: ["dim"])
}
