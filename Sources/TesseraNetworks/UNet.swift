import TesseraNumerics

/// A U-Net with its weights: an image in, maps out.
public struct UNet: Sendable, Equatable {
  /// Levels, channels and output of the network.
  public let architecture: UNetArchitecture
  /// One block per level, the full resolution first.
  package let down: [[Convolution]]
  package let bottom: [Convolution]
  /// One per level, the lowest first; empty if up-sampling repeats pixels.
  package let rise: [TransposedConvolution]
  /// One block per level, the lowest first.
  package let up: [[Convolution]]
  package let output: Convolution
  let branch: SpacingBranch?

  /// The network of these weights, batch normalisations folded into the convolutions before them.
  ///
  /// - Parameters:
  ///   - architecture: layers and channels of the network.
  ///   - weights: `architecture.weightCount` numbers: of each layer in the order of `UNetArchitecture.layers` the
  ///     kernels (output, input, row, column; of transposed convolutions output, row, column, input) and the bias.
  public init(_ architecture: UNetArchitecture, weights: [Float]) throws(ParameterError) {
    try architecture.check()
    let wanted = architecture.weightCount
    try require(weights.count == wanted, "weights of the network", is: weights.count, mustBe: "\(wanted) in number")
    var reader = WeightReader(weights: weights, shapes: architecture.layers)
    self.architecture = architecture
    down = architecture.channels.map { _ in (0..<architecture.downConvolutions).map { _ in reader.convolution() } }
    bottom = (0..<architecture.bottomConvolutions).map { _ in reader.convolution() }
    var rise: [TransposedConvolution] = []
    var up: [[Convolution]] = []
    for _ in architecture.channels {
      if architecture.upSampling == .transposed { rise.append(reader.transposed()) }
      up.append((0..<architecture.upConvolutions).map { _ in reader.convolution() })
    }
    (self.rise, self.up) = (rise, up)
    output = reader.convolution()
    branch = architecture.spacingBranch.map { hidden in
      SpacingBranch(layers: (0...hidden.count).map { _ in reader.linear() })
    }
  }

  /// All weights, in the order that `init` takes.
  public var weights: [Float] {
    var result: [Float] = []
    result.reserveCapacity(architecture.weightCount)
    func add(_ weights: [Float], _ bias: [Float]) { result += weights + bias }
    for layer in down.joined() { add(layer.weights, layer.bias) }
    for layer in bottom { add(layer.weights, layer.bias) }
    for (index, block) in up.enumerated() {
      if !rise.isEmpty { add(rise[index].weights, rise[index].bias) }
      for layer in block { add(layer.weights, layer.bias) }
    }
    add(output.weights, output.bias)
    for layer in branch?.layers ?? [] { add(layer.weights, layer.bias) }
    return result
  }

  /// What a pass over an image, or a tile of one, gives.
  struct Pass {
    /// The maps of the output, as large as the input.
    var maps: FeatureMaps
    /// The maps at the bottom, which the spacing branch averages.
    var bottom: FeatureMaps
  }

  /// All layers, one after the other. Width and height must be multiples of `architecture.multiple`.
  func pass(_ input: FeatureMaps) -> Pass {
    var handedAcross: [FeatureMaps] = []
    var current = input
    for block in down {
      for layer in block.dropLast() { current = layer.maps(of: [current], rectifying: true) }
      switch architecture.poolInput {
      case .normalized:
        let normalized = block[block.count - 1].maps(of: [current])
        current = normalized.maxPooled
        handedAcross.append(normalized.rectified)
      case .rectified:
        let rectified = block[block.count - 1].maps(of: [current], rectifying: true)
        current = rectified.maxPooled
        handedAcross.append(rectified)
      }
    }
    for layer in bottom { current = layer.maps(of: [current], rectifying: true) }
    let deepest = current
    for (index, block) in up.enumerated() {
      // What was handed across is given up as soon as it is used, so that it does not outlive its level.
      let across = handedAcross.removeLast()
      let risen = rise.isEmpty ? current.upSampled : rise[index].maps(of: current)
      current = block[0].maps(of: [across, risen], rectifying: true)
      for layer in block.dropFirst() { current = layer.maps(of: [current], rectifying: true) }
    }
    return Pass(maps: architecture.outputActivation.maps(of: output.maps(of: [current])), bottom: deepest)
  }
}

/// Cuts a list of numbers into layers, in the order of their shapes. The count must have been checked.
private struct WeightReader {
  let weights: [Float]
  let shapes: [LayerShape]
  private var next = 0
  private var position = 0

  init(weights: [Float], shapes: [LayerShape]) { (self.weights, self.shapes) = (weights, shapes) }

  private mutating func take(_ count: Int) -> [Float] {
    position += count
    return Array(weights[position - count..<position])
  }

  private mutating func shape() -> LayerShape {
    next += 1
    return shapes[next - 1]
  }

  mutating func convolution() -> Convolution {
    let shape = shape()
    guard case .convolution(let inputs, let outputs, let kernel) = shape else { preconditionFailure("\(shape)") }
    return Convolution(
      inputChannels: inputs, outputChannels: outputs, kernelSize: kernel, weights: take(shape.weightCount),
      bias: take(outputs))
  }

  mutating func transposed() -> TransposedConvolution {
    let shape = shape()
    guard case .transposed(let inputs, let outputs) = shape else { preconditionFailure("\(shape)") }
    return TransposedConvolution(
      inputChannels: inputs, outputChannels: outputs, weights: take(shape.weightCount), bias: take(outputs))
  }

  mutating func linear() -> Linear {
    let shape = shape()
    guard case .linear(let inputs, let outputs) = shape else { preconditionFailure("\(shape)") }
    return Linear(inputCount: inputs, outputCount: outputs, weights: take(shape.weightCount), bias: take(outputs))
  }
}
