import Foundation
import TesseraFormats
import TesseraMethods
import TesseraNumerics

/// `sites --tile` in parts, which other programs run where and in which order they like: a plan, a file for each row of tiles, and the table of
/// all.
package struct EmbeddedMosaic {
  private let command: SitesCommand

  /// - Parameters:
  ///   - path: of the image.
  ///   - words: as on a command line of `sites`, `--tile` among them, without the input.
  package init(path: String, words: [String]) throws {
    guard let command = try TesseraCommand.parseAsRoot([SitesCommand._commandName, path] + words) as? SitesCommand,
      command.tile != nil
    else { throw ParameterError("the columns of a mosaic need \(setting("tile"))") }
    self.command = command
  }

  /// What all tiles share, as JSON, the number of rows of tiles, and what a user should know.
  package func plan() throws -> (json: String, rows: Int, warnings: [String]) {
    let method = try command.mosaic(side: command.tile ?? 0)
    return (
      String(decoding: try method.plan.json, as: UTF8.self), method.plan.grid.rows,
      method.image.facts.warnings + method.plan.warnings
    )
  }

  /// Finds the columns of one row of tiles and writes them to a file; leaves it alone where it is there already.
  package func write(row: Int, plan json: String, to path: String, threads: Int?) throws {
    let plan = try MosaicPlan(json: json)
    guard (0..<plan.grid.rows).contains(row) else { throw ParameterError("the mosaic has no row \(row) of tiles") }
    let checksum = try plan.checksum
    if AtomicOutput.exists(path), (try? MosaicPart(path: path, of: plan, checksum: checksum)) != nil { return }
    let sites = try Workers.$limit.withValue(threads) {
      try MosaicMethod(try command.mosaicImage(), plan: plan).sites(inRows: row..<row + 1)
    }
    try AtomicOutput.file(at: path, replacing: true, contents: MosaicPart(sites, plan: checksum).data)
  }

  /// Joins the columns of all rows to one table.
  /// - Parameters:
  ///   - parts: the files of the rows.
  ///   - json: the plan of the mosaic, as `plan()` gives it.
  ///   - path: of the table.
  ///   - replacing: whether an existing table gives way; otherwise it is an error.
  /// - Returns: the number of columns; those centred outside the image are not counted.
  package func join(_ parts: [String], plan json: String, to path: String, replacing: Bool) throws -> Int {
    let plan = try MosaicPlan(json: json)
    let checksum = try plan.checksum
    var all = MosaicSites()
    for path in parts { all.add(try MosaicPart(path: path, of: plan, checksum: checksum).sites) }
    guard all.tiles == plan.grid.rows * plan.grid.columns else {
      throw ParameterError("the parts have \(all.tiles) of \(plan.grid.rows * plan.grid.columns) tiles")
    }
    let items = all.joined(plan)
    let facts = try command.mosaicImage().facts
    guard !items.isEmpty else {
      throw DataError("\(facts.name): no atom columns were found in any of \(all.tiles) tiles")
    }
    try SitesCommand.write(items, plan, calibration: facts.calibration, to: path, replacing: replacing)
    return items.columnCount
  }
}
