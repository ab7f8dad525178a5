import ArgumentParser
import TesseraImaging
import TesseraMethods
import TesseraNetworks
import TesseraStructure

extension ColumnFinder.Route: ExpressibleByArgument {}
extension MapDetector.Filter: ExpressibleByArgument {}

/// How the columns of an image are found.
struct FindingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Method that finds the columns: scale-space (intensity maxima at the scale of the columns), svd (for noisy images "
        + "of periodic specimens), atoms (single atoms on an amorphous support), symmetry (centres of n-fold symmetry; "
        + "needs --fold), network (places that a neural network gives) or auto (chosen from the image among the first three).",
      valueName: "name"))
  var method = ColumnFinder.Route.auto

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Order of the rotation axes for --method symmetry, 2 to 40.", valueName: "n"))
  var fold: Int?

  @Option(
    help: ArgumentHelp(
      "Model file of the network for --method network. (default: the network that comes with the program)",
      valueName: "file"), completion: .file(extensions: [NetworkModel.fileExtension]))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Filter that takes the maxima of the network's map: sliding (the largest pixel of a window around it) or blocks (one "
        + "maximum per block, as published). (default: \(MapDetector().filter.rawValue))", valueName: "name"))
  var filter: MapDetector.Filter?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Side length of the window of --filter in pixels, 2 to 1000; of blocks 2, 4, 8, 16 or 32. (default: 0.3 of the spacing that "
        + "the network predicts; of blocks 8)", valueName: "pixels"), transform: number(2...1000))
  var filterWindow: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Minimum value of a maximum of the network's map, above 0 and at most 1. (default: that of the model file, or \(MapDetector().filterLowerBound))",
      valueName: "value"), transform: number(above: 0, to: 1))
  var filterLowerBound: Double?

  @OptionGroup var columns: ColumnOptions

  func validate() throws {
    if method != .auto && columns.sites != nil {
      throw ValidationError(
        "--sites gives the columns, so there is nothing for --method to find; leave out one of them")
    }
    if method == .symmetry && fold == nil {
      throw ValidationError("--method symmetry needs --fold, the order of the rotation axes: --fold 6, for example")
    }
    try validateNetwork()
    guard let fold else { return }
    guard method == .symmetry else { throw ValidationError("--fold applies to --method symmetry only") }
    guard (2...40).contains(fold) else { throw ValidationError("--fold must be between 2 and 40, but is \(fold)") }
  }

  private func validateNetwork() throws {
    let given = [
      ("--model", model != nil), ("--filter", filter != nil), ("--filter-window", filterWindow != nil),
      ("--filter-lower-bound", filterLowerBound != nil),
    ].filter(\.1)
    if method != .network, let (option, _) = given.first {
      throw ValidationError("\(option) applies to --method network only")
    }
    if let window = filterWindow, filter == .blocks, ![2, 4, 8, 16, 32].contains(window) {
      throw ValidationError("--filter-window must be 2, 4, 8, 16 or 32 with --filter blocks, but is \(short(window))")
    }
  }

  func apply(to preparation: inout Preparation, _ finder: inout ColumnFinder, _ network: inout NetworkFinder?) {
    columns.apply(to: &preparation, &finder)
    finder.route = method
    finder.fold = fold
    guard method == .network else { return }
    var chosen = NetworkFinder()
    chosen.model = model
    chosen.detector.filter = filter ?? chosen.detector.filter
    chosen.detector.filterWindow = filterWindow
    chosen.detector.filterLowerBound = filterLowerBound ?? chosen.detector.filterLowerBound
    chosen.boundIsGiven = filterLowerBound != nil
    network = chosen
  }
}
