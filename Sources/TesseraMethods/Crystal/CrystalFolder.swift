import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// The files of a crystal survey, as docs/crystal.md lists them.
public struct CrystalFolder: Sendable {
  public var result: CrystalResult
  public var settings: CrystalMethod
  /// The input as the user typed it.
  public var input: String

  public init(_ result: CrystalResult, settings: CrystalMethod, input: String) {
    (self.result, self.settings, self.input) = (result, settings, input)
  }

  /// Writes the folder, whole or not at all, and returns the summary that it holds.
  @discardableResult
  public func write(to path: String, replacing: Bool = false, since start: ContinuousClock.Instant? = nil) throws
    -> CrystalSummary
  {
    try AtomicOutput.folder(at: path, replacing: replacing) { folder in
      let tables = CrystalTables(result: result)
      let table = SiteTable(
        sites: result.finding.sites, accuracies: result.finding.accuracies, calibration: result.micrograph.calibration)
      try folder.write(table.csv, as: "sites.csv")
      for (name, data) in [
        ("nodes", tables.nodes), ("grains", tables.grains), ("dislocations", tables.dislocations),
        ("displacements", tables.displacements), ("bonds", tables.bonds), ("angles", tables.angles),
        ("planes", tables.planes),
      ] { try folder.write(data, as: "\(name).csv") }
      if let counts = tables.counts { try folder.write(counts, as: "counts.csv") }
      try TIFFWriter.write(
        [result.grainMap], calibration: result.micrograph.calibration,
        to: folder.appendingPathComponent("grains.tif").path, replacing: true)
      var clock = StageClock()
      let files = clock.run("report") { CrystalReport(of: result, input: input).files() }
      for file in files { try folder.write(file.data, as: file.path) }
      var timings = result.timings + clock.timings
      if let start { timings.append(.init(stage: "total", seconds: (ContinuousClock.now - start) / .seconds(1))) }
      let summary = CrystalSummary(of: result, settings: settings, input: input, timings: timings)
      try folder.write(try summary.json(), as: "summary.json")
      return summary
    }
  }
}

/// `summary.json` of a crystal survey. Lengths in pixels unless the name says otherwise.
public struct CrystalSummary: Sendable, Encodable {
  public struct GrainSummary: Sendable, Encodable {
    public var sites: Int
    public var orientationDegrees: Double
    public var u, v: [Double]
    public var sublattices: [String: [Double]]
    public var deviation: Double
  }
  public struct DisplacementSummary: Sendable, Encodable {
    public var grain: Int
    public var centre, cage: String
    public var count: Int
    public var mean, meanError, scatter, typicalError: [Double]
    public var meanNanometres: [Double]?
    public var significantShare: Double
    public var removedMean: Bool
  }
  public struct BondSummary: Sendable, Encodable {
    public var pair: String
    public var count: Int
    public var mean, deviation: Double
    public var meanNanometres: Double?
  }

  public var input: String
  @Explicit public var calibration: Summary.PixelSize?
  public var settings: CrystalMethod
  public var columns: Int
  public var grains: [GrainSummary]
  public var dislocations: [Dislocation]
  public var displacements: [DisplacementSummary]
  public var bonds: [BondSummary]
  public var counting: CountSummary?
  public var timings: [String: Double]
  public var version: String
  public var warnings: [String]

  init(of result: CrystalResult, settings: CrystalMethod, input: String, timings: [AnalysisResult.Timing]) {
    (self.input, self.settings) = (input, settings)
    let calibration = result.micrograph.calibration
    self.calibration = calibration.map { .init(x: $0.nanometresPerPixelX, y: $0.nanometresPerPixelY) }
    columns = result.finding.sites.count
    func pair(_ point: Point) -> [Double] { [point.x, point.y] }
    grains = result.grains.grains.map { grain in
      GrainSummary(
        sites: grain.sites.count, orientationDegrees: grain.orientation * 180 / .pi, u: pair(grain.lattice.grid.u),
        v: pair(grain.lattice.grid.v),
        sublattices: Dictionary(
          zip(grain.lattice.basisLetters, grain.lattice.basis.map(pair)), uniquingKeysWith: { $1 }),
        deviation: grain.lattice.deviation)
    }
    dislocations = result.dislocations
    displacements = result.displacements.map { map in
      DisplacementSummary(
        grain: map.grain, centre: map.centre, cage: map.cage, count: map.vectors.count, mean: pair(map.mean),
        meanError: pair(map.meanError), scatter: pair(map.scatter), typicalError: pair(map.typicalError),
        meanNanometres: calibration.map { pair($0.nanometres(map.mean)) }, significantShare: map.significantShare,
        removedMean: map.removedMean)
    }
    bonds = result.survey.pairs.indices.compactMap { k in
      let bonds = result.survey.bonds.filter { $0.pair == k }
      guard !bonds.isEmpty else { return nil }
      return BondSummary(
        pair: result.survey.pairs[k].name, count: bonds.count, mean: Statistics.mean(bonds.map(\.length)),
        deviation: Statistics.deviation(bonds.map(\.length)),
        meanNanometres: calibration.map { c in Statistics.mean(bonds.map { c.nanometres($0.vector).length }) })
    }
    counting = result.counts.map { CountSummary(of: $0) }
    self.timings = Dictionary(timings.map { ($0.stage, $0.seconds) }, uniquingKeysWith: +)
    version = TesseraVersion.current
    warnings = result.warnings
  }

  public func json() throws -> Data { try summaryJSON(self) }
}

/// What a script wants of atom counting.
public struct CountSummary: Sendable, Encodable {
  public var components: [AtomCounter.Component]
  public var spacing: AtomCounter.Spacing
  public var criterion: AtomCounter.Criterion
  public var evidence: AtomCounter.Evidence
  /// Shares of the pairs of neighbours that differ by 0, 1, ... 6 or more atoms, if neighbours were asked.
  public var neighbourDifferences: [Double]?
  public var independentShare: Double?
  public var crossSectionOfOne, meanProbability, meanEntropy: Double

  init(of result: AtomCounter.Result) {
    (components, spacing, criterion) = (result.components, result.spacing, result.criterion)
    evidence = result.evidence
    if evidence == .neighbours {
      (neighbourDifferences, independentShare) = (result.differences, result.independentShare)
    }
    crossSectionOfOne = result.crossSectionOfOne
    meanProbability = Statistics.mean(result.probabilities.filter { $0 > 0 })
    meanEntropy = result.meanEntropy
  }
}

/// Sorted keys in snake case, so that equal results are equal bytes.
func summaryJSON(_ value: some Encodable) throws -> Data {
  try JSONEncoder.forResults(keys: .convertToSnakeCase).document(value)
}
