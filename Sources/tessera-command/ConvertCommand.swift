import ArgumentParser
import TesseraFormats

/// `tessera convert`: from one format to another.
struct ConvertCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Converts an image, a stack or a table of sites to another format.",
    discussion: """
      EXAMPLE
        tessera convert scan.dm4 scan.tif
        tessera convert series.tif mean.png --frames 0..9 --bits 16
        tessera convert scan.tessera/sites.csv atoms.xyz

      Images: the extension of the new file chooses the format. The calibration is kept where the format has a place for it.
        .tif, .ome.tif  32-bit floating point, or integers as in the original
        .mrc            MRC image or stack
        .hspy           HDF5 as HyperSpy writes it
        .png            one image, stretched to full contrast
        .npy            NumPy array, without calibration

      A stack stays a stack. --frame writes one frame, --frames the mean of several frames, and --frames with --each a part \
      of the stack.

      Tables of sites: a table with the columns x and y, or an extended XYZ file, is converted to
        .xyz, .cif      lengths in Angstrom, for ASE and OVITO
        .txt            rows "x y" in pixels, for Atomap and NumPy
        .csv            a table with a header

      Lengths need a pixel size unless the table has the columns x_nm and y_nm. In .xyz and .cif files the cell is the image, so \
      that the tables of a series stay aligned and positions come back unchanged: its size is known in a result folder, and \
      --image names it for other tables.
      """)

  @Argument(help: ArgumentHelp("Image file, or table of sites, to convert.", valueName: "in"), completion: .file())
  var input: String

  @Argument(
    help: ArgumentHelp("File to write; the extension chooses the format.", valueName: "out"), completion: .file())
  var output: String

  @Flag(help: "Write the stored values unchanged, with the original number type and shape (.npy only).")
  var raw = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Number of bits per PNG sample: 8 or 16. (default: 8)", valueName: "8|16"),
    completion: .list(["8", "16"]))
  var bits: Int?

  @Flag(
    help:
      "Resample an image whose pixels are not square to square pixels, as all analyses do before they begin; one image."
  )
  var squarePixels = false

  @Option(
    name: .customLong("image"),
    help: ArgumentHelp(
      "Image to which a table of sites belongs; it gives .xyz and .cif files their cell, and lengths their pixel size. (default: "
        + "the image of the result folder that holds the table)", valueName: "file"), completion: .file())
  var frameImage: String?

  @Flag(help: "Replace an existing file.")
  var force = false

  @OptionGroup var image: InputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard let bits else { return }
    guard bits == 8 || bits == 16 else { throw ValidationError("--bits must be 8 or 16, but is \(bits)") }
    guard output.lowercased().hasSuffix(".png") else {
      throw ValidationError("--bits applies to PNG files, but the name is \(output); leave out --bits")
    }
  }

  func run() throws {
    guard output != StandardOutput.name else {
      throw ValidationError(
        "the extension of the new file chooses the format, and - (standard output) has none; name a file, such as out.tif"
      )
    }
    if let target = SiteTarget(path: output) { return try convertSites(to: target) }
    guard frameImage == nil else {
      throw ValidationError("--image belongs to a table of sites, but \(output) is to be an image; leave out --image")
    }
    _ = try Conversion.Target(path: output)
    try AtomicOutput.checkPlace(output, replacing: force, inputs: [input])
    let file = try image.reading.open(input)
    var conversion = Conversion()
    conversion.dataset = image.dataset
    conversion.isRaw = raw
    conversion.pngBits = bits ?? 8
    conversion.calibration = image.calibration
    if let frame = image.frame { conversion.frames = .one(frame) }
    if image.each, let range = image.frames { conversion.frames = .each(range.frames) }
    if !image.each, squarePixels || image.frames != nil || image.registering.isGiven {
      return try convertMean(of: file, conversion)
    }
    guard !squarePixels else {
      throw ValidationError("--square-pixels resamples one image; leave out --each")
    }
    try noteSize(of: file)
    let bar = ProgressBar()
    let warnings = try StageLog(of: input).run("frames") {
      try conversion.run(on: file, to: output, replacing: force) { bar.report("frames", $0) }
    }
    bar.finish()
    for warning in warnings { Messages.warning("\(input): \(warning)") }
  }

  /// Says the size of a large result. PNG files hold one image and are small.
  private func noteSize(of file: ImageFile) throws {
    guard !output.lowercased().hasSuffix(".png") else { return }
    let dataset = try file.dataset(at: image.dataset ?? file.defaultDataset)
    let frames = image.frame != nil ? 1 : image.each ? image.frames?.frames.count ?? 1 : dataset.frameCount
    let isShort = [.bool, .uint8, .uint16].contains(dataset.type) && !output.lowercased().hasSuffix(".npy")
    let size = raw ? dataset.type.size * dataset.channels : isShort ? 2 : 4
    let (pixels, _) = (dataset.width * frames).multipliedReportingOverflow(by: dataset.height * size)
    Messages.noteSize(of: output, pixels)
  }

  private func convertMean(of file: ImageFile, _ conversion: Conversion) throws {
    guard !raw else {
      throw ValidationError(
        squarePixels
          ? "a resampled image holds no stored values; leave out --raw or --square-pixels"
          : "a mean is not a stored value; leave out --raw, or choose one frame with --frame")
    }
    try AtomicOutput.checkPlace(output, replacing: force, inputs: [input])
    let mean =
      squarePixels
      ? try image.single.squareMicrograph(at: input)
      : try image.registering.mean(of: file, dataset: image.dataset, frames: image.frames?.frames)
    let warnings = try conversion.write(mean, to: output, replacing: force)
    for warning in warnings { Messages.warning("\(input): \(warning)") }
    if let record = mean.registration { Messages.note("\(input): \(record.sentence)") }
  }

  /// Formats of tables of sites, by the extension of the result.
  private enum SiteTarget: String {
    case xyz, cif, txt, csv

    init?(path: String) { self.init(rawValue: path.split(separator: ".").last.map { $0.lowercased() } ?? "") }

    var holdsLengths: Bool { self == .xyz || self == .cif }
  }

  private func convertSites(to target: SiteTarget) throws {
    try AtomicOutput.checkPlace(output, replacing: force, inputs: [input] + [frameImage].compactMap { $0 })
    let pixelSize = image.pixelSize?.nanometres
    let frame = try imageOfTable()
    let knowsScale = pixelSize != nil || frame?.calibration != nil
    var sites = try SiteList.read(
      path: StandardInput.file(for: input), prefersNanometres: target.holdsLengths && !knowsScale)
    for warning in sites.warnings { Messages.warning("\(input): \(warning)") }
    sites.frame = frame ?? sites.frame
    if target == .csv {
      return try (sites.inPixels(pixelSize: pixelSize) ?? sites).writeTable(to: output, replacing: force)
    }
    let converted =
      target.holdsLengths ? sites.inNanometres(pixelSize: pixelSize) : sites.inPixels(pixelSize: pixelSize)
    guard let converted else {
      throw ValidationError(
        target.holdsLengths
          ? "\(input): contains positions in pixels; give --pixel-size to write lengths"
          : "\(input): contains positions as lengths; give --pixel-size to write pixels")
    }
    if target.holdsLengths, converted.frame?.calibration == nil {
      Messages.warning(
        "\(input): the size of its image is unknown, so \(output) has "
          + (target == .xyz ? "no cell" : "a cell as large as the sites reach, another for each table")
          + "; name the image with --image")
    }
    switch target {
    case .xyz: try converted.writeExtendedXYZ(to: output, replacing: force)
    case .cif: try converted.writeCIF(to: output, replacing: force)
    case .txt, .csv: try converted.writePlain(to: output, replacing: force)
    }
  }

  /// The image that a table of sites belongs to.
  private func imageOfTable() throws -> SiteFrame? {
    guard let frameImage else { return SiteFrame(besideTable: input) }
    let file = try image.reading.open(frameImage)
    let dataset = try file.dataset(at: image.dataset ?? file.defaultDataset)
    return SiteFrame(
      width: dataset.width, height: dataset.height, calibration: image.calibration ?? dataset.calibration)
  }
}
