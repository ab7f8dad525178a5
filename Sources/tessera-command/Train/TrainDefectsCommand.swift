import ArgumentParser
import TesseraMethods
import TesseraNetworks

/// `tessera train defects`: the forest that tells classes of nanoparticles.
struct TrainDefectsCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "defects",
    abstract: "Trains the random forest that tells stacking faults of nanoparticles, on simulated micrographs.",
    discussion: """
      EXAMPLE
        tessera train defects --micrographs 100 -o mine
        tessera particles scan.tif --defects mine/defects.tessera-model

      writes the folder defects.train: defects.tessera-model, training.csv with the features of each particle, and report.html with \
      confusion matrices. Particles are found in simulated micrographs as `tessera particles` finds them. The same command goes on \
      where an earlier one was interrupted. It needs no libtorch.
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of simulated micrographs, 5 to 1000000, about three seconds each; every fifth is held back for the scores.",
      valueName: "n"))
  var micrographs = DefectTraining().micrographs

  @Flag(help: "Only the five features of the published method, not the richer set.")
  var publishedFeatures = false

  @Option(
    help: ArgumentHelp(
      "Model file of the kind particles that finds the particles. (default: the network that comes with the program)",
      valueName: "model"), completion: .file())
  var particles: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var seed: SeedOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    var training = DefectTraining()
    (training.micrographs, training.seed) = (micrographs, seed.seed)
    training.features.isRich = !publishedFeatures
    var folder = DefectFolder(output.output ?? "defects.train")
    folder.particles = particles
    let bar = ProgressBar()
    let count = try folder.run(training, anew: output.force) { bar.report("micrographs", 0.95 * $0) }
    bar.finish()
    let model = try DefectModel(readFrom: folder.model)
    if let caution = model.caution(name: "this forest") {
      Messages.warning("\(caution); ask for more --micrographs")
    }
    if output.json {
      try Messages.printJSON(Report(model: folder.model, regions: count, scores: model.training.scores))
    } else {
      print("\(count) particles -> \(folder.model)")
    }
  }

  private struct Report: Encodable {
    let model: String
    let regions: Int
    let scores: [String: Double]
    let version = TesseraVersion.current
  }
}
