import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What the column positions of one image say about its crystals: grains, dislocations, off-centre displacements,
/// bonds and plane spacings; on request the atoms per column.
public struct CrystalMethod: Method {
  /// How the micrograph is prepared before columns are sought.
  public var preparation = Preparation()
  /// How columns are found and fitted.
  public var finder = ColumnFinder()
  /// How a network finds columns, for the finder's route `network`; nil: with the network that comes with the program.
  public var network: NetworkFinder?
  /// Finds the grains and the lattice of each.
  public var grainFinder = GrainFinder()
  /// Where the patterns of the image come from: those that share no lattice have grains of their own.
  public var patterns = PatternSource.image
  /// Finds the cores of perfect dislocations within grains.
  public var dislocationFinder = DislocationFinder()
  /// Measures how far columns lie off the centre of the cage of another sublattice.
  public var displacement = CageDisplacement()
  /// Measures bond lengths between neighbouring columns and the angles between bonds.
  public var bonds = BondSurvey()
  /// Planes whose spacings are measured.
  public var planes = [PlaneSpacings(h: 1, k: 0), PlaneSpacings(h: 0, k: 1)]
  /// Nil counts no atoms.
  public var counter: AtomCounter?

  /// All measures but the counting of atoms, with planes (1 0) and (0 1).
  public init() {}

  /// None: every formula names its source where it stands.
  public static let references: [String] = []

  /// Finding the columns takes about two thirds of the time; counting atoms, on request, comes after the last of these
  /// stages.
  public static let stages: [(stage: Stage, share: Double)] = [
    (.prepare, 0.05), (.sites, 0.5), (.patterns, 0.15), (.lattice, 0.1), (.dislocations, 0.05), (.displacements, 0.05),
    (.bonds, 0.05),
    (.planes, 0.05),
  ]

  /// Finds columns and grains, then measures what the positions say of each grain.
  ///
  /// - Throws: `DataError` where the columns share no lattice, `ParameterError` for a setting outside its range.
  public func run(on input: MethodInput, clock: inout StageClock) throws -> CrystalResult {
    let name = input.micrograph.name
    var prepared = try clock.run(.prepare) { try preparation.prepared(input.micrograph) }
    var found = try clock.run(.sites) { try finder.columns(of: input, in: &prepared, network: network) }
    let (positions, errors) = (found.sites.positions, found.trustedErrors)
    let patterns = try clock.run(.patterns) {
      try self.patterns.patterns(in: prepared, columns: positions, seed: input.seed)
    }
    let heights = found.sites.sites.map(\.amplitude)
    let (width, height) = (prepared.image.width, prepared.image.height)
    let grains = try clock.run(.lattice) {
      grainFinder.grains(
        of: positions, heights: heights, patterns: patterns?.phases(at: positions) ?? positions.map { _ in 0 },
        width: width, height: height)
    }
    guard !grains.grains.isEmpty else {
      throw DataError(
        "\(name): the \(found.sites.columnCount) columns share no lattice, so there is no crystal to describe")
    }
    let dislocations = try clock.run(.dislocations) {
      try dislocationFinder.dislocations(in: grains, positions: positions, heights: heights)
    }
    let displacements = try clock.run(.displacements) {
      try grains.grains.enumerated().compactMap { k, grain in
        try displacement.map(of: grain, number: k + 1, positions: positions, errors: errors)
      }
    }
    let survey = try clock.run(.bonds) { try bonds.survey(of: grains, positions: positions, errors: errors) }
    let spacings = try clock.run(.planes) {
      try planes.map { planes in
        try grains.grains.enumerated().flatMap { k, grain in
          try planes.spacings(in: grain, number: k + 1, positions: positions, errors: errors)
        }
      }
    }
    let counts = try counter.map { counter in
      try clock.run(.counts) {
        found.sites = try ColumnIntensities().measured(found, in: prepared.image)
        return try counter.counts(of: found)
      }
    }
    return CrystalResult(
      settings: self,
      record: RunRecord(
        input, prepared: prepared,
        choices: finder.choices(for: found, isGiven: input.columns != nil) + [.lattice(of: grains)]
          + (patterns.map { [$0.choice()] } ?? []), clock: clock,
        warnings: found.warnings + grains.boundarySentences(positions: positions, jumps: ScanJumps(of: prepared.image))),
      finding: found, grains: grains, grainMap: grains.map(positions: positions, width: width, height: height),
      dislocations: dislocations, displacements: displacements, survey: survey, planes: planes, spacings: spacings,
      counts: counts)
  }
}
