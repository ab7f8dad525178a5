import Foundation
import TesseraFormats
import TesseraNetworks
import TesseraNumerics
import TesseraTraining

/// The folder of a training: it grows with each validation, and a training that was interrupted goes on in it.
///
/// | file | holds |
/// | --- | --- |
/// | `NAME.tessera-model` | the network with the lowest loss so far; NAME: what it finds |
/// | `training.csv` | one row per validation |
/// | `training.checkpoint` | all that is needed to go on |
/// | `report.html`, `figures/` | curves, and images that were held back with what the network says of them |
public struct TrainingFolder<Training: AssessedTraining>: Sendable {
  /// Path of the folder, which need not exist yet.
  public let path: String

  /// The folder at this path; nothing is read or made before `run`.
  public init(_ path: String) { self.path = path }

  /// The model file.
  public var model: String { place("\(Training.kind.rawValue).\(NetworkModel.fileExtension)") }
  private var checkpoint: String { place("training.checkpoint") }

  private func place(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  /// A training of these settings: the one that was interrupted in the folder, or a new one.
  ///
  /// - Parameters:
  ///   - training: the settings; an interrupted training goes on with equal ones only.
  ///   - threads: of libtorch: with one, a seed gives the same weights bit by bit; with more, nearly the same.
  ///   - network: what a new one starts from; nil: random weights.
  ///   - anew: whether an earlier training gives way.
  /// - Throws: `FormatError` where the folder holds something else, or a training with other settings.
  public func run(
    _ training: Training, threads: Int, startingFrom network: UNet? = nil, anew: Bool = false
  ) throws -> TrainingRun<Training> {
    try training.check()
    let files = FileManager.default
    if files.fileExists(atPath: checkpoint) {
      if !anew {
        let earlier = try TrainingCheckpoint<Training>(readFrom: checkpoint)
        guard earlier.training == training else {
          throw FormatError(
            .cannotWrite,
            "\(path): holds a training with other settings (\(earlier.training.steps) steps, width "
              + "\(earlier.training.width), seed \(earlier.training.seed)); name another folder, repeat its settings to "
              + "go on, or replace it")
        }
        return try TrainingRun(resuming: earlier, as: training, threads: threads)
      }
    } else if files.fileExists(atPath: path), try files.contentsOfDirectory(atPath: path).isEmpty == false {
      throw FormatError(.cannotWrite, "\(path): is neither empty nor the folder of a training; name another")
    }
    let run = try TrainingRun(training, threads: threads, startingFrom: network)
    try AtomicOutput.makeFolder(at: path)
    try run.checkpoint().write(to: checkpoint)
    return run
  }

  /// Writes where a training stands.
  public func write(_ run: TrainingRun<Training>) throws {
    let model = try model(of: run)
    try model.write(to: self.model, replacing: true)
    try AtomicOutput.file(
      at: place("training.csv"), replacing: true,
      contents: Self.table(run.history, hasSpacing: run.training.predictsSpacing))
    let document = try TrainingReport(training: run.training, history: run.history, model: model).document
    for file in document.files() {
      let target = place(file.path)
      try AtomicOutput.makeFolder(at: (target as NSString).deletingLastPathComponent)
      try AtomicOutput.file(at: target, replacing: true, contents: file.data)
    }
    try run.checkpoint().write(to: checkpoint)
  }

  /// The network as a model file holds it.
  private func model(of run: TrainingRun<Training>) throws -> NetworkModel {
    let training = run.training
    let best = run.history.best
    var record = TrainingRecord(
      program: "tessera \(TesseraVersion.current)", data: training.dataSentence,
      imageCount: (best?.step ?? 0) * training.batchSize, epochs: 1, seed: training.seed)
    if let best {
      record.scores = ["map_loss": best.validationMap]
      if training.predictsSpacing { record.scores["spacing_loss"] = best.validationSpacing }
    }
    var model = NetworkModel(kind: Training.kind, network: try run.network(), training: record, licence: "Apache-2.0")
    (model.normalization, model.pixelSize) = (training.normalization, training.pixelSize)
    return run.isDone ? try training.assessed(model) : model
  }

  private static func table(_ history: TrainingHistory, hasSpacing: Bool) -> Data {
    var columns = ["step", "learning_rate", "training_map_loss", "validation_map_loss"]
    if hasSpacing { columns = columns[..<3] + ["training_spacing_loss", columns[3], "validation_spacing_loss"] }
    var table = TableWriter(columns: columns)
    for row in history.rows {
      let losses =
        hasSpacing
        ? [row.trainingMap, row.trainingSpacing, row.validationMap, row.validationSpacing]
        : [row.trainingMap, row.validationMap]
      table.add(
        ["\(row.step)", TableWriter.number(row.learningRate, decimals: 9)] + losses.map { TableWriter.significant($0) })
    }
    return table.data
  }
}
