import ArgumentParser
import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraStructure

/// `tessera sites`: the columns of an image, refined.
struct SitesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sites",
    abstract: "Finds the atom columns of a micrograph and refines their places.",
    discussion: """
      EXAMPLE
        tessera sites scan.tif -o scan.sites.csv

      writes one row a column: place in pixels (and nm where the image is calibrated), height, widths, background, \
      intensity and their standard errors. Without --output the table goes to NAME.sites.csv in the current folder. \
      With --positions the columns of a table are fitted, none added or removed.
      """)

  @Argument(help: ArgumentHelp("The image file.", valueName: "image"))
  var input: String

  @Option(
    help: ArgumentHelp(
      "Fit the columns at these places (a table with x and y in pixels) instead of finding them.", valueName: "file"))
  var positions: String?

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup(title: "Columns") var finding: FindingOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let name = ((input as NSString).lastPathComponent as NSString).deletingPathExtension
    let path = output.output ?? "\(name).sites.csv"
    try AtomicOutput.checkPlace(path, replacing: output.force)
    var (preparation, finder) = (Preparation(), PeakFinder())
    finding.apply(to: &preparation, &finder)
    let micrograph = try image.micrograph(at: input)
    let prepared = try preparation.prepared(micrograph)
    let found =
      try positions.map { try finder.fitted(at: seeds($0, micrograph), in: prepared, name: micrograph.name) }
      ?? finder.found(in: prepared, name: micrograph.name)
    let table = SiteTable(
      sites: found.sites, accuracies: found.accuracies, calibration: micrograph.calibration)
    try AtomicOutput.file(at: path, replacing: output.force, contents: table.csv)
    for warning in prepared.warnings + found.warnings { Messages.warning("\(micrograph.name): \(warning)") }
    if output.json {
      try Messages.printJSON(
        Report(
          input: input, output: path, columns: found.sites.count, scale: found.scale,
          method: positions == nil ? found.route.rawValue : "positions", shape: found.shape.rawValue,
          flagged: found.accuracies.count { $0.flag != nil }, meanSpacing: found.sites.meanSpacing,
          version: Tessera.version, warnings: prepared.warnings))
    } else {
      print("\(input): \(found.sites.count) columns -> \(path)")
    }
  }

  /// The places of a table, in pixels.
  private func seeds(_ path: String, _ micrograph: Micrograph) throws -> [Point] {
    let list = try SiteList.read(path: path)
    guard list.unit == .nanometre else { return list.positions }
    guard let calibration = micrograph.calibration else {
      throw DataError("\(path): its places are in nm, and the image has no scale; give --pixel-size")
    }
    return list.positions.map { Point($0.x / calibration.nanometresPerPixelX, $0.y / calibration.nanometresPerPixelY) }
  }

  private struct Report: Encodable {
    let input, output: String
    let columns: Int
    let scale: Double
    let method, shape: String
    let flagged: Int
    let meanSpacing: Double?
    let version: String
    let warnings: [String]

    enum CodingKeys: String, CodingKey {
      case input, output, columns, scale, method, shape, flagged, version, warnings
      case meanSpacing = "mean_spacing_px"
    }
  }
}
