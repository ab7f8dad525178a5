import ArgumentParser
import TesseraFitting
import TesseraImaging
import TesseraStructure

extension ColumnFinder.Route: ExpressibleByArgument {}
extension ColumnFit.Shape: ExpressibleByArgument {}
extension ColumnFit.Noise: ExpressibleByArgument {}
extension ColumnFit.Background: ExpressibleByArgument {}

/// How the columns of an image are found.
struct FindingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Method that finds the columns: scale-space (intensity maxima at the scale of the columns), svd (for noisy images "
        + "of periodic specimens), atoms (single atoms on an amorphous support), symmetry (centres of n-fold symmetry; "
        + "needs --fold) or auto (chosen from the image).", valueName: "name"))
  var method = ColumnFinder.Route.auto

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Order of the rotation axes for --method symmetry, 2 to 40.", valueName: "n"))
  var fold: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Smoothing scale in pixels, 0.5 to 1000; about a quarter of the column spacing. (default: measured in the image)",
      valueName: "pixels"))
  var scale: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Minimum height of a column in the smoothed image, in standard deviations of the noise.", valueName: "deviations")
  )
  var noiseThreshold = ColumnFinder().noiseThreshold

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Minimum height of a column, as a fraction (from 0 to below 1) of the strong columns around the column. "
        + "(default: \(ColumnFinder.faintestShare))", valueName: "fraction"))
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

  func validate() throws {
    if method == .symmetry && fold == nil {
      throw ValidationError("--method symmetry needs --fold, the order of the rotation axes: --fold 6, for example")
    }
    guard let fold else { return }
    guard method == .symmetry else { throw ValidationError("--fold applies to --method symmetry only") }
    guard (2...40).contains(fold) else { throw ValidationError("--fold must be between 2 and 40, but is \(fold)") }
  }

  func apply(to preparation: inout Preparation, _ finder: inout ColumnFinder) {
    preparation.contrast = contrast.contrast
    finder.route = method
    finder.fold = fold
    finder.scale = scale
    finder.noiseThreshold = noiseThreshold
    finder.contrastThreshold = contrastThreshold
    (finder.fit.shape, finder.fit.noise, finder.fit.background) = (shape, noise, background)
  }
}
