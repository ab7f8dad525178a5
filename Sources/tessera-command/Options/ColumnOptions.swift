import ArgumentParser
import TesseraFitting
import TesseraImaging
import TesseraMethods
import TesseraStructure

extension ColumnFit.Shape: ExpressibleByArgument {}
extension ColumnFit.Noise: ExpressibleByArgument {}
extension ColumnFit.Background: ExpressibleByArgument {}

/// The columns of an image: known ones, or how high, wide and far apart columns are that are found.
struct ColumnOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Table of known columns (x and y in pixels, or x_nm and y_nm), such as the sites.csv of a result folder, to use instead "
        + "of searching for columns; no column is added or removed.", valueName: "table"), completion: .file())
  var sites: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Smoothing scale in pixels, 0.5 to 1000 and at most a quarter of the image; about a quarter of the column "
        + "spacing. (default: measured in the image)",
      valueName: "pixels"), transform: number(0.5...1000))
  var scale: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Minimum height of a column in the smoothed image, in standard deviations of the noise; above 0 and at most 1000000. "
        + "(default: \(ColumnFinder().noiseThreshold))", valueName: "deviations"), transform: number(above: 0, to: 1e6))
  var noiseThreshold = ColumnFinder().noiseThreshold

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Minimum height of a column, as a fraction (from 0 to below 1) of the strong columns around the column. "
        + "(default: \(ColumnFinder.faintestShare))", valueName: "fraction"), transform: number(from: 0, below: 1))
  var contrastThreshold: Double?

  @Option(
    help: ArgumentHelp(
      "Fitted width: shared (one width for all columns), round (one width per column) or elliptical (two widths per "
        + "column). (default: chosen from the noise)", valueName: "name"))
  var shape: ColumnFit.Shape?

  @Option(
    help: ArgumentHelp(
      "Weights of the pixels in the fit: poisson (pixel values are counts), gaussian (equal weights) or auto (chosen from "
        + "the image).", valueName: "name"))
  var noise = ColumnFit.Noise.auto

  @Option(
    help: ArgumentHelp(
      "Background below the columns: smooth (lower envelope of the image), constant or plane (both fitted locally).",
      valueName: "name"))
  var background = ColumnFit.Background.smooth

  @OptionGroup var contrast: ContrastOptions

  func apply(to preparation: inout Preparation, _ finder: inout ColumnFinder) {
    preparation.contrast = contrast.contrast
    finder.scale = scale
    finder.noiseThreshold = noiseThreshold
    finder.contrastThreshold = contrastThreshold
    (finder.fit.shape, finder.fit.noise, finder.fit.background) = (shape, noise, background)
  }

  /// The columns of `--sites`, in pixels of an image.
  func known(in micrograph: Micrograph) throws -> KnownColumns? {
    try sites.map { try KnownColumns(tableAt: StandardInput.file(for: $0), calibration: micrograph.calibration) }
  }
}
