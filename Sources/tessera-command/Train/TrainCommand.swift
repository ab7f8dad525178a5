import ArgumentParser
import Foundation
import TesseraFormats
import TesseraMethods
import TesseraNetworks
import TesseraNumerics
import TesseraTraining

/// `tessera train`: networks, and the forest of nanoparticles.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network or a forest on simulated images.",
    discussion: """
      EXAMPLE
        tessera train atoms --steps 2000 -o mine
        tessera train particles --steps 2000 -o mine-particles
        tessera train defects --micrographs 100 -o mine-defects

      Training a network (atoms, particles) needs libtorch, which `make train-dependencies` installs. Training the forest of \
      defects and using any of them does not.
      """,
    subcommands: [TrainAtomsCommand.self, TrainParticlesCommand.self, TrainDefectsCommand.self])
}

/// Options that the trainings of networks share.
struct TrainingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of training steps, 1 to 10000000, of 16 images each. (default: \(AtomTraining().steps) for atoms, "
        + "\(ParticleTraining().steps) for particles, 400 with --labels)", valueName: "n"))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of channels at full resolution, 1 to 64; the papers' networks have 32 (atoms) and 4 (particles). (default: "
        + "\(AtomTraining().width), or that of --from)", valueName: "n"))
  var width: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Step size of the optimiser at first, above 0 and at most 1. (default: 0.001 for atoms, 0.002 for particles, 0.0005 with --labels)",
      valueName: "rate"), transform: number(above: 0, to: 1))
  var learningRate: Double?

  @Option(
    help: ArgumentHelp("Model file to start from. (default: random weights)", valueName: "model"), completion: .file())
  var from: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var seed: SeedOptions

  /// The network of `--from`.
  func start(_ kind: NetworkModel.Kind) throws -> UNet? {
    try from.map { try NetworkModel(readFrom: $0, kind: kind).network }
  }

  /// Trains to the end, writing after each validation.
  func run<Training: AssessedTraining>(_ training: Training, startingFrom start: UNet?, folder name: String) throws {
    let folder = TrainingFolder<Training>(output.output ?? name)
    Messages.endsAtOnce.withLock { $0 = true }
    let run = try folder.run(training, threads: Workers.count, startingFrom: start, anew: output.force)
    if run.isOnGPU { Messages.note("training runs on the graphics processor") }
    if run.step > 0 && !run.isDone { Messages.note("goes on after step \(run.step) of \(training.steps)") }
    // A training that had ended is assessed and drawn again.
    if run.isDone { try folder.write(run) }
    let bar = ProgressBar()
    while !run.isDone {
      let row = try run.advance { bar.report("step \($0)", Double($0) / Double(training.steps)) }
      try folder.write(run)
      if !output.json {
        bar.finish()
        Messages.note(sentence(row, of: training))
      }
    }
    bar.finish()
    let report = Report(model: folder.model, steps: run.step, best: run.history.best)
    if output.json { try Messages.printJSON(report) } else { print("\(run.step) steps -> \(folder.model)") }
  }

  private func sentence(_ row: TrainingHistory.Row, of training: some AssessedTraining) -> String {
    guard training.predictsSpacing else {
      return "step \(row.step): loss of the map \(String(format: "%.4f", row.validationMap))"
    }
    let losses = [row.validationMap, row.validationSpacing].map { String(format: "%.1f", $0) }
    return "step \(row.step): loss of the map \(losses[0]), of the spacing \(losses[1])"
  }

  private struct Report: Encodable {
    let model: String
    let steps: Int
    let best: TrainingHistory.Row?
    let version = TesseraVersion.current
  }
}

/// `tessera train atoms`: the network that finds atom columns.
struct TrainAtomsCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "atoms",
    abstract: "Trains a network that finds atom columns, on images that are simulated while the network learns.",
    discussion: """
      EXAMPLE
        tessera train atoms --steps 2000 -o mine
        tessera sites scan.tif --method network --model mine/atoms.tessera-model
        tessera train atoms --labels a.csv b.csv --steps 400 -o labelled

      writes the folder atoms.train: atoms.tessera-model, training.csv with the losses, report.html with curves and pictures, \
      and training.checkpoint. The same command goes on where an earlier one was interrupted. With --threads 1 a seed gives the \
      same model bit by bit; with more threads, nearly the same.
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Tables of columns that a person has labelled (x and y in pixels), to train on: the network that comes with the program, or that "
        + "of --from, learns what these labels mean.", valueName: "table"), completion: .file(extensions: ["csv"]))
  var labels: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Images of the tables of --labels, in the same order. (default: beside each table the image of its name)",
      valueName: "image"), completion: .file())
  var images: [String] = []

  @OptionGroup var options: TrainingOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard labels.isEmpty else { return }
    guard images.isEmpty else {
      throw ValidationError("--images names the images of --labels; give their tables with --labels, too")
    }
  }

  func run() throws {
    var training = labels.isEmpty ? AtomTraining() : .labelled
    var start = try options.start(.atoms)
    if !labels.isEmpty {
      start = start ?? NetworkModel.shippedAtoms.network
      let read = try LabelFiles(tables: labels, images: images).read(side: training.images.side)
      for warning in read.warnings { Messages.warning(warning) }
      training.labels = read.images
    }
    training.keepsStatistics = start != nil
    training.steps = options.steps ?? training.steps
    training.width = options.width ?? start?.architecture.channels[0] ?? training.width
    training.learningRate = options.learningRate ?? training.learningRate
    training.images.seed = options.seed.seed
    try options.run(training, startingFrom: start, folder: "atoms.train")
  }
}

/// `tessera train particles`: the network that finds nanoparticles.
struct TrainParticlesCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "particles",
    abstract: "Trains a network that finds nanoparticles, on simulated micrographs.",
    discussion: """
      EXAMPLE
        tessera train particles --steps 2000 -o mine
        tessera particles scan.tif --model mine/particles.tessera-model
        tessera train particles --labels a.mask.tif b.mask.tif -o labelled

      writes the folder particles.train: particles.tessera-model, training.csv with the losses, report.html with curves and \
      pictures, and training.checkpoint. The first steps simulate \(ParticleImages().sceneCount) scenes, about a second each. The \
      same command goes on where an earlier one was interrupted. With --threads 1 a seed gives the same model bit by bit; with more \
      threads, nearly the same.
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Masks of particles that a person has drawn (0: no particle), to train on: the network that comes with the program, or that of "
        + "--from, learns what counts as a particle.", valueName: "mask"), completion: .file())
  var labels: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Images of the masks of --labels, in the same order. (default: beside each mask the image of its name, without .mask)",
      valueName: "image"), completion: .file())
  var images: [String] = []

  @OptionGroup var options: TrainingOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard labels.isEmpty else { return }
    guard images.isEmpty else {
      throw ValidationError("--images names the images of --labels; give their masks with --labels, too")
    }
  }

  func run() throws {
    var training = labels.isEmpty ? ParticleTraining() : .labelled
    var start = try options.start(.particles)
    if !labels.isEmpty {
      start = start ?? NetworkModel.shippedParticles.network
      training.labels = try MaskFiles(masks: labels, images: images).read(side: training.images.side)
    }
    training.steps = options.steps ?? training.steps
    training.width = options.width ?? start?.architecture.channels[0] ?? training.width
    training.learningRate = options.learningRate ?? training.learningRate
    training.images.seed = options.seed.seed
    training.keepsStatistics = start != nil
    try options.run(training, startingFrom: start, folder: "particles.train")
  }
}
