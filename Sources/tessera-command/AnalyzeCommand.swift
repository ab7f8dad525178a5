import ArgumentParser
import TesseraMethods

/// `tessera analyze`: the main job.
struct AnalyzeCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Finds columns, motifs, classes and motif-cells of a micrograph and writes a report.",
    discussion: """
      EXAMPLE
        tessera analyze scan.tif --pixel-size 0.0123nm

      writes scan.tessera/ with report.html (open it in a browser), sites.csv, classes.csv, summary.json and more; \
      docs/results-folder.md lists all. Every parameter is chosen from the image unless it is given. Several images give \
      one folder each, and so do the frames of a stack with --frames 0..9 --each.
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
    try run.run(inputs, options: image)
  }
}
