import Foundation
import TesseraNetworks
import TesseraNumerics

/// A training on its way. One thread of control at a time may use it.
///
/// ```swift
/// let run = try TrainingRun(AtomTraining(), threads: 2)
/// while !run.isDone { print(try run.advance().validation) }
/// let network = try run.network()
/// ```
public final class TrainingRun<Training: NetworkTraining> {
  /// The settings of the training.
  public let training: Training
  /// Steps of Adam that were taken so far.
  public private(set) var step = 0
  /// The validations so far.
  public private(set) var history = TrainingHistory()
  private let torch: TorchNetwork
  private var bestWeights: [Float] = []
  private lazy var validation = makeValidation()

  /// - Parameters:
  ///   - training: the settings, with the seed of all draws.
  ///   - threads: with one, a seed gives the same weights bit by bit; with more, nearly the same.
  ///   - network: weights to start from; nil: random ones.
  /// - Throws: `ParameterError` for settings out of range or a network of another shape, `DataError` where libtorch is missing or fails.
  public init(_ training: Training, threads: Int = 1, startingFrom network: UNet? = nil) throws {
    try training.check()
    self.training = training
    torch = try TorchNetwork(
      training.architecture, seed: training.seed, threads: threads, weightDecay: training.weightDecay,
      dropout: training.dropout, keepsStatistics: training.keepsStatistics)
    guard let network else { return }
    guard network.architecture == training.architecture else {
      throw ParameterError("the network to start from has another shape than the one to be trained")
    }
    try torch.setFoldedWeights(network.weights)
  }

  /// Goes on from a checkpoint.
  ///
  /// - Parameters:
  ///   - checkpoint: where an earlier run stopped.
  ///   - training: the settings of the checkpoint with what it does not hold, such as labelled images; nil: the settings alone.
  ///   - threads: of libtorch: with one, a seed gives the same weights bit by bit; with more, nearly the same.
  public convenience init(
    resuming checkpoint: TrainingCheckpoint<Training>, as training: Training? = nil, threads: Int = 1
  ) throws {
    try self.init(training ?? checkpoint.training, threads: threads)
    try torch.setState(checkpoint.state, steps: checkpoint.step)
    (step, history, bestWeights) = (checkpoint.step, checkpoint.history, checkpoint.bestWeights)
  }

  /// Whether all steps have been taken, or further ones would not lower the loss.
  public var isDone: Bool {
    step >= training.steps || training.patience.map { history.idleRows >= $0 } ?? false
  }

  /// Whether libtorch uses a graphics processor.
  public var isOnGPU: Bool { torch.isOnGPU }

  /// Steps until the next validation, and that.
  ///
  /// - Parameter report: is told the steps taken.
  @discardableResult
  public func advance(report: (Int) -> Void = { _ in }) throws -> TrainingHistory.Row {
    let end = min(training.steps, step + training.validationInterval)
    var sums = (map: 0.0, spacing: 0.0)
    let first = step
    while step < end {
      let count = training.batchSize
      let batch = training.batch(step * count..<(step + 1) * count)
      let loss = try torch.train(on: batch, training.factors(step))
      guard loss.total.isFinite else {
        throw DataError("the loss at step \(step + 1) is \(loss.total); choose a lower \(setting("learning rate"))")
      }
      (sums.map, sums.spacing) = (sums.map + loss.map, sums.spacing + loss.spacing)
      step += 1
      report(step)
    }
    var found = (map: 0.0, spacing: 0.0)
    for batch in validation {
      let loss = try torch.loss(of: batch, training.factors(step))
      let share = Double(batch.count) / Double(training.validationCount)
      (found.map, found.spacing) = (found.map + share * loss.map, found.spacing + share * loss.spacing)
    }
    let count = Double(max(1, step - first))
    let row = TrainingHistory.Row(
      step: step, learningRate: training.rate(of: max(0, step - 1)), trainingMap: sums.map / count,
      trainingSpacing: sums.spacing / count, validationMap: found.map, validationSpacing: found.spacing)
    let isBest = row.validation < history.best?.validation ?? .infinity
    history.rows.append(row)
    if isBest || bestWeights.isEmpty { bestWeights = try torch.foldedWeights() }
    return row
  }

  private func makeValidation() -> [TrainingBatch] {
    let (all, size) = (training.validationCount, training.batchSize)
    return stride(from: 0, to: all, by: size).map {
      training.validationBatch($0..<min(all, $0 + size))
    }
  }

  /// The network with the lowest loss of validation so far; the first weights where none was taken.
  public func network() throws -> UNet {
    try UNet(training.architecture, weights: bestWeights.isEmpty ? torch.foldedWeights() : bestWeights)
  }

  /// All that is needed to go on from here.
  public func checkpoint() throws -> TrainingCheckpoint<Training> {
    TrainingCheckpoint(
      training: training, step: step, history: history, state: try torch.state(), bestWeights: bestWeights)
  }
}
