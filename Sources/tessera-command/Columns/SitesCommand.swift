import ArgumentParser
import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraStructure

/// `tessera sites`: the columns of an image, refined.
struct SitesCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "sites",
    abstract: "Finds the atom columns of a micrograph and fits their positions.",
    discussion: """
      EXAMPLE
        tessera sites scan.tif -o columns.csv

      writes one row per column: position in pixels (and in nm if the image is calibrated), height, widths, background, \
      integrated intensity and the standard errors. Without --output the table is NAME.columns.csv in the current folder; \
      --output - prints it. With --frames 0..9 --each, every frame has its own table. With --tile 2048, an image that does not fit \
      into memory is done tile by tile.
      """)

  @Argument(help: ArgumentHelp("Image file to analyse.", valueName: "image"), completion: .file())
  var input: String

  @Option(help: ArgumentHelp("Deprecated: use --sites.", valueName: "table", visibility: .hidden))
  var positions: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Find the columns in tiles of this side, each with its surroundings, so that memory does not grow with the image; 256 to 65536. "
        + "(default: the whole image at once)", valueName: "pixels"))
  var tile: Int?

  @Option(
    help: ArgumentHelp(
      "With --tile: result folder of analyze or motifs by whose classes the columns are sorted.", valueName: "result"),
    completion: .directory)
  var apply: String?

  @Option(
    help: ArgumentHelp(
      "With --tile: analyze a part of the image first, of twice the side of a tile, write its result folder here, and sort all columns "
        + "by its classes.", valueName: "folder"), completion: .directory)
  var motifs: String?

  @Option(
    help: ArgumentHelp(
      "With --method network: write the map of the network, too, in which columns are maxima, 0 to 1: a TIFF image of float32, of the "
        + "size of the image.", valueName: "file"), completion: .file(extensions: ["tif"]))
  var map: String?

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup(title: "Columns") var finding: FindingOptions
  @OptionGroup var output: TableOutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if output.isPrinted && image.each {
      throw ValidationError("--each gives several tables, but --output - prints one; name a folder")
    }
    if let tile {
      guard MosaicPlan.sides.contains(tile) else {
        throw ValidationError(
          "--tile must be between \(MosaicPlan.sides.lowerBound) and \(MosaicPlan.sides.upperBound), but is \(tile)")
      }
      if image.frames != nil || image.registering.isGiven || finding.columns.sites != nil || positions != nil {
        throw ValidationError(
          "--tile finds the columns of one frame; leave out --frames, --register, --sites, or do without --tile")
      }
    }
    if tile == nil, apply != nil || motifs != nil {
      throw ValidationError(
        "--apply and --motifs sort the columns of an image in tiles; give --tile, or use analyze, which sorts the columns of a whole image"
      )
    }
    if map != nil {
      guard finding.method == .network else { throw ValidationError("--map applies to --method network only") }
      guard tile == nil, !image.each else {
        throw ValidationError("--map writes the map of one image at once; leave out --tile and --each")
      }
    }
    if apply != nil && motifs != nil { throw ValidationError("--apply and --motifs exclude each other; give one") }
    guard positions != nil else { return }
    guard finding.columns.sites == nil else {
      throw ValidationError("--positions is the old name of --sites; give --sites only")
    }
  }

  func run() throws {
    if positions != nil { Messages.warning("--positions is deprecated; use --sites") }
    let images = image.images(of: [input])
    var reports: [Report] = []
    let outcome = Result {
      try forEachImage(images) { image in
        let report = try table(of: image)
        if !output.json && !output.isPrinted {
          let sorted = report.sorted.map { ", \($0.sentence)" } ?? ""
          print("\(image.name): \(report.columns) columns\(sorted) -> \(report.output ?? "")")
        }
        reports.append(report)
      }
    }
    if output.json && self.image.each {
      try Messages.printJSON(reports)
    } else if output.json {
      for report in reports { try Messages.printJSON(report) }
    }
    try outcome.get()
  }

  /// Where the table of an image goes: with `--each` a file of the folder `--output` for each frame.
  private func place(of image: ChosenImage) throws -> String {
    guard let frame = image.frame else { return output.output ?? "\(image.stem).columns.csv" }
    guard let folder = output.output else { return "\(image.stem).frame-\(frame).columns.csv" }
    try AtomicOutput.makeFolder(at: folder)
    return (folder as NSString).appendingPathComponent("frame-\(frame).columns.csv")
  }

  /// Finds the columns of one image and writes their table.
  private func table(of chosen: ChosenImage) throws -> Report {
    let path = try place(of: chosen)
    if !output.isPrinted {
      try checkTable(path, "tessera convert makes .xyz, .cif and .txt files of the table")
      try AtomicOutput.checkPlace(
        path, replacing: output.force,
        inputs: [input] + [finding.columns.sites, positions, finding.model, apply].compactMap { $0 })
    }
    if let map {
      try AtomicOutput.checkPlace(
        map, replacing: output.force, inputs: [input, path] + [finding.model].compactMap { $0 })
    }
    let log = StageLog(of: chosen.name)
    if let tile { return try table(inTiles: tile, to: path, log) }
    let micrograph = try log.run("read") { try image.micrograph(of: chosen) }
    let search = try log.run("columns") { try self.search(in: micrograph) }
    if let map, let values = search.map {
      try TIFFWriter.write([values], calibration: micrograph.calibration, to: map, replacing: output.force)
    }
    try log.run("table") {
      let table = search.table.csv
      if output.isPrinted { return StandardOutput.write(table) }
      try AtomicOutput.file(at: path, replacing: output.force, contents: table)
    }
    for warning in search.warnings { Messages.warning("\(micrograph.name): \(warning)") }
    return report(of: search, input: input, output: path, frame: chosen.frame)
  }

  /// The columns of an image.
  struct Search {
    var found: ColumnFinder.Found
    var table: SiteTable
    var warnings: [String]
    var columnsAreGiven: Bool
    /// With `--map`.
    var map: Raster<Float>?
  }

  /// Finds the columns of one image, or fits those that are given.
  func search(in micrograph: Micrograph) throws -> Search {
    var (preparation, finder) = (Preparation(), ColumnFinder())
    var network: NetworkFinder?
    finding.apply(to: &preparation, &finder, &network)
    var prepared = try preparation.prepared(micrograph)
    let known = try known(in: micrograph)
    let found = try finder.columns(of: MethodInput(micrograph, columns: known), in: &prepared, network: network)
    let table = SiteTable(
      sites: found.sites, accuracies: found.accuracies, probabilities: found.proposed?.probabilities,
      calibration: micrograph.calibration)
    return Search(
      found: found, table: table, warnings: prepared.warnings + found.warnings, columnsAreGiven: known != nil,
      map: map == nil ? nil : try network?.map(of: prepared, name: micrograph.name))
  }

  /// What `--json` prints of an image.
  func report(of search: Search, input: String, output: String? = nil, frame: Int? = nil) -> Report {
    let found = search.found
    return Report(
      input: input, output: output, frame: frame, columns: found.sites.columnCount, scale: found.scale,
      method: search.columnsAreGiven ? "positions" : found.route.rawValue, shape: found.shape.rawValue,
      network: found.proposed?.source, candidates: found.proposed?.count,
      predictedSpacing: found.proposed?.spacing, flagged: found.accuracies.count { $0.flag != nil },
      meanSpacing: found.sites.meanSpacing,
      version: TesseraVersion.current, warnings: search.warnings.map(OptionNames.put))
  }

  /// The columns of a table, under either name of the option.
  private func known(in micrograph: Micrograph) throws -> KnownColumns? {
    try finding.columns.known(in: micrograph)
      ?? positions.map { try KnownColumns(tableAt: StandardInput.file(for: $0), calibration: micrograph.calibration) }
  }

  struct Report: Encodable {
    let input: String
    /// Absent where the table was not written.
    let output: String?
    /// With `--each`.
    let frame: Int?
    let columns: Int
    let scale: Double
    let method, shape: String
    /// With `--method network`: model file and checksum, the maxima of its map, and the spacing that it says.
    var network: String?
    var candidates: Int?
    var predictedSpacing: Double?
    /// With `--tile`: number of tiles, and of those without a column.
    var tiles, emptyTiles: Int?
    let flagged: Int
    let meanSpacing: Double?
    let version: String
    let warnings: [String]
    /// With `--apply` or `--motifs`.
    var sorted: Sorted?

    enum CodingKeys: String, CodingKey {
      case input, output, frame, columns, scale, method, shape, flagged, version, warnings, sorted
      case network, candidates, tiles
      case emptyTiles = "empty_tiles"
      case meanSpacing = "mean_spacing_px"
      case predictedSpacing = "predicted_spacing_px"
    }
  }
}
