import ArgumentParser
import TesseraMethods

/// `tessera classes apply`.
struct ApplyClassesCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Sorts the columns of other images by the classes of a result.",
    discussion: """
      EXAMPLE
        tessera classes apply scan.tessera scan2.tif -o scan2.tessera

      finds the columns of the other images as motifs does and gives each to the class whose average it fits. Brightness, noise and the \
      shares of the classes may differ, and the specimen may be turned, which is found and said; patches show as much of the specimen where both images are calibrated. Columns that fit no \
      class are unknown. The classes keep their numbers and names. `classes undo` on the new result brings its own first classes back.
      """)

  @Argument(help: ArgumentHelp("Result folder of analyze or motifs.", valueName: "result"), completion: .directory)
  var result: String
  @Argument(help: ArgumentHelp("Image files to sort.", valueName: "image"), completion: .file())
  var inputs: [String]

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup(title: "Columns") var finding: FindingOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let folder = try MotifFolder(path: result)
    let model = try TreeMethod(folder).model()
    let recipe = Recipe(actions: [.apply(model)])
    var settings = folder.settings
    finding.apply(to: &settings.preparation, &settings.finder, &settings.network)
    let method = settings
    try MethodRun(
      resultName: "tessera", output: output, columns: finding.columns, models: [finding.model, result],
      seed: folder.seed,
      hasReport: false, afterwards: { try recipe.replay(on: $0).sentence }
    ) { micrograph in
      var method = method
      method.patchSize = model.side(at: micrograph.calibration)
      return method
    }
    .run(inputs, options: image)
  }
}
