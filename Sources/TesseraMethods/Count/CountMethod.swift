import Foundation
import TesseraFigures
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Counts the atoms of every column of a micrograph.
public struct CountMethod: Sendable, Codable, Equatable {
  public var preparation = Preparation()
  public var finder = ColumnFinder()
  public var intensities = ColumnIntensities()
  public var counter = AtomCounter()
  public init() {}

  /// - Throws: `DataError` where the image shows too few columns.
  public func result(on micrograph: Micrograph) throws -> CountResult {
    let prepared = try preparation.prepared(micrograph)
    var found = try finder.found(in: prepared, name: micrograph.name)
    found.sites = try intensities.measured(found, in: prepared.image)
    let counts = try counter.counts(of: found)
    return CountResult(micrograph: micrograph, prepared: prepared, finding: found, counts: counts)
  }
}

extension ColumnIntensities {
  /// The sites with the intensities and errors that this fit gives them; NaN for a column centred outside the image, most
  /// of whose light nobody has seen.
  func measured(_ found: ColumnFinder.Found, in image: Raster<Float>) throws -> Sites {
    var sites = found.sites
    guard let result = try result(of: image, sites: sites, outside: found.outside) else { return sites }
    for k in sites.sites.indices {
      let isSeen = image.excess(of: sites[k].position) <= 0
      (sites[k].intensity, sites[k].intensityError) = isSeen ? (result.values[k], result.errors[k]) : (.nan, .nan)
    }
    return sites
  }
}

extension AtomCounter {
  /// Columns that the border cuts are not seen whole: their cross-sections are extrapolated, and those of two that only
  /// reach into the image are easily mistaken for each other's.
  func counts(of found: ColumnFinder.Found) throws -> Result {
    let sites = found.sites.sites
    return try counts(
      of: sites.map(\.intensity), errors: sites.map(\.intensityError), places: found.sites.positions,
      areWhole: found.accuracies.map { $0.flag != .border })
  }
}

/// What `CountMethod` found in one image.
public struct CountResult: Sendable {
  public var micrograph: Micrograph
  public var prepared: Preparation.Prepared
  public var finding: ColumnFinder.Found
  /// In the order of `finding.sites`.
  public var counts: AtomCounter.Result

  /// Writes `counts.csv`, `components.csv`, `orders.csv`, `summary.json`, `report.html` and the figures.
  @discardableResult
  public func write(to path: String, input: String, replacing: Bool = false) throws -> CountSummary {
    let summary = CountSummary(of: counts)
    try AtomicOutput.folder(at: path, replacing: replacing) { folder in
      let tables = CountTables(sites: finding.sites, result: counts)
      let chapter = CountChapter(micrograph: micrograph, sites: finding.sites, result: counts)
      var document = ReportDocument(title: micrograph.name, headline: chapter.summary)
      document.warnings = micrograph.warnings + prepared.warnings + finding.warnings
      document.footer = "Tessera \(TesseraVersion.current) · \(input)"
      document.sections = [chapter.section]
      let texts = [
        ReportFile(path: "counts.csv", data: tables.counts),
        ReportFile(path: "components.csv", data: tables.components),
        ReportFile(path: "orders.csv", data: tables.orders),
        ReportFile(path: "summary.json", data: try summaryJSON(summary)),
      ]
      for file in texts + document.files() {
        let place = folder.appendingPathComponent(file.path)
        try FileManager.default.createDirectory(
          at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try file.data.write(to: place)
      }
    }
    return summary
  }
}
