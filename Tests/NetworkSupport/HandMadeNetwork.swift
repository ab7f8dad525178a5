import TesseraNetworks
import TesseraNumerics

extension NetworkModel {
  /// A network that hands its normalised image on: its map is 1 / (1 + exp(−gain · (v − middle))), so that bright columns
  /// are its columns, and it says the same spacing of every image.
  ///
  /// Its one number at the bottom is the mean over the image of the larger of each 2 x 2 pixels.
  package static func handedOn(spacing: Float, gain: Float = 12, middle: Float = 0.5) throws -> NetworkModel {
    var shape = UNetArchitecture(channels: [1], bottomChannels: 1)
    (shape.downConvolutions, shape.upConvolutions, shape.bottomConvolutions) = (1, 1, 1)
    (shape.kernelSize, shape.upSampling, shape.spacingBranch) = (1, .nearest, [])
    // Down, bottom, up (from what is handed across and from below), output and branch: weights, then the bias.
    let weights: [Float] = [1, 0, 1, 0, 1, 0, 0, gain, -gain * middle, 0, spacing]
    let training = TrainingRecord(program: "none", data: "none: made by hand", imageCount: 0, epochs: 0, seed: 0)
    var model = NetworkModel(
      kind: .atoms, network: try UNet(shape, weights: weights), training: training, licence: "CC0 1.0")
    model.normalization.spikeLimit = nil
    return model
  }
}
