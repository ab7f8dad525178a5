import ArgumentParser
import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraStructure

/// `tessera label`: the columns of the best image of a series label the others.
struct LabelCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "label",
    abstract: "Labels images of one region, taken at other doses or foci, by the columns of the best one.",
    discussion: """
      EXAMPLE
        tessera label series.tif -o labels
        tessera train atoms --labels labels/*.columns.csv -o mine

      aligns the frames of a stack, or several images of equal size, and writes the folder labels: of each image the part that the \
      best one shows (NAME.tif) with its columns (NAME.columns.csv), labels.csv with a row per image, and a report. The best image \
      is the one in which columns have the smallest errors, or the mean of all where it is clearly better. With --best and --sites, columns that you \
      have corrected label the others. Without --output the folder is NAME.labels.
      """)

  @Argument(help: ArgumentHelp("A stack, or images of equal size.", valueName: "image"), completion: .file())
  var inputs: [String]

  @Option(
    help: ArgumentHelp(
      "Image that labels the others: its number, counted from 0, or mean, the mean of all. (default: where columns have the "
        + "smallest errors, or the mean where it is clearly better)", valueName: "n|mean"), completion: .list(["mean"]),
    transform: BestImage.init(typed:))
  var best: BestImage?

  @Option(
    help: ArgumentHelp(
      "First and last frame of the stack, counted from 0. (default: all)", valueName: "a..b"),
    transform: FrameRange.init(typed:))
  var frames: FrameRange?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of the dataset in files with several datasets, counted from 0. (default: the image that serves best, see docs/formats.md)",
      valueName: "n"))
  var dataset: Int?

  @Option(
    help: ArgumentHelp(
      "Pixel size to use instead of the calibration in the files, in nm, pm, A or um: 0.0123nm, for example.",
      valueName: "size"),
    transform: PixelSize.init(typed:))
  var pixelSize: PixelSize?

  @Flag(help: "Images of a camera, which sees all lines at once: no drift within an image is corrected.")
  var camera = false

  @OptionGroup(title: "Input") var reading: ReadingArguments
  @OptionGroup(title: "Columns") var finding: FindingOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if let dataset, dataset < 0 { throw ValidationError("--dataset counts from 0, but is \(dataset)") }
    if inputs.count > 1, frames != nil {
      throw ValidationError("--frames chooses frames of one stack, but \(inputs.count) files are given; leave it out")
    }
    guard finding.columns.sites == nil || best != nil else {
      throw ValidationError("--sites needs --best, the image whose columns the table has: --best 3, for example")
    }
  }

  func run() throws {
    let folder = output.output ?? ChosenImage(input: inputs[0]).stem + ".labels"
    try AtomicOutput.checkPlace(
      folder, replacing: output.force, inputs: inputs + [finding.columns.sites, finding.model].compactMap { $0 })
    let series = try series()
    var labelling = SeriesLabelling()
    finding.apply(to: &labelling.preparation, &labelling.finder, &labelling.network)
    labelling.registration.correctsDrift = !camera
    labelling.best = best?.source
    let bar = ProgressBar()
    defer { bar.finish() }
    let labelled = try labelling.result(
      of: series, columns: finding.columns.sites == nil ? nil : { try finding.columns.known(in: $0)! }
    ) { bar.report("images", $0) }
    let name = inputs.count == 1 ? inputs[0] : "\(inputs.count) images"
    try LabelFolder(labelled, of: series, input: name).write(to: folder, replacing: output.force)
    bar.finish()
    for warning in labelled.warnings { Messages.warning(warning) }
    for image in labelled.images { image.reason.map { Messages.warning("\(image.name) has no labels: it \($0)") } }
    guard !labelled.labelled.isEmpty else {
      throw DataError("\(name): no image has the columns of \(labelled.sourceName); \(folder) says why")
    }
    if output.json {
      var summary = LabelSummary(labelled, input: name)
      (summary.output, summary.warnings) = (folder, summary.warnings.map(OptionNames.put))
      return try Messages.printJSON(summary)
    }
    print("\(name): \(labelled.sentence.dropLast()) -> \(folder)")
  }

  /// The images of the files: frames of one stack, or one of each file.
  private func series() throws -> ImageSeries {
    let calibration = pixelSize.flatMap { Calibration(nanometresPerPixel: $0.nanometres) }
    func read(_ file: ImageFile, frame: Int?) throws -> Micrograph {
      var micrograph = try file.read(dataset: dataset, frame: frame)
      if let calibration { micrograph.calibration = calibration }
      return micrograph.withSquarePixels()
    }
    let files = try inputs.map(reading.open)
    guard files.count == 1 else {
      let stems = inputs.map { ChosenImage(input: $0).stem }
      for (index, stem) in stems.enumerated() where stems[..<index].contains(stem) {
        throw ValidationError("two images are called \(stem), but each needs files of its own; rename one")
      }
      return ImageSeries(names: stems) { try read(files[$0], frame: nil) }
    }
    let count = try files[0].dataset(at: dataset ?? files[0].defaultDataset).frameCount
    let range = frames?.frames ?? 0...max(0, count - 1)
    guard range.upperBound < count else {
      throw ValidationError(
        "--frames ends with \(range.upperBound), but \(inputs[0]) has \(count) frames, counted from 0")
    }
    return ImageSeries(
      names: range.map { "frame-\($0)" }, framesOf: (inputs[0] as NSString).lastPathComponent
    ) {
      try read(files[0], frame: range.lowerBound + $0)
    }
  }
}

/// `--best`: the number of an image, or the mean.
struct BestImage: Sendable {
  let source: LabelledSeries.Source

  init(typed text: String) throws {
    if text == "mean" {
      source = .mean
    } else if let number = Int(text), number >= 0 {
      source = .image(number)
    } else {
      throw ValidationError("a number of 0 or more, or mean, is needed, but it is '\(text)'")
    }
  }
}
