import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// The motifs of one micrograph, where each one sits, and how they combine [H20, M22]: what `tessera analyze` and
/// `tessera motifs` run.
///
/// Every stage is a value with its own settings. What a setting leaves open is chosen from the image, and the result says
/// how.
///
/// ```swift
/// var method = MotifMethod()
/// method.descriptor.form = .invariant
/// let result = try method.result(on: micrograph)
/// for (site, label) in zip(result.sites.sites, result.classes.labels) { print(site.position, label) }
/// ```
public struct MotifMethod: Method {
  /// How the micrograph is prepared before columns are sought.
  public var preparation = Preparation()
  /// How columns are found and fitted.
  public var finder = ColumnFinder()
  /// How a network finds columns, for the finder's route `network`; nil: with the network that comes with the program.
  public var network: NetworkFinder?
  /// How the size of a patch is estimated from the power spectrum.
  public var patchSizeEstimator = PatchSize()
  /// Side of the patches in pixels, odd; nil: from the power spectrum, or 3 mean spacings where that has no ring.
  public var patchSize: Int?
  /// The Zernike moments that describe each patch, and which of them are features.
  public var descriptor = ZernikeDescriptor()
  /// Whether the tails of columns outside the disc of a patch are taken out of its features (see `PatchIsolation`).
  public var isolatesPatches = true
  /// Whether patches are divided by how bright columns of their kind are around them (`BrightnessField`). Where it is not set, they are
  /// only if brightness that changes slowly hides the kinds there are.
  public var levelsBrightness = false
  /// Arranges the sites in the plane so that like patches lie together; `init()` sets its metric.
  public var embedding = ForceRelaxedLayout()
  /// Sorts sites into classes: the layout proposes them, the features decide.
  public var classFinder = ClassFinder()
  /// The number of classes; nil: found.
  public var classCount: Int?
  /// Finds the crystals of the image and the cell of each.
  public var grainFinder = GrainFinder()
  /// Finds the waves that run through the lattice of a large cell.
  public var modulationFinder = ModulationFinder()
  /// Whether two hexagonal layers are sought whose peaks in the spectrum touch, which takes a second or two. Where it is not set, they
  /// are sought only if the motifs change continuously.
  public var seeksNearLayers = false
  /// Finds the nodes of the lattice at which no column stands.
  public var vacantNodes = VacantNodes()
  /// Tells the columns that hold less than their sublattice.
  public var occupancyFinder = OccupancyFinder()
  /// Joins cells that are not perfect crystal into motif-cells, and orders these.
  public var hierarchy = HierarchyMethod()
  /// Tells motif-cells from what chance would give.
  public var arrangements = ArrangementTest()
  /// Measures the strain from the positions of the columns, where they share a lattice.
  public var strain = ColumnStrain()
  /// The lattice against which strain is measured.
  public var strainReference = StrainReference.mean

  /// Where the patterns of the image come from: columns know their pattern, patterns that share no lattice have one each, and where the
  /// lattice of a pattern ends, nothing is vacant.
  public var patterns = PatternSource.image

  /// The layout compares features by their Euclidean distance: the correlation distance of the papers' code is blind to
  /// brightness, which tells columns of one surrounding but another element apart (docs/layout.md).
  public init() { embedding.search.metric = .euclidean }

  /// Two pages of the reconstruction and four of strain.
  public var bytesPerPixel: Int { 4 * (2 + 4) }

  /// The paper on motifs and their hierarchies [M22], whose method this is.
  public static let references = [
    "J. Dan, X. Zhao, S. Ning, J. Lu, K. P. Loh, Q. He, N. D. Loh and S. J. Pennycook: Learning motifs and their "
      + "hierarchies in atomic resolution microscopy. Science Advances 8 (2022) eabk1005, doi:10.1126/sciadv.abk1005."
  ]

  /// Finding the columns takes over a third of the time, the layout a quarter.
  public static let stages: [(stage: Stage, share: Double)] = [
    (.prepare, 0.05), (.sites, 0.29), (.patterns, 0.08), (.lattice, 0.06), (.patches, 0.01), (.features, 0.04),
    (.layout, 0.25),
    (.classes, 0.12), (.cells, 0.02), (.hierarchy, 0.01), (.strain, 0.07),
  ]

  /// Runs all stages, from the columns to the strain.
  ///
  /// - Throws: `DataError` where too few columns have a whole patch, `ParameterError` for a setting outside its range.
  public func run(on input: MethodInput, clock: inout StageClock) throws -> MotifResult {
    var prepared = try clock.run(.prepare) { try preparation.prepared(input.micrograph) }
    let seen = try clock.run(.sites) { try finder.columns(of: input, in: &prepared, network: network) }
    let patterns = try clock.run(.patterns) {
      try self.patterns.patterns(in: prepared, columns: seen.sites.positions, seed: input.seed)
    }
    var arranged = try arrangedStage(of: seen, in: prepared, input: input, patterns: patterns, clock: &clock)
    var account = try clock.run(.classes) { try bestAccount(of: arranged, in: prepared, seed: input.seed) }
    if account.seemsContinuous, !seeksNearLayers, arranged.crystal.layers == nil,
      let layers = try clock.run(
        .lattice, { layers(in: prepared.image, calibration: input.micrograph.calibration, near: true) })
    {
      // Layers share no lattice, and nothing is vacant among them: all that rests on one is done again without.
      arranged = try arrangedStage(
        of: seen, in: prepared, input: input, patterns: patterns, layers: layers, clock: &clock)
      account = try clock.run(.classes) { try bestAccount(of: arranged, in: prepared, seed: input.seed) }
    }
    var crystal = arranged.crystal
    // Where heights change continuously, as with thickness, nothing is full that a node could be held against.
    if account.sorting.structure.kind == .continuous, classCount == nil { crystal = crystal.withoutPartialNodes }
    let sorting = withVacancyClasses(account.sorting, crystal)
    let classes = sorting.classes
    let (outliers, tiles) = try clock.run(.cells) {
      // A continuum has no kinds from which a site could differ.
      let outliers =
        sorting.structure.kind == .discrete
        ? SiteOutliers(
          of: account.description.features, classes: classes, sites: crystal.sites, patchSide: account.patches.size)
        : SiteOutliers(withoutClasses: crystal.sites.count)
      return (outliers, try cells(of: crystal, sorting, in: prepared.image))
    }
    let tree = try clock.run(.hierarchy) {
      try tiles.map { try testedHierarchy(of: $0, sites: crystal.sites, labels: classes.labels, seed: input.seed) }
    }
    let strained = try clock.run(.strain) {
      try strainStage(of: crystal, classes, in: prepared.image, name: input.micrograph.name)
    }
    let record = RunRecord(
      input, prepared: prepared,
      choices: finder.choices(for: crystal.found, isGiven: input.columns != nil) + crystal.choices
        + account.patches.choices + account.description.choices + sorting.choices + strained.choices,
      clock: clock,
      warnings: crystal.found.warnings + crystal.warnings + account.patches.warnings + sorting.warnings
        + strained.warnings,
      isRandom: true)
    return MotifResult(
      settings: account.method, record: record, finding: crystal.found, sites: crystal.sites,
      vacantNodes: crystal.vacant, addedCount: crystal.addedCount, undecidedNodeCount: crystal.undecidedCount,
      occupancies: crystal.occupancies, patchSizeEstimate: account.patches.estimate, patchSize: account.patches.size,
      spectrum: account.patches.spectrum, grains: crystal.grains, modulation: crystal.modulation,
      brightness: account.patches.brightness, jumps: account.patches.jumps, moments: account.description.moments,
      momentNoise: account.noise,
      lineJitter: account.lineJitter, features: account.description.features, layout: sorting.layout,
      classes: classes, structure: sorting.structure, outliers: outliers, cells: tiles, hierarchy: tree,
      strain: strained.map, sitePatterns: patterns.map { patterns in crystal.sites.positions.map(patterns.pattern) },
      patterns: patterns?.patterns ?? [])
  }
}
