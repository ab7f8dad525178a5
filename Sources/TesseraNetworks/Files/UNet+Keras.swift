import TesseraHDF5
import TesseraNumerics

extension UNet {
  /// ε of the batch normalisations of the public nanoparticle networks [P21].
  package static let publishedEpsilon = 1e-4

  /// The nanoparticle network of [P21] from its published weights: 65,490 numbers in an HDF5 file of Keras 2, of which batch
  /// normalisation is folded into the convolutions.
  ///
  /// The layers are `conv2d_1` and `batch_normalization_1` to `..._14`, in the order of the passes, and `final_layer`.
  /// - Parameters:
  ///   - path: of the HDF5 file.
  ///   - activation: of the output: softmax, as it was trained, or sigmoid, as in the authors' demonstration.
  public init(publishedParticleWeights path: String, activation: OutputActivation = .softmax) throws(FormatError) {
    var architecture = UNetArchitecture.particles
    architecture.outputActivation = activation
    let file = try KerasWeights(path: path)
    var weights: [Float] = []
    let shapes = architecture.layers
    for (number, shape) in zip(1..., shapes) {
      guard case .convolution(let inputs, let outputs, let kernel) = shape else { continue }
      let layer: Convolution
      if number < shapes.count {
        layer = try file.convolution("conv2d_\(number)", inputs: inputs, outputs: outputs, kernel: kernel)
          .followed(
            by: file.batchNormalization(
              "batch_normalization_\(number)", channels: outputs, epsilon: Self.publishedEpsilon))
      } else {
        layer = try file.convolution("final_layer", inputs: inputs, outputs: outputs, kernel: kernel)
      }
      weights += layer.weights + layer.bias
    }
    do {
      try self.init(architecture, weights: weights)
    } catch { throw FormatError(in: path, error.description) }
  }
}
