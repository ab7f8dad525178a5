import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraStructure

/// `tessera sites --tile`: the columns of an image that is read a few lines at a time.
extension SitesCommand {
  /// Rows that are formatted at once.
  private static let rowsAtOnce = 1 << 16

  /// The image, of which no pixel is read yet.
  func mosaicImage() throws -> MosaicImage {
    var mosaic = try MosaicImage(image.reading.open(input), dataset: image.dataset, frame: image.frame)
    if let calibration = image.calibration { mosaic.facts.calibration = calibration }
    return mosaic
  }

  /// The image, and what all of its tiles share.
  func mosaic(side: Int) throws -> MosaicMethod {
    let mosaic = try mosaicImage()
    var (preparation, finder) = (Preparation(), ColumnFinder())
    var network: NetworkFinder?
    finding.apply(to: &preparation, &finder, &network)
    return MosaicMethod(mosaic, plan: try MosaicPlan(for: mosaic, side: side, preparation: preparation, finder: finder))
  }

  /// Finds the columns tile by tile and writes their table.
  func table(inTiles side: Int, to path: String, _ log: StageLog) throws -> Report {
    let method = try log.run("sample") { try mosaic(side: side) }
    let (plan, facts) = (method.plan, method.image.facts)
    for warning in facts.warnings + plan.warnings { Messages.warning("\(facts.name): \(warning)") }
    let progress = ProgressBar()
    defer { progress.finish() }
    let count = plan.grid.rows * plan.grid.columns
    let (items, emptyTiles) = try log.run("columns") {
      try method.sites { progress.report("columns", Double($0) / Double(count)) }
    }
    progress.finish()
    guard !items.isEmpty else { throw DataError("\(facts.name): no atom columns were found in any of \(count) tiles") }
    try log.run("table") {
      if output.isPrinted {
        Self.forEachPart(of: items, calibration: facts.calibration) { StandardOutput.write($0) }
      } else {
        try Self.write(items, calibration: facts.calibration, to: path, replacing: output.force)
      }
    }
    return Report(
      input: input, output: output.isPrinted ? nil : path, frame: nil, columns: items.count,
      scale: plan.finder.scale ?? 0,
      method: plan.finder.route.rawValue, shape: plan.finder.fit.shape?.rawValue ?? "", tiles: count,
      emptyTiles: emptyTiles,
      flagged: items.count { $0.accuracy.flag != nil },
      meanSpacing: PlanarIndex(items.map(\.site.position)).meanSpacing, version: TesseraVersion.current,
      warnings: (facts.warnings + plan.warnings).map(OptionNames.put))
  }

  /// Writes the table of all columns.
  static func write(_ items: [MosaicSites.Item], calibration: Calibration?, to path: String, replacing: Bool) throws {
    try AtomicOutput.file(at: path, replacing: replacing) { file in
      let output = try PiecewiseFile(at: file)
      try forEachPart(of: items, calibration: calibration) { try output.write($0) }
      try output.close()
    }
  }

  /// Gives the table of all columns, some rows at a time.
  private static func forEachPart(
    of items: [MosaicSites.Item], calibration: Calibration?, _ body: (Data) throws -> Void
  ) rethrows {
    for first in stride(from: 0, to: items.count, by: rowsAtOnce) {
      let part = items[first..<min(items.count, first + rowsAtOnce)]
      var table = SiteTable(
        sites: Sites(part.map(\.site)), accuracies: part.map(\.accuracy), calibration: calibration)
      table.firstID = first
      try body(first == 0 ? table.csv : table.csvRows)
    }
  }
}
