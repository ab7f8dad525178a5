import ArgumentParser
import TesseraFormats

/// `tessera convert`: from one format to another.
struct ConvertCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Writes an image, a stack or a table of sites in another format, with its calibration.",
    discussion: """
      EXAMPLE
        tessera convert scan.dm4 scan.tif
        tessera convert series.tif mean.png --frames 0..9 --bits 16
        tessera convert scan.tessera/sites.csv atoms.xyz

      The name of the result chooses the format: .tif (32-bit float, or integers where the source has them; opens in Fiji \
      with its scale), .ome.tif, .mrc, .hspy (HDF5 in HyperSpy's layout), .png (stretched to full contrast), .npy. A stack becomes a stack; --frame takes one of its images, \
      --frames the mean of several, --frames with --each a part of it. With --raw, the stored values go into a .npy file \
      untouched, in their own type and shape.

      A table with columns x and y, or an extended XYZ file, becomes extended XYZ or CIF (.xyz, .cif: lengths in Angstrom, \
      for ASE and OVITO; they need the pixel size unless the table has x_nm and y_nm), rows "x y" in pixels (.txt, for \
      Atomap and NumPy) or a table with a header (.csv).
      """)

  @Argument(help: ArgumentHelp("The image file.", valueName: "in"))
  var input: String

  @Argument(help: ArgumentHelp("The new file; its extension chooses the format.", valueName: "out"))
  var output: String

  @Flag(help: "Write the stored values untouched, in their own type and shape (.npy only).")
  var raw = false

  @Option(help: ArgumentHelp("Bits of a PNG sample: 8 or 16.", valueName: "8|16"))
  var bits = 8

  @Flag(help: "Replace a file that exists.")
  var force = false

  @OptionGroup var image: InputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard bits == 8 || bits == 16 else { throw ValidationError("--bits must be 8 or 16, but is \(bits)") }
  }

  func run() throws {
    if let target = SiteTarget(path: output) { return try convertSites(to: target) }
    let file = try image.reading.open(input)
    var conversion = Conversion()
    conversion.dataset = image.dataset
    conversion.isRaw = raw
    conversion.pngBits = bits
    conversion.calibration = image.calibration
    if let frame = image.frame { conversion.frames = .one(frame) }
    if image.each, let range = image.frames { conversion.frames = .each(range.frames) }
    if !image.each, image.frames != nil || image.registering.isGiven {
      return try convertMean(of: file, conversion)
    }
    let bar = ProgressBar()
    let warnings = try conversion.run(on: file, to: output, replacing: force) { bar.report("frames", $0) }
    bar.finish()
    for warning in warnings { Messages.warning("\(input): \(warning)") }
  }

  private func convertMean(of file: ImageFile, _ conversion: Conversion) throws {
    guard !raw else { throw ValidationError("a mean is not a stored value; leave out --raw, or choose --frame") }
    _ = try Conversion.Target(path: output)
    try AtomicOutput.checkPlace(output, replacing: force)
    let mean = try image.registering.mean(of: file, dataset: image.dataset, frames: image.frames?.frames)
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
    try AtomicOutput.checkPlace(output, replacing: force)
    let pixelSize = image.pixelSize?.nanometres
    let sites = try SiteList.read(path: input, prefersNanometres: target.holdsLengths && pixelSize == nil)
    for warning in sites.warnings { Messages.warning("\(input): \(warning)") }
    if target == .csv {
      return try (sites.inPixels(pixelSize: pixelSize) ?? sites).writeTable(to: output, replacing: force)
    }
    let converted =
      target.holdsLengths ? sites.inNanometres(pixelSize: pixelSize) : sites.inPixels(pixelSize: pixelSize)
    guard let converted else {
      throw ValidationError(
        target.holdsLengths
          ? "\(input) holds positions in pixels; give --pixel-size to write them as lengths"
          : "\(input) holds positions as lengths; give --pixel-size to write them in pixels")
    }
    switch target {
    case .xyz: try converted.writeExtendedXYZ(to: output, replacing: force)
    case .cif: try converted.writeCIF(to: output, replacing: force)
    case .txt, .csv: try converted.writePlain(to: output, replacing: force)
    }
  }
}
