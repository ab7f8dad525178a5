import ArgumentParser
import TesseraMethods

/// `tessera motifs`: features, layout, classes, cells and hierarchy, as tables.
struct MotifsCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "motifs",
    abstract: "Describes, lays out and sorts the motifs of a micrograph, and joins them into cells.",
    discussion: """
      EXAMPLE
        tessera motifs scan.tif --features invariant -o scan-motifs

      writes sites.csv, classes.csv, features.npy, layout.npy, cells.csv, hierarchy.json and summary.json; with --report \
      the figures and report.html too.
      """)

  @Argument(help: ArgumentHelp("The image file.", valueName: "image"))
  var input: String

  @Flag(help: "Draw the figures and write report.html too.")
  var report = false

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup(title: "Columns") var finding: FindingOptions
  @OptionGroup(title: "Motifs") var motifs: MotifOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var seed: SeedOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    var analysis = Analysis()
    finding.apply(to: &analysis.preparation, &analysis.finder)
    motifs.apply(to: &analysis)
    let run = AnalysisRun(analysis: analysis, seed: seed.seed, output: output, hasReport: report)
    try run.run([input], options: image)
  }
}
