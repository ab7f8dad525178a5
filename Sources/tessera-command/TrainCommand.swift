import ArgumentParser
import Foundation
import TesseraFormats
import TesseraMethods
import TesseraNetworks
import TesseraNumerics
import TesseraTraining

/// `tessera train`: networks.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network on simulated images.",
    discussion: """
      EXAMPLE
        tessera train atoms --steps 2000 -o mine

      Training needs libtorch, which `make train-dependencies` installs. Using a trained network does not.
      """,
    subcommands: [TrainAtomsCommand.self])
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

      writes the folder atoms.train: atoms.tessera-model, training.csv with the losses, report.html with curves and pictures, \
      and training.checkpoint. The same command goes on where an earlier one was interrupted. With --threads 1 a seed gives the \
      same model bit by bit; with more threads, nearly the same.
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of training steps, 1 to 10000000, of 16 images each. (default: \(AtomTraining().steps))", valueName: "n"))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of channels at full resolution, 1 to 64; the paper's network has 32. (default: \(AtomTraining().width), or "
        + "that of --from)", valueName: "n"))
  var width: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Step size of the optimiser at first, above 0 and at most 1. (default: 0.001)", valueName: "rate"),
    transform: number(above: 0, to: 1))
  var learningRate: Double?

  @Option(
    help: ArgumentHelp("Model file to start from. (default: random weights)", valueName: "model"), completion: .file())
  var from: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var seed: SeedOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let start = try from.map { try NetworkModel(readFrom: $0, kind: .atoms).network }
    var training = AtomTraining()
    training.steps = steps ?? training.steps
    training.width = width ?? start?.architecture.channels[0] ?? training.width
    training.learningRate = learningRate ?? training.learningRate
    training.images.seed = seed.seed
    let folder = TrainingFolder(output.output ?? "atoms.train")
    let run = try folder.run(
      training, threads: Workers.count, startingFrom: start, anew: output.force)
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
        let losses = [row.validationMap, row.validationSpacing].map { String(format: "%.1f", $0) }
        Messages.note("step \(row.step): loss of the map \(losses[0]), of the spacing \(losses[1])")
      }
    }
    bar.finish()
    let report = Report(model: folder.model, steps: run.step, best: run.history.best)
    if output.json { try Messages.printJSON(report) } else { print("\(run.step) steps -> \(folder.model)") }
  }

  private struct Report: Encodable {
    let model: String
    let steps: Int
    let best: TrainingHistory.Row?
    let version = TesseraVersion.current
  }
}
