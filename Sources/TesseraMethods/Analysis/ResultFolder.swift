import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// The files of one analysis, as docs/results-folder.md lists them.
public struct ResultFolder: Sendable {
  public var result: AnalysisResult
  public var settings: Analysis
  /// The input as the user typed it.
  public var input: String
  public var version: String
  /// Draw the figures and the report; tables are written in any case.
  public var hasReport = true

  public init(
    _ result: AnalysisResult, settings: Analysis, input: String, version: String = TesseraVersion.current,
    hasReport: Bool = true
  ) {
    (self.result, self.settings, self.input) = (result, settings, input)
    (self.version, self.hasReport) = (version, hasReport)
  }

  /// Writes the folder, whole or not at all.
  ///
  /// - Parameters:
  ///   - start: when the command began, for the total time; nil leaves it out.
  /// - Returns: the summary that was written.
  /// - Throws: `FormatError` where the place is taken (unless `replacing`) or cannot be written.
  @discardableResult
  public func write(to path: String, replacing: Bool = false, since start: ContinuousClock.Instant? = nil) throws
    -> Summary
  {
    try AtomicOutput.folder(at: path, replacing: replacing) { folder in
      let table = SiteTable(
        sites: result.sites, accuracies: result.finding.accuracies,
        classes: result.classes, calibration: result.micrograph.calibration)
      try folder.write(table.csv, as: "sites.csv")
      try folder.write(classTable, as: "classes.csv")
      if let record = result.micrograph.registration {
        try folder.write(RegistrationTable(record).csv, as: "registration.csv")
      }
      try NPYWriter.write(
        result.features.values, shape: [result.features.rows, result.features.columns],
        to: folder.appendingPathComponent("features.npy").path)
      try NPYWriter.write(
        result.layout.points.flatMap { [Float($0.x), Float($0.y)] }, shape: [result.layout.points.count, 2],
        to: folder.appendingPathComponent("layout.npy").path)
      try folder.write(cellTable, as: "cells.csv")
      try folder.write(hierarchyJSON(), as: "hierarchy.json")
      let rebuilt = result.reconstruction()
      try TIFFWriter.write(
        [rebuilt.image, rebuilt.residual], names: ["reconstruction", "residual"],
        calibration: result.micrograph.calibration, to: folder.appendingPathComponent("reconstruction.tif").path)
      if let strain = result.strain {
        try strain.planes.write(
          to: folder.appendingPathComponent("strain.tif").path, calibration: result.micrograph.calibration)
      }
      var timed = result
      if hasReport {
        var clock = StageClock()
        let files = clock.run("report") {
          AnalysisReport(of: result, settings: settings, input: input, version: version).files()
        }
        for file in files { try folder.write(file.data, as: file.path) }
        timed.timings += clock.timings
      }
      if let start {
        timed.timings.append(.init(stage: "total", seconds: (ContinuousClock.now - start) / .seconds(1)))
      }
      let summary = Summary(of: timed, settings: settings, input: input, version: version)
      try folder.write(try summary.json(), as: "summary.json")
      return summary
    }
  }

  /// `classes.csv`. `parent` is empty: the classes of an analysis are the roots of the class tree.
  private var classTable: Data {
    var table = TableWriter(columns: ["class", "parent", "name", "count", "fraction", "confidence"])
    for row in result.classRows {
      table.add([
        String(row.label), "", TableWriter.cell(row.name), String(row.count),
        TableWriter.number(row.fraction, decimals: 6), TableWriter.number(row.confidence),
      ])
    }
    return table.data
  }

  /// `cells.csv`: one row a cell; `type` counts from 1, the commonest, and `node` is that of `hierarchy.json`.
  private var cellTable: Data {
    var table = TableWriter(columns: ["cell", "i", "j", "x", "y", "type", "members", "extras", "node"])
    guard let cells = result.cells else { return table.data }
    for (index, cell) in cells.cells.enumerated() {
      let type = cell.type.map { cells.types[$0] }
      let onGrid = cells.grid != nil
      let node = result.hierarchy?.nodeOfCell[index] ?? nil
      table.add([
        String(index), onGrid ? String(cell.i) : "", onGrid ? String(cell.j) : "", TableWriter.number(cell.centre.x),
        TableWriter.number(cell.centre.y), cell.type.map { String($0 + 1) } ?? "",
        type.map { $0.members.map(String.init).joined(separator: " ") } ?? "",
        type.map { $0.extras.map(String.init).joined(separator: " ") } ?? "", node.map(String.init) ?? "",
      ])
    }
    return table.data
  }

  private func hierarchyJSON() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let hierarchy = try result.hierarchy.map { try encoder.encode($0) } ?? Data(#"{"edges": [], "nodes": []}"#.utf8)
    return hierarchy + Data("\n".utf8)
  }
}
