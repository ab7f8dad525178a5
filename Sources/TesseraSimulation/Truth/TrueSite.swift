import Foundation
import TesseraNumerics

/// What is known about one node of a simulated specimen: a row of `NAME.sites.csv`.
public struct TrueSite: Sendable, Codable, Equatable {
  /// Place in pixels, where the column appears in the image.
  public var position: Point
  /// Symbol of the element there (of the heaviest in a mixed column; of the missing one at a vacant node).
  public var element: String
  /// The node's place in the crystal, whatever sits there.
  public var sublattice: String
  /// Empty, `vacancy-Se1` (one Se missing), `vacancy-Se2` (both), `antisite-X` or `dopant-X`.
  public var defect: String
  /// What a rotation-invariant descriptor of the patch could tell apart: the species, its own defect after `/`, and
  /// the defects inside the patch disc after `+`, e.g. `Mo+2vacancy-Se1`.
  public var environment: String
  /// The same with the direction of each defect in degrees (from +x towards +y): `Mo+vacancy-Se1@90`.
  public var environmentOriented: String
  /// Whether no column is left at the node.
  public var isVacant: Bool
  /// Atoms on top of one another, of specimens that have a thickness.
  public var atoms: Int?

  /// A node with a column, unless `isVacant`; `environment` is the element where it is not given, and
  /// `environmentOriented` the environment.
  public init(
    position: Point, element: String, sublattice: String, defect: String = "", environment: String? = nil,
    environmentOriented: String? = nil, isVacant: Bool = false, atoms: Int? = nil
  ) {
    self.position = position
    self.element = element
    self.sublattice = sublattice
    self.defect = defect
    self.environment = environment ?? element
    self.environmentOriented = environmentOriented ?? self.environment
    self.isVacant = isVacant
    self.atoms = atoms
  }
}

extension [TrueSite] {
  /// The table `x,y,element,sublattice,defect,environment,environment_oriented,kind` with places in pixels to 1e-4 and
  /// `kind` either `column` or `vacant`; then `atoms`, if any site has a number of them.
  public var csv: String {
    let hasThickness = contains { $0.atoms != nil }
    var text = "x,y,element,sublattice,defect,environment,environment_oriented,kind"
    text += hasThickness ? ",atoms\n" : "\n"
    for site in self {
      let place = String(format: "%.4f,%.4f", site.position.x, site.position.y)
      text += "\(place),\(site.element),\(site.sublattice),\(site.defect),\(site.environment),"
      text += "\(site.environmentOriented),\(site.isVacant ? "vacant" : "column")"
      text += hasThickness ? ",\(site.atoms.map(String.init) ?? "")\n" : "\n"
    }
    return text
  }
}
