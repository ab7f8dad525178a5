import Foundation
import TesseraFormats
import TesseraNetworks
import TesseraNumerics
import TesseraTraining

/// The folder of a training: it grows with each validation, and a training that was interrupted goes on in it.
///
/// | file | holds |
/// | --- | --- |
/// | `atoms.tessera-model` | the network with the lowest loss so far |
/// | `training.csv` | one row per validation |
/// | `training.checkpoint` | all that is needed to go on |
/// | `report.html`, `figures/` | curves, and images that were held back with what the network says of them |
public struct TrainingFolder: Sendable {
  public let path: String

  /// How the network is tried when its training has ended.
  public var assessment = AtomAssessment()

  public init(_ path: String) { self.path = path }

  /// The model file of a training of atom columns.
  public static let modelName = "atoms.\(NetworkModel.fileExtension)"
  public var model: String { place(Self.modelName) }
  private var checkpoint: String { place("training.checkpoint") }

  private func place(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  /// A training of these settings: the one that was interrupted in the folder, or a new one.
  ///
  /// - Parameters:
  ///   - network: what a new one starts from; nil: random weights.
  ///   - anew: whether an earlier training gives way.
  /// - Throws: `FormatError` where the folder holds something else, or a training with other settings.
  public func run(
    _ training: AtomTraining, threads: Int, startingFrom network: UNet? = nil, anew: Bool = false
  ) throws -> AtomTrainingRun {
    try training.check()
    let files = FileManager.default
    if files.fileExists(atPath: checkpoint) {
      if !anew {
        let earlier = try TrainingCheckpoint(readFrom: checkpoint)
        guard earlier.training == training else {
          throw FormatError(
            .cannotWrite,
            "\(path): holds a training with other settings (\(earlier.training.steps) steps, width "
              + "\(earlier.training.width), seed \(earlier.training.images.seed)); name another folder, repeat its settings to "
              + "go on, or replace it")
        }
        return try AtomTrainingRun(resuming: earlier, threads: threads)
      }
    } else if files.fileExists(atPath: path), try files.contentsOfDirectory(atPath: path).isEmpty == false {
      throw FormatError(.cannotWrite, "\(path): is neither empty nor the folder of a training; name another")
    }
    let run = try AtomTrainingRun(training, threads: threads, startingFrom: network)
    try AtomicOutput.makeFolder(at: path)
    try run.checkpoint().write(to: checkpoint)
    return run
  }

  /// Writes where a training stands.
  public func write(_ run: AtomTrainingRun) throws {
    let model = try model(of: run)
    try model.write(to: self.model, replacing: true)
    try AtomicOutput.file(at: place("training.csv"), replacing: true, contents: Self.table(run.history))
    let document = try TrainingReport(training: run.training, history: run.history, model: model).document
    for file in document.files() {
      let target = place(file.path)
      try AtomicOutput.makeFolder(at: (target as NSString).deletingLastPathComponent)
      try AtomicOutput.file(at: target, replacing: true, contents: file.data)
    }
    try run.checkpoint().write(to: checkpoint)
  }

  /// The network as a model file holds it.
  private func model(of run: AtomTrainingRun) throws -> NetworkModel {
    let training = run.training
    let best = run.history.best
    var record = TrainingRecord(
      program: "tessera \(TesseraVersion.current)",
      data:
        "simulated images of \(training.images.side) x \(training.images.side) pixels, no two alike: crystals, grains, "
        + "bilayers, disorder, single atoms, none",
      imageCount: (best?.step ?? 0) * training.batchSize, epochs: 1, seed: training.images.seed)
    if let best {
      record.scores = ["map_loss": best.validationMap, "spacing_loss": best.validationSpacing]
    }
    var model = NetworkModel(kind: .atoms, network: try run.network(), training: record, licence: "Apache-2.0")
    model.normalization = training.normalization
    return run.isDone ? try assessment.assessed(model, on: training.validationImages) : model
  }

  private static func table(_ history: TrainingHistory) -> Data {
    var table = TableWriter(columns: [
      "step", "learning_rate", "training_map_loss", "training_spacing_loss", "validation_map_loss",
      "validation_spacing_loss",
    ])
    for row in history.rows {
      let losses = [row.trainingMap, row.trainingSpacing, row.validationMap, row.validationSpacing]
      table.add(
        ["\(row.step)", TableWriter.number(row.learningRate, decimals: 9)] + losses.map { TableWriter.significant($0) })
    }
    return table.data
  }
}
