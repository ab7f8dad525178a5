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

/// Which images of a file are meant, and what their pixels measure: what `SingleImageOptions` says, or each frame of a part of a stack.
@dynamicMemberLookup
struct InputOptions: ParsableArguments {
  @OptionGroup var single: SingleImageOptions

  @Flag(help: "Process each frame of --frames separately instead of averaging the frames.")
  var each = false

  func validate() throws {
    if each && single.registering.isGiven {
      throw ValidationError(
        "--register, --scan-angles, --frame-pause and --camera average several frames; leave out --each")
    }
    if each && single.frames == nil { throw ValidationError("--each needs --frames a..b") }
  }

  subscript<Value>(dynamicMember option: KeyPath<SingleImageOptions, Value>) -> Value { single[keyPath: option] }

  /// The chosen image of a file, on square pixels: one frame, or the mean of several. Its warnings are printed.
  func micrograph(at path: String) throws -> Micrograph {
    guard !each else {
      throw ValidationError("--each applies to commands that process several images; leave out --each")
    }
    return try single.micrograph(at: path)
  }
}
