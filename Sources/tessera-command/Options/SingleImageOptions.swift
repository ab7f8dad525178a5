import ArgumentParser
import TesseraFormats
import TesseraImaging

/// Which image of a file is meant, and what its pixels measure.
struct SingleImageOptions: ParsableArguments {
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

  @OptionGroup var registering: RegisterOptions

  @OptionGroup var reading: ReadingArguments

  func validate() throws {
    if registering.isGiven && frame != nil {
      throw ValidationError(
        "--register, --scan-angles, --frame-pause and --camera average several frames; leave out --frame")
    }
    if frame != nil && frames != nil { throw ValidationError("--frame and --frames exclude each other; give one") }
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
    let file = try reading.open(path)
    return frames != nil || registering.isGiven
      ? try registering.mean(of: file, dataset: dataset, frames: frames?.frames)
      : try file.read(dataset: dataset, frame: frame)
  }

  /// One frame of a file, whatever `--frame` says.
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
