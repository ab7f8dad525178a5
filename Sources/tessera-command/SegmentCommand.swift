import ArgumentParser
import TesseraMethods
import TesseraSegmentation

/// `tessera segment`: phases, grains and faults by local symmetry.
struct SegmentCommand: ImageCommand {
  static let configuration = CommandConfiguration(
    commandName: "segment",
    abstract: "Divides an image into phases, grains and faults by local symmetry.",
    discussion: """
      EXAMPLE
        tessera simulate two-lattices -o phases.tif
        tessera segment phases.tif -o phases-segment

      writes the folder phases-segment with segmentation.tif (pattern of each pixel: 1 the largest, 0 unknown), patterns.csv, \
      patterns.json, components.npy, summary.json and report.html. Patterns differ in how the image repeats itself: a brighter region of the \
      same lattice is no pattern of its own. Several images are divided one by one, each into patterns of its own; with --fit-on \
      IMAGE all have the patterns of that one, with the same labels, and with --model RESULT those of an earlier result. What \
      fits none of them has label 0. Without --output the folder is NAME.segment.
      """)

  @Argument(help: ArgumentHelp("Image files to divide.", valueName: "image"), completion: .file())
  var inputs: [String]

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup(title: "Input") var contrast: ContrastOptions

  @OptionGroup(title: "Patterns") var options: SegmentOptions

  @Flag(
    help: "Leave out the report and its figures, which take longer than dividing one frame of a video into patterns.")
  var noReport = false

  @OptionGroup var seed: SeedOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func methodRun() throws -> MethodRun<SegmentMethod> {
    var method = SegmentMethod()
    method.preparation.contrast = contrast.contrast
    options.apply(to: &method)
    // Fitted or read once, and not before the first result is known to have a place.
    var fitted: PatternModel?
    var run = MethodRun(
      resultName: "segment", output: output, models: [options.model, options.fitOn, options.scribbles], seed: seed.seed
    ) { [method, image, seed] _ in
      if fitted == nil, let model = method.model {
        fitted = try PatternModel(path: model)
      } else if fitted == nil, let fitOn = method.fitOn, let first = image.images(of: [fitOn]).first {
        fitted = try method.result(on: image.micrograph(of: first), seed: seed.seed).segmentation.model
      }
      var shared = method
      shared.patterns = fitted
      return shared
    }
    run.hasReport = !noReport
    run.isSideBySide = true
    if options.model != nil || options.fitOn != nil {
      run.gathered = .init(names: SegmentSeries.names) { images, folder, replacing in
        let series = try SegmentSeries(images)
        try series.write(to: folder, replacing: replacing)
        return series.sections
      }
    }
    return run
  }
}
