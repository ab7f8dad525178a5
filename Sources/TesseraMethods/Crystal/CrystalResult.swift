import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Everything that `CrystalMethod` found in one image.
public struct CrystalResult: MethodResult {
  /// The settings that gave the result.
  public var settings: CrystalMethod
  /// The input, the choices, the times and the warnings that led to the result.
  public var record: RunRecord
  /// The columns and what led to them.
  public var finding: ColumnFinder.Found
  /// Labels in the order of `finding.sites`.
  public var grains: Grains
  /// The grain of each pixel, 0 for none.
  public var grainMap: Raster<UInt16>
  /// The cores of all grains, with their Burgers vectors.
  public var dislocations: [Dislocation]
  /// One for each grain in which a sublattice is enclosed by another.
  public var displacements: [CageDisplacement.Map]
  /// Lengths of the bonds and angles between them, over all grains.
  public var survey: BondSurvey.Survey
  /// The planes whose spacings were measured, as the settings name them.
  public var planes: [PlaneSpacings]
  /// For each of `planes`, over all grains.
  public var spacings: [[PlaneSpacings.Spacing]]
  /// In the order of `finding.sites`; nil if atoms were not counted.
  public var counts: AtomCounter.Result?

  /// The number of columns of a grain that are columns of the image, those centred outside left out.
  func columnCount(of grain: Grain) -> Int { grain.sites.count { finding.sites[$0].kind != .outside } }

  /// The numbers of columns, grains and dislocations, in one sentence.
  public var sentences: [String] {
    let (grains, cores) = (grains.grains.count, dislocations.count)
    return [
      "\(finding.sites.columnCount) columns, \(grains) grain\(grains == 1 ? "" : "s"), "
        + "\(cores) dislocation\(cores == 1 ? "" : "s")"
    ]
  }

  /// Writes `sites.csv`, tables of nodes, grains, dislocations, displacements, bonds, angles and planes, `counts.csv`
  /// if atoms were counted, and the map of grains `grains.tif`.
  public func write(to files: ResultFiles) throws {
    let tables = CrystalTables(result: self)
    let table = SiteTable(
      sites: finding.sites, accuracies: finding.accuracies, probabilities: finding.proposed?.probabilities,
      calibration: micrograph.calibration)
    try files.write(table.csv, as: "sites.csv")
    for (name, data) in [
      ("nodes", tables.nodes), ("grains", tables.grains), ("dislocations", tables.dislocations),
      ("displacements", tables.displacements), ("bonds", tables.bonds), ("angles", tables.angles),
      ("planes", tables.planes),
    ] { try files.write(data, as: "\(name).csv") }
    if let counts = tables.counts { try files.write(counts, as: "counts.csv") }
    try files.writeLabels(grainMap, as: "grains.tif")
  }
}
