import ArgumentParser
import TesseraFormats

/// `tessera convert`: from one format to another.
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes an image, a stack or a table of sites in another format, with its calibration.",
    discussion: """
      EXAMPLE
        tessera convert scan.dm4 scan.tif
        tessera convert series.tif mean.png --frames 0..9 --bits 16
        tessera convert scan.tessera/sites.csv atoms.xyz

      The name of the result chooses the format: .tif (32-bit float, or 16-bit where that holds all values; opens in Fiji \
      with its scale), .ome.tif, .mrc, .hspy (HDF5 in HyperSpy's layout), .png (stretched to full contrast), .npy. A stack becomes a stack; --frame takes one of its images, \
      --frames the mean of several, --frames with --each a part of it. With --raw, the stored values go into a .npy file \
      untouched, in their own type and shape.

      A table with columns x and y, or an extended XYZ file, becomes extended XYZ (.xyz: lengths in Angstrom, for ASE and \
      OVITO; needs the pixel size unless the table has x_nm and y_nm) or rows "x y" in pixels (.txt, for Atomap and NumPy).
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
    let name = output.lowercased()
    if name.hasSuffix(".xyz") || name.hasSuffix(".txt") { return try convertSites(isXYZ: name.hasSuffix(".xyz")) }
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

  private func convertSites(isXYZ: Bool) throws {
    try AtomicOutput.checkPlace(output, replacing: force)
    let sites = try SiteList.read(path: input, prefersNanometres: isXYZ && image.pixelSize == nil)
    for warning in sites.warnings { Messages.warning("\(input): \(warning)") }
    guard isXYZ else { return try sites.writePlain(to: output, replacing: force) }
    guard let sites = sites.inNanometres(pixelSize: image.pixelSize?.nanometres) else {
      throw ValidationError("\(input) holds positions in pixels; give --pixel-size to write them as lengths")
    }
    try sites.writeExtendedXYZ(to: output, replacing: force)
  }
}
