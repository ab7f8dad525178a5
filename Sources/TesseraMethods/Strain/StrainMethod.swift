import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Strain of one micrograph: from the positions of its columns, by geometric phase analysis, or both [A23, section 3.5].
///
/// ```swift
/// var method = StrainMethod()
/// method.reference = .region(x: 40, y: 40, width: 200, height: 200)
/// let exx = try method.result(on: micrograph).maps[0].planes.exx
/// ```
public struct StrainMethod: Method {
  /// What strain is measured from.
  public enum Route: String, Sendable, Codable, CaseIterable {
    /// From columns where they share a lattice, otherwise by geometric phase.
    case auto
    case gpa
    case columns
    /// Both with one reference and one resolution, for comparison.
    case both
  }
  public var route = Route.auto
  public var preparation = Preparation()
  public var finder = ColumnFinder()
  /// How a network finds columns, for the finder's route `network`; nil: with the network that comes with the program.
  public var network: NetworkFinder?
  public var latticeFinder = LatticeFinder()
  public var columns = ColumnStrain()
  public var phase = GeometricPhase()
  public var reference = StrainReference.mean
  public var axis = StrainAxis.x
  public init() {}

  /// Four pages of strain and four of errors, and with both methods those of each.
  public var bytesPerPixel: Int { 4 * (route == .both ? 5 : 2) * 4 }

  public static let references = [
    "M. J. Hÿtch, E. Snoeck and R. Kilaas: Quantitative measurement of displacement and strain fields from HREM "
      + "micrographs. Ultramicroscopy 74 (1998) 131 (strain by geometric phase).",
    "P. L. Galindo, S. Kret, A. M. Sanchez et al.: The Peak Pairs algorithm for strain mapping from HRTEM images. "
      + "Ultramicroscopy 107 (2007) 1186 (strain from positions).",
  ]

  public static let stages: [(stage: Stage, share: Double)] = [
    (.prepare, 0.1), (.sites, 0.65), (.lattice, 0.05), (.strain, 0.2),
  ]

  public func run(on input: MethodInput, clock: inout StageClock) throws -> StrainResult {
    let name = input.micrograph.name
    let prepared = try clock.run(.prepare) { try preparation.prepared(input.micrograph) }
    let known = try clock.run(.sites) { try knownColumns(of: input, in: prepared) }
    let crystal = try clock.run(.lattice) { crystalStage(of: known, in: prepared, name: name) }
    let measured = try clock.run(.strain) {
      try measuredStage(prepared, crystal, isGiven: input.columns != nil, name: name)
    }
    return StrainResult(
      settings: self,
      record: RunRecord(
        input, prepared: prepared, choices: choices(crystal, measured), clock: clock,
        warnings: crystal.warnings + measured.warnings),
      columns: crystal.columns, lattice: crystal.lattice, phases: measured.phases, maps: measured.maps,
      columnStrains: measured.columnStrains)
  }
}
