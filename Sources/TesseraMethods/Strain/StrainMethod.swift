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
    /// By geometric phase analysis of two Bragg reflections.
    case gpa
    /// From the positions of columns; an error where they share no lattice.
    case columns
    /// Both with one reference and one resolution, for comparison.
    case both
  }
  /// What strain is measured from.
  public var route = Route.auto
  /// How the micrograph is prepared before columns are sought.
  public var preparation = Preparation()
  /// How columns are found and fitted; not used by geometric phase alone.
  public var finder = ColumnFinder()
  /// How a network finds columns, for the finder's route `network`; nil: with the network that comes with the program.
  public var network: NetworkFinder?
  /// Finds the lattice that the columns share.
  public var latticeFinder = LatticeFinder()
  /// Finds the crystals of an image whose columns share no lattice; strain is then measured in each.
  public var grainFinder = GrainFinder()
  /// Where the patterns of the image come from: strain from columns is measured in the lattice of each, where they share none.
  public var patterns = PatternSource.image
  /// Measures the strain from the positions of columns.
  public var columns = ColumnStrain()
  /// Measures the strain by geometric phase.
  public var phase = GeometricPhase()
  /// The lattice against which strain is measured.
  public var reference = StrainReference.mean
  /// The direction along which `exx` is taken.
  public var axis = StrainAxis.x
  /// Strain against the mean lattice, along the axes of the image, from columns where they share a lattice.
  public init() {}

  /// Four pages of strain and four of errors, and with both methods those of each.
  public var bytesPerPixel: Int { 4 * (route == .both ? 5 : 2) * 4 }

  /// The papers on strain by geometric phase and on strain from positions.
  public static let references = [
    "M. J. Hÿtch, E. Snoeck and R. Kilaas: Quantitative measurement of displacement and strain fields from HREM "
      + "micrographs. Ultramicroscopy 74 (1998) 131 (strain by geometric phase).",
    "P. L. Galindo, S. Kret, A. M. Sanchez et al.: The Peak Pairs algorithm for strain mapping from HRTEM images. "
      + "Ultramicroscopy 107 (2007) 1186 (strain from positions).",
  ]

  /// Finding the columns takes about two thirds of the time.
  public static let stages: [(stage: Stage, share: Double)] = [
    (.prepare, 0.1), (.sites, 0.5), (.patterns, 0.15), (.lattice, 0.05), (.strain, 0.2),
  ]

  /// Finds columns and lattice as far as the route needs them, then measures the strain by each route.
  ///
  /// - Throws: `DataError` where the image shows no lattice to measure strain of, `ParameterError` for a setting
  ///   outside its range.
  public func run(on input: MethodInput, clock: inout StageClock) throws -> StrainResult {
    let name = input.micrograph.name
    var prepared = try clock.run(.prepare) { try preparation.prepared(input.micrograph) }
    let known = try clock.run(.sites) { try knownColumns(of: input, in: &prepared) }
    let patterns = try known.columns.flatMap { columns in
      try clock.run(.patterns) {
        try self.patterns.patterns(in: prepared, columns: columns.sites.positions, seed: input.seed)
      }
    }
    let crystal = try clock.run(.lattice) { crystalStage(of: known, in: prepared, patterns: patterns, name: name) }
    let measured = try clock.run(.strain) {
      try measuredStage(prepared, crystal, isGiven: input.columns != nil, name: name)
    }
    return StrainResult(
      settings: self,
      record: RunRecord(
        input, prepared: prepared, choices: choices(crystal, measured), clock: clock,
        warnings: crystal.warnings + measured.warnings + Self.scanWarnings(of: prepared.image)),
      columns: crystal.columns, lattice: crystal.lattice, phases: measured.phases, maps: measured.maps,
      columnStrains: measured.columnStrains)
  }
}
