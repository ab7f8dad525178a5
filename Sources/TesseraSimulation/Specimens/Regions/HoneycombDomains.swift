import Foundation
import TesseraNumerics

/// Two rigid domains of a honeycomb that meet in a straight boundary along a, the zigzag direction.
public struct HoneycombDomains: Specimen, Equatable {
  /// How the second domain lies to the first.
  public enum Boundary: String, Sendable, Codable, CaseIterable {
    /// Turned by 180 degrees about the middle of a bond, which puts the atoms of each sublattice on the nodes of the other: an
    /// inversion domain boundary. It cuts bonds in their middles, so that equal columns face each other across it and all bonds keep
    /// their length. The boundaries of real monolayers are rebuilt; this one is not.
    case inversion
    /// The mirror image: both share a row of columns of the second sublattice, a mirror twin boundary with four-membered rings that meet
    /// in a point. Each column of the row has two neighbours of the first sublattice on either side, at the bond length a/√3. Columns
    /// that face each other across the row are a/√3 apart, too, where those of a real monolayer give way. Source of the kind of boundary
    /// (4|4P): Lehtinen et al., ACS Nano 9 (2015) 3274.
    case mirror
  }

  /// The boundary between the domains.
  public var boundary: Boundary
  /// A honeycomb with columns at the corner of the cell and at (1/3, 1/3), which must differ.
  public var crystal = Crystal.mose2
  /// Turns crystal and boundary from +x towards +y, in radians.
  public var angle = 0.0
  /// Vacancies, antisites and dopants in both domains; none by default.
  public var defects = PointDefects()
  /// Root mean square random displacement in pixels; 0 or more.
  public var displacement = 0.0

  /// Two domains of MoSe2.
  public init(_ boundary: Boundary) { self.boundary = boundary }

  /// Both domains, with a lattice and a label each. Of an inversion, the facts `inversion_x` and `inversion_y` are its centre, in
  /// pixels; of a mirror, environments of the shared row hold `+twin`.
  /// - Throws: `ParameterError` where the crystal is no honeycomb of two different columns or a setting is out of its
  ///   range.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    try require(
      crystal.columns.count == 2 && crystal.columns[0].weight != crystal.columns[1].weight, setting("crystal"),
      is: crystal.name, mustBe: "a honeycomb of two different columns")
    return switch boundary {
    case .inversion: try inversionScene(for: request)
    case .mirror: try mirrorScene(for: request)
    }
  }
}
