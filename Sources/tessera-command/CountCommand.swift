import ArgumentParser
import Foundation
import TesseraFormats
import TesseraMethods
import TesseraStructure

/// `tessera count`: the atoms of each column.
struct CountCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "Counts the atoms of each column from its integrated intensity.",
    discussion: """
      EXAMPLE
        tessera simulate wedge --dose 10000 -o wedge.tif
        tessera count wedge.tif -o wedge-count

      writes wedge-count/ with counts.csv (one row a column: atoms and their probability), components.csv, orders.csv, \
      summary.json and report.html. All columns must be of one kind. Without --output the folder is NAME.tessera.
      """)

  @Argument(help: ArgumentHelp("The image file.", valueName: "image"))
  var input: String

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup(title: "Columns") var finding: FindingOptions

  @Option(help: "How intensity depends on the number of atoms: auto, proportional, curved (saturates), free.")
  var spacing = AtomCounter.Spacing.auto

  @Option(
    help: ArgumentHelp(
      "What tells a column's number besides its own intensity: auto, histogram (De Backer et al. 2013), neighbours.",
      discussion: "auto asks neighbours where they prove to be alike."))
  var evidence = AtomCounter.Evidence.auto

  @Option(help: "By what the number of thicknesses is chosen: auto, icl, bic, plic (neighbours).")
  var criterion = AtomCounter.Criterion.auto

  @Option(help: ArgumentHelp("Most thicknesses that are tried.", valueName: "n"))
  var largestCount = AtomCounter().largestCount

  @Flag(help: "One width for all thicknesses, as in the literature, instead of one that grows with the intensity.")
  var commonWidth = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let folder = output.folder(for: ChosenImage(input: input), ofSeveral: false)
    try AtomicOutput.checkPlace(folder, replacing: output.force)
    var method = CountMethod()
    finding.apply(to: &method.preparation, &method.finder)
    (method.counter.spacing, method.counter.criterion) = (spacing, criterion)
    (method.counter.evidence, method.counter.largestCount) = (evidence, largestCount)
    method.counter.hasCountingNoise = !commonWidth
    let result = try method.result(on: try image.micrograph(at: input))
    let summary = try result.write(to: folder, input: input, replacing: output.force)
    for warning in result.prepared.warnings + result.finding.warnings {
      Messages.warning("\(result.micrograph.name): \(warning)")
    }
    if output.json { return try Messages.printJSON(summary) }
    let atoms = summary.components.map(\.atoms)
    print(
      "\(input): \(result.finding.sites.count) columns of \(atoms.first ?? 0) to \(atoms.last ?? 0) atoms, mean "
        + "probability \((summary.meanProbability * 1000).rounded() / 1000), by "
        + (summary.evidence == .neighbours ? "intensities and neighbours" : "the histogram of intensities"))
    print("report: \(folder)/report.html")
  }
}
