import ArgumentParser
import TesseraFormats
import TesseraImaging

/// Frames `a..b`, both included, counted from 0.
struct FrameRange: ExpressibleByArgument, Sendable {
  let frames: ClosedRange<Int>

  init?(argument: String) {
    let ends = argument.replacing("..", with: "\u{0}").split(separator: "\u{0}", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]) else { return nil }
    guard first >= 0, last >= first, last < Int.max else { return nil }
    frames = first...last
  }
}

extension ReadingOptions.FrameAxis: ExpressibleByArgument {}

/// How files are to be understood; for commands that read any image.
struct ReadingArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Which axis of a plain array (NumPy, HDF5) counts the frames."))
  var frameAxis = ReadingOptions.FrameAxis.first

  @Option(help: ArgumentHelp("Largest image that is read, in pixels.", valueName: "n"))
  var maxPixels = 1 << 31

  func validate() throws {
    guard maxPixels > 0 else { throw ValidationError("--max-pixels must be positive, but is \(maxPixels)") }
  }

  func open(_ path: String) throws -> ImageFile {
    var options = ReadingOptions()
    (options.frameAxis, options.pixelLimit) = (frameAxis, maxPixels)
    return try ImageFile.open(path: path, options: options)
  }
}

/// Which image of a file is meant, and what its pixels measure.
struct InputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Size of a pixel, instead of the file's: 0.0123nm, 12.3pm, 0.123A.", valueName: "size"))
  var pixelSize: PixelSize?

  @Option(help: ArgumentHelp("Dataset of a file that holds several, from 0 (see `tessera info`).", valueName: "n"))
  var dataset: Int?

  @Option(help: ArgumentHelp("Frame of a stack, from 0.", valueName: "n"))
  var frame: Int?

  @Option(help: ArgumentHelp("Frames a to b of a stack, both included: their mean is taken.", valueName: "a..b"))
  var frames: FrameRange?

  @Flag(help: "Take each of --frames by itself instead of the mean.")
  var each = false

  @OptionGroup var registering: RegisterOptions

  @OptionGroup var reading: ReadingArguments

  func validate() throws {
    if registering.isGiven && (frame != nil || each) {
      throw ValidationError("--register makes one image of several frames; leave out --frame and --each")
    }
    if frame != nil && frames != nil { throw ValidationError("--frame and --frames exclude each other; give one") }
    if each && frames == nil { throw ValidationError("--each needs --frames a..b") }
    if let frame, frame < 0 { throw ValidationError("--frame counts from 0, but is \(frame)") }
    if let dataset, dataset < 0 { throw ValidationError("--dataset counts from 0, but is \(dataset)") }
  }

  /// The calibration that the user has given.
  var calibration: Calibration? { pixelSize.flatMap { Calibration(nanometresPerPixel: $0.nanometres) } }

  /// The chosen image of a file: one frame, or the mean of several. Its warnings are printed.
  func micrograph(at path: String) throws -> Micrograph {
    guard !each else { throw ValidationError("--each is of use only where several images are taken; leave it out") }
    let file = try reading.open(path)
    let micrograph =
      if frames != nil || registering.isGiven {
        try registering.mean(of: file, dataset: dataset, frames: frames?.frames)
      } else {
        try file.read(dataset: dataset, frame: frame)
      }
    return finished(micrograph)
  }

  /// One frame of a file, as `--each` takes it.
  func micrograph(at path: String, frame: Int) throws -> Micrograph {
    var micrograph = try reading.open(path).read(dataset: dataset, frame: frame)
    micrograph.name += " (frame \(frame))"
    return finished(micrograph)
  }

  private func finished(_ micrograph: Micrograph) -> Micrograph {
    var micrograph = micrograph
    for warning in micrograph.warnings { Messages.warning("\(micrograph.name): \(warning)") }
    if let calibration { micrograph.calibration = calibration }
    return micrograph
  }
}
