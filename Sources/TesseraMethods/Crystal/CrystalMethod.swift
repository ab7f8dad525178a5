import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What the column positions of one image say about its crystals: grains, dislocations, off-centre displacements,
/// bonds and plane spacings; on request the atoms a column.
public struct CrystalMethod: Sendable, Codable, Equatable {
  public var preparation = Preparation()
  public var finder = ColumnFinder()
  public var grainFinder = GrainFinder()
  public var dislocationFinder = DislocationFinder()
  public var displacement = CageDisplacement()
  public var bonds = BondSurvey()
  /// Planes whose spacings are measured.
  public var planes = [PlaneSpacings(h: 1, k: 0), PlaneSpacings(h: 0, k: 1)]
  /// Nil counts no atoms.
  public var counter: AtomCounter?

  public init() {}

  /// Surveys one micrograph.
  /// - Throws: `DataError` where the image shows no columns or no lattice, `ParameterError` for a setting outside its
  ///   range.
  public func result(
    on micrograph: Micrograph, progress: (_ stage: String, _ fraction: Double) throws -> Void = { _, _ in }
  ) throws -> CrystalResult {
    var clock = StageClock()
    try progress("prepare", 0)
    let prepared = try clock.run("prepare") { try preparation.prepared(micrograph) }
    try progress("sites", 0.05)
    var found = try clock.run("sites") { try finder.found(in: prepared, name: micrograph.name) }
    try progress("lattice", 0.7)
    let (positions, errors) = (found.sites.positions, found.trustedErrors)
    let heights = found.sites.sites.map(\.amplitude)
    let (width, height) = (prepared.image.width, prepared.image.height)
    let grains = clock.run("lattice") {
      grainFinder.grains(of: positions, heights: heights, width: width, height: height)
    }
    guard !grains.grains.isEmpty else {
      throw DataError(
        "\(micrograph.name): the \(positions.count) columns share no lattice, so there is no crystal to describe")
    }
    try progress("dislocations", 0.8)
    let dislocations = try clock.run("dislocations") {
      try dislocationFinder.dislocations(in: grains, positions: positions, heights: heights)
    }
    let displacements = try clock.run("displacements") {
      try grains.grains.enumerated().compactMap { k, grain in
        try displacement.map(of: grain, number: k + 1, positions: positions, errors: errors)
      }
    }
    try progress("bonds", 0.85)
    let survey = try clock.run("bonds") { try bonds.survey(of: grains, positions: positions, errors: errors) }
    let spacings = try clock.run("planes") {
      try planes.map { planes in
        try grains.grains.enumerated().flatMap { k, grain in
          try planes.spacings(in: grain, number: k + 1, positions: positions, errors: errors)
        }
      }
    }
    let counts = try counter.map { counter in
      try clock.run("counts") {
        found.sites = try ColumnIntensities().measured(found, in: prepared.image)
        return try counter.counts(of: found)
      }
    }
    return CrystalResult(
      micrograph: micrograph, prepared: prepared, finding: found, grains: grains,
      grainMap: grains.map(positions: positions, width: width, height: height), dislocations: dislocations,
      displacements: displacements, survey: survey, planes: planes, spacings: spacings, counts: counts,
      timings: clock.timings, warnings: micrograph.warnings + prepared.warnings + found.warnings)
  }
}

/// Everything that `CrystalMethod` found in one image.
public struct CrystalResult: Sendable {
  public var micrograph: Micrograph
  public var prepared: Preparation.Prepared
  public var finding: ColumnFinder.Found
  /// Labels in the order of `finding.sites`.
  public var grains: Grains
  /// The grain of each pixel, 0 for none.
  public var grainMap: Raster<UInt16>
  public var dislocations: [Dislocation]
  /// One a grain in which a sublattice is enclosed by another.
  public var displacements: [CageDisplacement.Map]
  public var survey: BondSurvey.Survey
  public var planes: [PlaneSpacings]
  /// For each of `planes`, over all grains.
  public var spacings: [[PlaneSpacings.Spacing]]
  /// In the order of `finding.sites`; nil if atoms were not counted.
  public var counts: AtomCounter.Result?
  public var timings: [AnalysisResult.Timing]
  public var warnings: [String]
}
