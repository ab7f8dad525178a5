import ArgumentParser
import TesseraFormats
import TesseraMethods

/// `tessera analyze`: the main job.
struct Analyze: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Finds columns, motifs, classes and motif-cells of a micrograph and writes a report.",
    discussion: """
      EXAMPLE
        tessera analyze scan.tif --pixel-size 0.0123nm

      writes scan.tessera/ with report.html (open it in a browser), sites.csv, classes.csv, summary.json and more; \
      docs/results-folder.md lists all. Every parameter is chosen from the image unless it is given. Several images give \
      one folder each.
      """)

  @Argument(help: ArgumentHelp("Image files.", valueName: "image"))
  var inputs: [String]

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
    let run = AnalysisRun(analysis: analysis, seed: seed.seed, output: output)
    if inputs.count > 1, let folder = output.output { try AtomicOutput.makeFolder(at: folder) }
    try forEachInput(inputs) { input in
      try run.run(input, into: output.folder(for: input, of: inputs)) { try image.micrograph(at: input) }
    }
  }
}
