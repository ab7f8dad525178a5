import Foundation

/// The polygonal units of a specimen of which every middle is a node of one sublattice: `NAME.units.csv`.
public struct TrueUnits: Sendable {
  /// The middles, in the order of the table of sites.
  public var sites: [TrueSite]

  /// - Parameters:
  ///   - sites: of the specimen; those of other sublattices are left out.
  ///   - sublattice: that of the middles; V partly fills a unit, any other column fills it.
  public init(of sites: [TrueSite], sublattice: String) { self.sites = sites.filter { $0.sublattice == sublattice } }

  /// `empty`, `V` or `filled`, for each unit.
  public var fillings: [String] { sites.map { $0.isVacant ? "empty" : $0.element == "V" ? "V" : "filled" } }

  /// The table `x,y,filling` with places in pixels to 1e-4.
  public var csv: String {
    zip(sites, fillings).reduce("x,y,filling\n") { text, unit in
      text + String(format: "%.4f,%.4f,", unit.0.position.x, unit.0.position.y) + unit.1 + "\n"
    }
  }
}
