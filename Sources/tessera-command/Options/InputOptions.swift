import ArgumentParser
import TesseraFormats
import TesseraImaging

extension ReadingOptions.FrameAxis: ExpressibleByArgument {}

/// How files are to be understood; for commands that read any image.
struct ReadingArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Axis of a plain array (NumPy, HDF5) along which the frames lie.", valueName: "axis"))
  var frameAxis = ReadingOptions.FrameAxis.first

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Maximum number of pixels of an image to read, 1 to 1000000000000. (default: \(ReadingOptions().pixelLimit), and "
        + "\(ReadingOptions().packedPixelLimit) of a file that is packed more tightly than noise can be)",
      valueName: "n"))
  var maxPixels: Int?

  func validate() throws {
    if let maxPixels, !(1...1_000_000_000_000).contains(maxPixels) {
      throw ValidationError("--max-pixels must be between 1 and 1000000000000, but is \(maxPixels)")
    }
  }

  /// - Parameter path: a file, or `-` for standard input.
  func open(_ path: String) throws -> ImageFile {
    var options = ReadingOptions()
    options.frameAxis = frameAxis
    if let maxPixels { (options.pixelLimit, options.packedPixelLimit) = (maxPixels, maxPixels) }
    return try ImageFile.open(path: StandardInput.file(for: path), options: options)
  }
}

/// Which image of a file is meant, and what its pixels measure.
struct InputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Pixel size to use instead of the calibration in the file, in nm, pm, A or um: 0.0123nm, for example; 1e-6 nm to "
        + "1e6 nm. (default: the "
        + "calibration in the file)", valueName: "size"), transform: PixelSize.init(typed:))
  var pixelSize: PixelSize?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of the dataset in a file with several datasets, counted from 0 (`tessera info` lists the datasets). "
        + "(default: the image that serves best, see docs/formats.md)", valueName: "n"))
  var dataset: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Number of the frame in a stack, counted from 0. (default: 0)", valueName: "n"))
  var frame: Int?

  @Option(
    help: ArgumentHelp(
      "First and last frame, counted from 0, of a part of a stack; the frames are registered and averaged.",
      valueName: "a..b"), transform: FrameRange.init(typed:))
  var frames: FrameRange?

  @Flag(help: "Process each frame of --frames separately instead of averaging the frames.")
  var each = false

  @OptionGroup var registering: RegisterOptions

  @OptionGroup var reading: ReadingArguments

  func validate() throws {
    if registering.isGiven && (frame != nil || each) {
      throw ValidationError(
        "--register, --scan-angles, --frame-pause and --camera average several frames; leave out --frame and --each")
    }
    if frame != nil && frames != nil { throw ValidationError("--frame and --frames exclude each other; give one") }
    if each && frames == nil { throw ValidationError("--each needs --frames a..b") }
    if let frame, frame < 0 { throw ValidationError("--frame counts from 0, but is \(frame)") }
    if let dataset, dataset < 0 { throw ValidationError("--dataset counts from 0, but is \(dataset)") }
  }

  /// The calibration that the user has given.
  var calibration: Calibration? { pixelSize.flatMap { Calibration(nanometresPerPixel: $0.nanometres) } }

  /// The chosen image of a file, on square pixels: one frame, or the mean of several. Its warnings are printed.
  func micrograph(at path: String) throws -> Micrograph { announced(try squareMicrograph(at: path)) }

  /// The same, without a word.
  func squareMicrograph(at path: String) throws -> Micrograph { calibrated(try stored(at: path)).withSquarePixels() }

  /// The same with the pixels as the file has them.
  func storedMicrograph(at path: String) throws -> Micrograph { announced(calibrated(try stored(at: path))) }

  private func stored(at path: String) throws -> Micrograph {
    guard !each else {
      throw ValidationError("--each applies to commands that process several images; leave out --each")
    }
    let file = try reading.open(path)
    return frames != nil || registering.isGiven
      ? try registering.mean(of: file, dataset: dataset, frames: frames?.frames)
      : try file.read(dataset: dataset, frame: frame)
  }

  /// One frame of a file, as `--each` takes it.
  func micrograph(at path: String, frame: Int) throws -> Micrograph {
    var micrograph = try reading.open(path).read(dataset: dataset, frame: frame)
    micrograph.name += " (frame \(frame))"
    return announced(calibrated(micrograph).withSquarePixels())
  }

  private func announced(_ micrograph: Micrograph) -> Micrograph {
    for warning in micrograph.warnings { Messages.warning("\(micrograph.name): \(warning)") }
    return micrograph
  }

  private func calibrated(_ micrograph: Micrograph) -> Micrograph {
    var micrograph = micrograph
    if let calibration { micrograph.calibration = calibration }
    return micrograph
  }
}
