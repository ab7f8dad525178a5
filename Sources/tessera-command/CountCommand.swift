import ArgumentParser
import Foundation
import TesseraFormats
import TesseraMethods
import TesseraStructure

/// `tessera count`: the atoms of each column.
struct CountCommand: ParsableCommand {
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

  @Argument(help: ArgumentHelp("Image files.", valueName: "image"))
  var inputs: [String]

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
    var method = CountMethod()
    finding.apply(to: &method.preparation, &method.finder)
    (method.counter.spacing, method.counter.criterion) = (spacing, criterion)
    (method.counter.evidence, method.counter.largestCount) = (evidence, largestCount)
    method.counter.hasCountingNoise = !commonWidth
    try MethodRun(command: "count", output: output) { [method] _ in method }.run(inputs, options: image)
  }
}
