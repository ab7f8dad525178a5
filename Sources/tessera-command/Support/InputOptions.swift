import ArgumentParser

/// Frames `a..b`, both included, counted from 0.
struct FrameRange: ExpressibleByArgument, Sendable {
  let frames: ClosedRange<Int>

  init?(argument: String) {
    let ends = argument.replacing("..", with: "\u{0}").split(separator: "\u{0}", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]) else { return nil }
    guard first >= 0, last >= first else { return nil }
    frames = first...last
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

  @Option(help: ArgumentHelp("Mean of the frames a to b, both included.", valueName: "a..b"))
  var frames: FrameRange?

  func validate() throws {
    if frame != nil && frames != nil { throw ValidationError("--frame and --frames exclude each other; give one") }
    if let frame, frame < 0 { throw ValidationError("--frame counts from 0, but is \(frame)") }
    if let dataset, dataset < 0 { throw ValidationError("--dataset counts from 0, but is \(dataset)") }
  }
}
