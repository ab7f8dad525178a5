import ArgumentParser
import TesseraMethods

/// `tessera motifs`: features, layout, classes, cells and hierarchy, as tables.
struct MotifsCommand: ImageCommand {
  static let configuration = CommandConfiguration(
    commandName: "motifs",
    abstract: "Describes and classifies the motifs of a micrograph, and joins the classes into motif-cells.",
    discussion: """
      EXAMPLE
        tessera motifs scan.tif --features invariant -o scan-motifs

      writes the folder scan-motifs with sites.csv, classes.csv, features.npy, layout.npy, cells.csv, hierarchy.json and \
      summary.json. The command does the same as analyze, but draws figures and writes report.html only with --report. \
      Parameters that are not given are chosen from the image.
      """)

  @Argument(help: ArgumentHelp("Image files to analyse.", valueName: "image"), completion: .file())
  var inputs: [String]

  @Flag(help: "Also draw the figures and write report.html.")
  var report = false

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
      models: [finding.model, motifs.recipe, motifs.apply, patterns.patterns.path], seed: seed.seed, hasReport: report
    ) {
      var method = try motifs.method(finding: finding, for: $0, sorting: sorting)
      method.patterns = patterns.patterns
      return method
    }
    run.sort(by: sorting)
    return run
  }
}
