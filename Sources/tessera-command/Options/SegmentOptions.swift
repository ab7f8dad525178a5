import ArgumentParser
import TesseraMethods
import TesseraSegmentation

/// Which patterns `segment` divides an image into, at which scales and by which operations.
struct SegmentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Number of patterns, 2 to 50, or auto (as many as differ by more than noise and gradual change).",
      valueName: "n|auto"), completion: .list(["auto"]), transform: PatternCount.init(typed:))
  var patterns = PatternCount.auto

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Side of the patch in pixels, 5 to 2001. (default: three plane spacings, from the power spectrum)",
      valueName: "px"))
  var patchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Largest shift along x and y in pixels, 2 to 1000; also the reach within which the best rotation or reflection counts. "
        + "(default: one and a half plane spacings)", valueName: "px"))
  var window: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Distance in pixels between the points at which symmetry is measured, 1 to 200. (default: a fifth of the plane spacing)",
      valueName: "px"))
  var stride: Int?

  @Option(
    help: ArgumentHelp(
      "Symmetry operations: translations, rotations, reflections, glides, spectrum, zernike, or several separated by commas; best:12 "
        + "among them keeps the twelve that tell the patterns apart best. (default: translations)", valueName: "names"),
    completion: .list(OperationList.names), transform: OperationList.init(typed:))
  var operations: OperationList?

  @Option(
    help: ArgumentHelp(
      "Result folder of an earlier run of this command, or its patterns.json: the images are divided into its patterns, at its scales.",
      valueName: "result"), completion: .file())
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Image whose patterns serve for all images; of a stack with --each its first frame.", valueName: "image"),
    completion: .file())
  var fitOn: String?

  @Option(
    help: ArgumentHelp(
      "Image of the same size in which patterns are marked with their numbers, 1, 2, ..., and 0 elsewhere: pixels have the marked pattern "
        + "that they resemble most.", valueName: "image"), completion: .file())
  var scribbles: String?

  @Flag(
    help:
      "Write probabilities.tif too: the probability of each pattern at each pixel, one page per pattern, float32.")
  var probabilities = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Memory that an image may take, 0.01 to 10000 GB; what would take more is refused at once, with the stride that would do. "
        + "(default: any)", valueName: "gb"), transform: number(0.01...10_000))
  var memory: Double?

  func validate() throws {
    for (name, value, range) in [
      ("--patch-size", patchSize, 5...2001), ("--window", window, 2...1000), ("--stride", stride, 1...200),
    ] {
      guard let value, !range.contains(value) else { continue }
      throw ValidationError("\(name) must be between \(range.lowerBound) and \(range.upperBound), but is \(value)")
    }
    guard model == nil || fitOn == nil else {
      throw ValidationError("--model and --fit-on both say where patterns come from; leave out one of them")
    }
    guard scribbles == nil || (model == nil && patterns.count == nil) else {
      throw ValidationError("--scribbles says which patterns there are; leave out --patterns and --model")
    }
    if model != nil, patterns.count != nil || patchSize != nil || window != nil || stride != nil || operations != nil {
      throw ValidationError(
        "--model says how many patterns there are, at which scales and by which operations; leave out --patterns, --patch-size, "
          + "--window, --stride and --operations"
      )
    }
  }

  /// Sets what was given.
  func apply(to method: inout SegmentMethod) {
    method.segmenter.finder.count = patterns.count
    (method.segmenter.patchSize, method.segmenter.window) = (patchSize, window)
    method.segmenter.stride = stride
    if let operations {
      (method.segmenter.operations, method.segmenter.best) = (operations.operations, operations.best)
    }
    method.model = model
    method.fitOn = fitOn
    method.writesProbabilities = probabilities
    method.scribbles = scribbles
    method.memory = memory
  }
}

/// `--patterns auto` or a number.
struct PatternCount: Sendable {
  /// Nil: found.
  let count: Int?
  static let auto = PatternCount(count: nil)

  private init(count: Int?) { self.count = count }

  init(typed text: String) throws {
    guard text != "auto" else {
      count = nil
      return
    }
    guard let number = Int(text), (2...50).contains(number) else {
      throw ValidationError("auto or a whole number between 2 and 50 is needed; one pattern is no segmentation")
    }
    count = number
  }
}

/// Kinds of operations with commas between them, and how many of them are kept: `translations,rotations,best:12`.
struct OperationList: Sendable {
  let operations: [Segmenter.Operations]
  let best: Int?
  static let names = Segmenter.Operations.allCases.map(\.rawValue)

  init(typed text: String) throws {
    var words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    var best: Int?
    if let place = words.firstIndex(where: { $0.hasPrefix("best:") }) {
      let number = words.remove(at: place).dropFirst("best:".count)
      guard let count = Int(number), (2...1000).contains(count) else {
        throw ValidationError("best: needs a whole number between 2 and 1000, such as best:12, but has '\(number)'")
      }
      best = count
      if words.isEmpty { words = [Segmenter.Operations.translations.rawValue] }
    }
    let operations = words.compactMap(Segmenter.Operations.init(rawValue:))
    guard operations.count == words.count, Set(words).count == words.count else {
      throw ValidationError(
        "\(Self.names.dropLast().joined(separator: ", ")) or \(Self.names.last!), or several of them separated by commas, are "
          + "needed, such as translations,rotations; best:12 among them keeps the twelve best operations")
    }
    (self.operations, self.best) = (operations, best)
  }
}
