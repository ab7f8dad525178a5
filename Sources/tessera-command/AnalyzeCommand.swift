import ArgumentParser
import TesseraMethods

/// `tessera analyze`: the main job.
struct AnalyzeCommand: ImageCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Finds the columns, motifs, classes and motif-cells of a micrograph and writes a report.",
    discussion: """
      EXAMPLE
        tessera analyze scan.tif --pixel-size 0.0123nm

      writes the folder scan.tessera with report.html (to be opened in a browser), sites.csv, classes.csv, summary.json and \
      more; docs/results-folder.md describes every file. Parameters that are not given are chosen from the image. Several \
      images, or the frames of a stack with --frames 0..9 --each, are analysed one after the other; each has its own folder.
      """)

  @Argument(help: ArgumentHelp("Image files to analyse.", valueName: "image"), completion: .file())
  var inputs: [String]

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup(title: "Columns") var finding: FindingOptions
  @OptionGroup(title: "Motifs") var motifs: MotifOptions
  @OptionGroup(title: "Patterns") var patterns: PatternOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var seed: SeedOptions
  @OptionGroup var threads: ThreadOptions

  func methodRun() throws -> MethodRun<MotifMethod> {
    let sorting = try motifs.sorting()
    var run = MethodRun(
      resultName: "tessera", output: output, columns: finding.columns,
      models: [finding.model, motifs.recipe, motifs.apply, patterns.patterns.path], seed: seed.seed
    ) {
      var method = try motifs.method(finding: finding, for: $0, sorting: sorting)
      method.patterns = patterns.patterns
      return method
    }
    run.sort(by: sorting)
    return run
  }
}
