import Foundation
import TesseraFormats
import TesseraNumerics

/// The result folder of any method, as docs/results-folder.md lists its files: the tables and images of the method,
/// `report.html` with its figures, and `summary.json`.
public struct ResultFolder<Result: MethodResult>: Sendable {
  /// What is written.
  public var result: Result
  /// The input as the user typed it.
  public var input: String
  /// Version of the program that the manifest, the summary and the report state.
  public var version: String
  /// Whether figures and report are drawn; tables are written in any case.
  public var hasReport: Bool

  /// A folder to be written for one result; `input` is what the report and the summary call the input.
  public init(_ result: Result, input: String, version: String = TesseraVersion.current, hasReport: Bool = true) {
    (self.result, self.input, self.version, self.hasReport) = (result, input, version, hasReport)
  }

  /// Writes the folder, whole or not at all.
  ///
  /// - Parameters:
  ///   - path: of the folder.
  ///   - replacing: whether the files that an earlier result wrote there give way; other files of the folder stay.
  ///   - start: when the command began, for the total time; nil leaves that out.
  ///   - sequel: goes on with the folder before it appears in its place; nil: nothing follows.
  /// - Returns: the summary of the method.
  /// - Throws: `FormatError` where the place is taken (unless `replacing`) or cannot be written.
  @discardableResult
  public func write(
    to path: String, replacing: Bool = false, since start: ContinuousClock.Instant? = nil,
    sequel: ((_ folder: String) throws -> Void)? = nil
  ) throws -> ResultSummary<Result> {
    guard let sequel else { return try write(to: path, replacing: replacing, since: start) }
    return try AtomicOutput.folder(at: path, replacing: replacing, version: version) { place in
      let whole = place.appendingPathComponent((path as NSString).lastPathComponent, isDirectory: true)
      let summary = try write(to: whole.path, since: start)
      do { try sequel(whole.path) } catch let error as DataError {
        throw DataError(error.description.replacing(whole.path, with: path))
      }
      // The manifest is that of the place.
      try FileManager.default.removeItem(at: whole.appendingPathComponent(FolderManifest.name))
      for name in try FileManager.default.contentsOfDirectory(atPath: whole.path) {
        try FileManager.default.moveItem(
          at: whole.appendingPathComponent(name), to: place.appendingPathComponent(name))
      }
      try FileManager.default.removeItem(at: whole)
      return summary
    }
  }

  private func write(
    to path: String, replacing: Bool = false, since start: ContinuousClock.Instant?
  ) throws -> ResultSummary<Result> {
    try AtomicOutput.folder(at: path, replacing: replacing, version: version) { folder in
      let files = ResultFiles(folder: folder, calibration: result.micrograph.calibration)
      try result.write(to: files)
      if let record = result.micrograph.registration {
        try files.write(RegistrationTable(record).csv, as: "registration.csv")
      }
      var summary = ResultSummary(of: result, input: input, version: version)
      if hasReport {
        let beginning = ContinuousClock.now
        for file in document.files() { try files.write(file.data, as: file.path) }
        summary.add(.init(.report, since: beginning))
      }
      if let start { summary.add(.init(.total, since: start)) }
      try files.writeJSON(summary, as: "summary.json")
      return summary
    }
  }

  /// The report of the method, with what all reports have in common.
  public var document: ReportDocument {
    var document = result.report()
    document.warnings = result.warnings.map(\.asSentence)
    document.footer = "Tessera \(version) · \(input)"
    if let record = result.micrograph.registration { document.sections.append(FramesChapter(record).section) }
    let provenance = ProvenanceChapter(
      choices: result.choices, timings: result.timings, input: input, version: version, seed: result.record.seed,
      references: Result.Settings.references,
      paragraph: MethodsParagraph(of: result, input: input, version: version))
    document.sections += provenance.sections
    return document
  }
}
