import CTorchAPI
import Foundation
import TesseraNetworks
import TesseraNumerics

/// A U-Net that libtorch trains. One thread of control at a time may use it.
final class TorchNetwork {
  /// What a batch pays; see `AtomTraining`.
  struct Loss: Sendable, Codable, Equatable {
    var total, map, spacing: Double
  }

  let architecture: UNetArchitecture
  private let functions: tessera_torch_api
  private let network: OpaquePointer

  /// - Parameters:
  ///   - threads: of libtorch; with one, the same seed and batches give the same weights bit by bit.
  ///   - weightDecay: added to the gradient, times the weight.
  ///   - dropout: share of the numbers that hidden layers of the spacing branch leave out.
  ///   - keepsStatistics: whether batch normalisations scale and shift only, so that folded weights mean the same while training.
  /// - Throws: `DataError` where libtorch is missing or fails.
  init(
    _ architecture: UNetArchitecture, seed: UInt64, threads: Int, weightDecay: Double, dropout: Double,
    keepsStatistics: Bool
  ) throws {
    try architecture.check()
    functions = try TorchLibrary.functions()
    self.architecture = architecture
    var made: OpaquePointer?
    let channels = architecture.channels.map(Int32.init)
    let branch = architecture.spacingBranch.map { $0.map(Int32.init) }
    let functions = functions
    try channels.withUnsafeBufferPointer { channels in
      try (branch ?? [0]).withUnsafeBufferPointer { hidden in
        var shape = tessera_architecture(
          channels: channels.baseAddress, level_count: Int32(channels.count),
          bottom_channels: Int32(architecture.bottomChannels),
          down_convolutions: Int32(architecture.downConvolutions),
          bottom_convolutions: Int32(architecture.bottomConvolutions),
          up_convolutions: Int32(architecture.upConvolutions), kernel_size: Int32(architecture.kernelSize),
          is_transposed: architecture.upSampling == .transposed ? 1 : 0,
          pools_rectified: architecture.poolInput == .rectified ? 1 : 0,
          output_channels: Int32(architecture.outputChannels),
          output_activation: architecture.outputActivation == .none
            ? 0 : architecture.outputActivation == .sigmoid ? 1 : 2,
          branch: branch == nil ? nil : hidden.baseAddress, branch_count: Int32(branch?.count ?? 0))
        try withUnsafePointer(to: &shape) { shape in
          var options = tessera_network_options(
            architecture: shape, seed: seed, threads: Int32(threads), weight_decay: weightDecay, dropout: dropout,
            epsilon: 1e-5, keeps_statistics: keepsStatistics ? 1 : 0)
          try Self.check(functions.make(&options, &made))
        }
      }
    }
    network = made!
  }

  deinit { functions.release(network) }

  var isOnGPU: Bool { functions.is_on_gpu(network) != 0 }

  /// One step of Adam; returns the loss before it.
  func train(on batch: TrainingBatch, _ step: TrainingStep) throws -> Loss { try run(functions.train, batch, step) }

  /// The loss of a batch as the network is used: with running means, nothing left out.
  func loss(of batch: TrainingBatch, _ step: TrainingStep) throws -> Loss { try run(functions.evaluate, batch, step) }

  private typealias Function =
    @convention(c) (
      OpaquePointer?, UnsafePointer<tessera_batch>?, UnsafePointer<tessera_step>?, UnsafeMutablePointer<tessera_loss>?
    ) -> UnsafeMutablePointer<CChar>?

  private func run(_ function: Function?, _ batch: TrainingBatch, _ step: TrainingStep) throws -> Loss {
    var loss = tessera_loss()
    var step = tessera_step(
      loss_kind: step.loss.rawValue, map_factor: step.mapFactor, spacing_unit: step.spacingUnit,
      learning_rate: step.learningRate)
    try batch.images.withUnsafeBufferPointer { images in
      try batch.maps.withUnsafeBufferPointer { maps in
        try batch.weights.withUnsafeBufferPointer { weights in
          try batch.spacings.withUnsafeBufferPointer { spacings in
            var block = tessera_batch(
              count: Int32(batch.count), height: Int32(batch.height), width: Int32(batch.width),
              images: images.baseAddress, maps: maps.baseAddress, weights: weights.baseAddress,
              spacings: spacings.baseAddress)
            try Self.check(function!(network, &block, &step, &loss))
          }
        }
      }
    }
    return Loss(total: loss.total, map: loss.map, spacing: loss.spacing)
  }

  /// The weights for `UNet`, batch normalisations folded in.
  func foldedWeights() throws -> [Float] {
    var weights = [Float](repeating: 0, count: architecture.weightCount)
    try weights.withUnsafeMutableBufferPointer {
      try Self.check(functions.folded_weights(network, $0.baseAddress, Int64($0.count)))
    }
    return weights
  }

  /// Starts from the weights of a `UNet` of the same architecture.
  func setFoldedWeights(_ weights: [Float]) throws {
    try weights.withUnsafeBufferPointer {
      try Self.check(functions.set_folded_weights(network, $0.baseAddress, Int64($0.count)))
    }
  }

  /// All numbers that training goes on from: parameters, running means and variances, Adam's moments.
  func state() throws -> [Float] {
    var numbers = [Float](repeating: 0, count: Int(functions.state_count(network)))
    try numbers.withUnsafeMutableBufferPointer {
      try Self.check(functions.state(network, $0.baseAddress, Int64($0.count)))
    }
    return numbers
  }

  /// Goes on from such a state, after so many steps.
  func setState(_ numbers: [Float], steps: Int) throws {
    try numbers.withUnsafeBufferPointer {
      try Self.check(functions.set_state(network, $0.baseAddress, Int64($0.count), Int64(steps)))
    }
  }

  private static func check(_ message: UnsafeMutablePointer<CChar>?) throws {
    guard let message else { return }
    defer { free(message) }
    throw DataError("libtorch: \(String(cString: message))")
  }
}
