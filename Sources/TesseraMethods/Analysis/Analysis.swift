import Foundation
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// The main job: the motifs of one micrograph, where each one sits, and how they combine [H20, M22].
///
/// Every stage is a value with its own settings; what a setting leaves open is chosen from the image, and the result
/// says how.
public struct Analysis: Sendable, Codable, Equatable {
  public var preparation = Preparation()
  public var finder = ColumnFinder()
  public var patchSize = PatchSize()
  /// Side of the patches in pixels, odd; nil: from the power spectrum, or 3 mean spacings where it has no ring.
  public var patchSide: Int?
  public var descriptor = ZernikeDescriptor()
  /// Take the tails of columns outside a patch's disc out of its features (see `PatchIsolation`).
  public var isolatesPatches = true
  public var embedding = ForceRelaxedLayout()
  public var classFinder = ClassFinder()
  /// The number of classes; nil: found.
  public var classCount: Int?
  public var latticeFinder = LatticeFinder()
  /// Which crystals there are; cells are sought by `latticeFinder`.
  public var grainFinder = GrainFinder()
  public var vacantNodes = VacantNodes()
  public var hierarchy = HierarchyMethod()
  public var strain = ColumnStrain()
  public var strainReference = StrainReference.mean
  /// The layout compares features by their Euclidean distance: the correlation distance of the papers' code is blind to
  /// brightness, which tells columns of one surrounding but another element apart (docs/layout.md).
  public init() { embedding.search.metric = .euclidean }

  /// Analyses one micrograph.
  ///
  /// - Parameters:
  ///   - seed: of everything random.
  ///   - progress: called with the stage's name and the share of the work done, 0 ... 1; may throw to stop.
  /// - Throws: `DataError` where the image shows no columns, `ParameterError` for a setting outside its range.
  public func result(
    on micrograph: Micrograph, seed: UInt64 = 1,
    progress: (_ stage: String, _ fraction: Double) throws -> Void = { _, _ in }
  ) throws -> AnalysisResult {
    var clock = StageClock()
    try progress("prepare", 0)
    let prepared = try clock.run("prepare") { try preparation.prepared(micrograph) }
    try progress("sites", 0.05)
    let found = try clock.run("sites") { try finder.found(in: prepared, name: micrograph.name) }
    try progress("patches", 0.4)
    let stage = try clock.run("patches") { try crystal(found, prepared, name: micrograph.name) }
    let (moments, features) = clock.run("features") {
      self.features(of: stage, found: found, isMeasured: prepared.isMeasured)
    }
    try progress("layout", 0.5)
    let known = moments.existing
    guard known.count >= 4 else {
      throw DataError(
        "\(micrograph.name): only \(known.count) of \(stage.sites.count) columns have a whole patch of \(stage.side) "
          + "pixels around them; a larger field or a smaller --patch-size is needed")
    }
    let stages = try clock.run("layout") { try layoutStages(of: features, rows: known, seed: seed) }
    try progress("classes", 0.75)
    let outcome = try clock.run("classes") {
      try classes(
        of: features, layout: stages.final, stage: stage,
        noise: featureNoise(found, prepared.image, basis: stage.basis), seed: seed)
    }
    let layout = outcome.structure.kind == .continuous ? stages.spread : stages.final
    let averages = classAverages(of: outcome.classes, moments)
    try progress("cells", 0.85)
    let cells = try clock.run("cells") { try self.cells(of: stage, classes: outcome.classes) }
    let tree = try clock.run("hierarchy") { try cells.map { try hierarchy.hierarchy(of: $0) } }
    let strain = try clock.run("strain") {
      try self.strain(of: stage, found: found, classes: outcome.classes, name: micrograph.name)
    }
    let unknown = [Point](repeating: Point(.infinity, .infinity), count: stage.sites.count - found.sites.count)
    return AnalysisResult(
      micrograph: micrograph, prepared: prepared, finding: found, sites: stage.sites,
      positionErrors: found.positionErrors + unknown, patchSize: stage.estimate, patchSide: stage.side,
      spectrum: stage.spectrum, lattice: stage.lattice, grains: stage.grains, moments: moments, features: features,
      layout: layout,
      classes: outcome.classes, structure: outcome.structure, classAverages: averages, cells: cells, hierarchy: tree,
      strain: strain, choices: choices(found, stage, outcome, moments, strain), timings: clock.timings,
      warnings: micrograph.warnings + prepared.warnings + found.warnings + stage.warnings, seed: seed)
  }
}

/// Measures the seconds of each stage.
struct StageClock {
  private(set) var timings: [AnalysisResult.Timing] = []

  mutating func run<Value>(_ stage: String, _ body: () throws -> Value) rethrows -> Value {
    let start = ContinuousClock.now
    defer { timings.append(.init(stage: stage, seconds: (ContinuousClock.now - start) / .seconds(1))) }
    return try body()
  }
}
