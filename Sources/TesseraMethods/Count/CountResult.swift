import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What `CountMethod` found in one image.
public struct CountResult: MethodResult {
  /// The settings that gave the result.
  public var settings: CountMethod
  /// The input, the choices, the times and the warnings that led to the result.
  public var record: RunRecord
  /// The columns, with intensities as `ColumnIntensities` measured them, and what led to them.
  public var finding: ColumnFinder.Found
  /// In the order of `finding.sites`.
  public var counts: AtomCounter.Result

  /// The components of the mixture, how sure the counts are, and by which criterion they were chosen.
  public var summary: CountSummary { CountSummary(of: counts) }

  /// The range of the counts, their mean probability and what they rest on, in one sentence.
  public var sentences: [String] {
    let known = counts.counts.filter { $0 > 0 }
    let range = "\(known.min() ?? 0) to \(known.max() ?? 0) atoms"
    let evidence =
      counts.source.map { "the cross-sections of " + $0 }
      ?? (counts.evidence == .neighbours ? "intensities and neighbours" : "the histogram of intensities")
    guard let probability = summary.meanProbability else {
      return [
        "\(known.count) columns without visible steps of one atom (\(range) on one of many combs, by \(evidence))"
      ]
    }
    return [
      "\(known.count) columns of \(range), mean probability "
        + "\((probability * 1000).rounded() / 1000)\(counts.isStepDetermined ? "" : " if the step is right"), by "
        + evidence
    ]
  }

  /// Writes `counts.csv` (one row per column), `components.csv` (per number of atoms) and `orders.csv` (per number of
  /// components tried).
  public func write(to files: ResultFiles) throws {
    let tables = CountTables(sites: finding.sites, result: counts)
    try files.write(tables.counts, as: "counts.csv")
    try files.write(tables.components, as: "components.csv")
    try files.write(tables.orders, as: "orders.csv")
  }

  /// The counts on the micrograph and the histogram of cross-sections with its components.
  public func report() -> ReportDocument {
    let chapter = CountChapter(micrograph: micrograph, sites: finding.sites, result: counts)
    var document = ReportDocument(title: micrograph.name, headline: chapter.headline)
    document.sections = [chapter.section]
    return document
  }
}
