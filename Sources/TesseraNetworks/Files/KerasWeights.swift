import TesseraHDF5

/// The weights in an HDF5 file that Keras 2 wrote (`save_weights`, or `save` without the architecture): a group per layer, in
/// which the layer's name is repeated, and in it a dataset per tensor, such as `conv2d_1/conv2d_1/kernel:0`.
///
/// Where `ChildProcess.helper` is set, the file is read in a child process, as all HDF5 files are.
package struct KerasWeights: Sendable {
  private let path: String
  private let file: any HDF5Source
  private let root: HDF5Node

  package init(path: String) throws(FormatError) {
    self.path = path
    file = try openHDF5(path: path)
    root = try file.tree()
  }

  /// The convolution of a layer, of given sizes. Keras has row x column x input x output.
  package func convolution(_ layer: String, inputs: Int, outputs: Int, kernel: Int) throws(FormatError) -> Convolution {
    let stored = try tensor("kernel:0", of: layer, shape: [kernel, kernel, inputs, outputs])
    var weights = [Float](repeating: 0, count: stored.count)
    for place in 0..<kernel * kernel {
      for input in 0..<inputs {
        for output in 0..<outputs {
          weights[(output * inputs + input) * kernel * kernel + place] =
            stored[(place * inputs + input) * outputs + output]
        }
      }
    }
    return Convolution(
      inputChannels: inputs, outputChannels: outputs, kernelSize: kernel, weights: weights,
      bias: try tensor("bias:0", of: layer, shape: [outputs]))
  }

  /// The batch normalisation of a layer. The file does not tell ε, which the network was built with.
  package func batchNormalization(
    _ layer: String, channels: Int, epsilon: Double
  ) throws(FormatError) -> BatchNormalization {
    func vector(_ name: String) throws(FormatError) -> [Float] { try tensor(name, of: layer, shape: [channels]) }
    let variance = try vector("moving_variance:0")
    guard variance.allSatisfy({ $0 >= 0 }) else {
      throw FormatError(in: path, "has a negative variance in \(layer); variances are 0 or more")
    }
    return BatchNormalization(
      gamma: try vector("gamma:0"), beta: try vector("beta:0"), mean: try vector("moving_mean:0"), variance: variance,
      epsilon: epsilon)
  }

  /// Numbers of a tensor. Only one of the shape that is wanted is read, so that a file cannot claim more.
  private func tensor(_ name: String, of layer: String, shape: [Int]) throws(FormatError) -> [Float] {
    let place = "/\(layer)/\(layer)/\(name)"
    guard let array = root.child(layer)?.child(layer)?.child(name)?.array else {
      throw FormatError(in: path, "holds no numbers at \(place), where the weights of the network would be")
    }
    guard array.shape == shape, array.type == .float32, array.channels == 1 else {
      let wanted = shape.map { "\($0)" }.joined(separator: " x ")
      throw FormatError(in: path, "holds \(array.summary) at \(place); the network has [\(wanted) float32] there")
    }
    let bytes = try file.values(of: array, start: shape.map { _ in 0 }, count: shape)
    let values = stride(from: 0, to: bytes.count, by: 4).map { index in
      Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index + $1]) << UInt32(8 * $1) })
    }
    guard values.allSatisfy(\.isFinite) else {
      throw FormatError(in: path, "holds numbers at \(place) that are not finite; copy it again")
    }
    return values
  }
}
