import ArgumentParser
import TesseraMethods

/// `tessera motifs`: features, layout, classes, cells and hierarchy, as tables.
struct MotifsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "motifs",
    abstract: "Describes, lays out and sorts the motifs of a micrograph, and joins them into cells.",
    discussion: """
      EXAMPLE
        tessera motifs scan.tif --features invariant -o scan-motifs

      writes sites.csv, classes.csv, features.npy, layout.npy, cells.csv, hierarchy.json and summary.json; with --report \
      the figures and report.html too.
      """)

  @Argument(help: ArgumentHelp("Image files.", valueName: "image"))
  var inputs: [String]

  @Flag(help: "Draw the figures and write report.html too.")
  var report = false

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup(title: "Columns") var finding: FindingOptions
  @OptionGroup(title: "Motifs") var motifs: MotifOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var seed: SeedOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    try MethodRun(command: "motifs", output: output, seed: seed.seed, hasReport: report) { _ in
      try motifs.method(finding: finding)
    }.run(inputs, options: image)
  }
}
