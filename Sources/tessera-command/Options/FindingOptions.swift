import ArgumentParser
import TesseraImaging
import TesseraStructure

extension ColumnFinder.Route: ExpressibleByArgument {}

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

  @OptionGroup var columns: ColumnOptions

  func validate() throws {
    if method != .auto && columns.sites != nil {
      throw ValidationError(
        "--sites gives the columns, so there is nothing for --method to find; leave out one of them")
    }
    if method == .symmetry && fold == nil {
      throw ValidationError("--method symmetry needs --fold, the order of the rotation axes: --fold 6, for example")
    }
    guard let fold else { return }
    guard method == .symmetry else { throw ValidationError("--fold applies to --method symmetry only") }
    guard (2...40).contains(fold) else { throw ValidationError("--fold must be between 2 and 40, but is \(fold)") }
  }

  func apply(to preparation: inout Preparation, _ finder: inout ColumnFinder) {
    columns.apply(to: &preparation, &finder)
    finder.route = method
    finder.fold = fold
  }
}
