/// A layer with weights, by its sizes. The order of `UNetArchitecture.layers` is that of the numbers in a model file.
enum LayerShape: Equatable {
  case convolution(inputs: Int, outputs: Int, kernel: Int)
  case transposed(inputs: Int, outputs: Int)
  case linear(inputs: Int, outputs: Int)

  /// Numbers of its kernels, without the bias.
  var weightCount: Int {
    switch self {
    case .convolution(let inputs, let outputs, let kernel): inputs * outputs * kernel * kernel
    case .transposed(let inputs, let outputs): 4 * inputs * outputs
    case .linear(let inputs, let outputs): inputs * outputs
    }
  }

  /// Numbers of its bias.
  var biasCount: Int {
    switch self {
    case .convolution(_, let outputs, _), .transposed(_, let outputs), .linear(_, let outputs): outputs
    }
  }
}

extension UNetArchitecture {
  /// Blocks on the way down, the full resolution first; the bottom; on the way up, the lowest first, the transposed
  /// convolution (if any) and the block of each level; the output; the spacing branch.
  var layers: [LayerShape] {
    var result: [LayerShape] = []
    func addBlock(from inputs: Int, to outputs: Int, count: Int) {
      for index in 0..<count {
        result.append(.convolution(inputs: index == 0 ? inputs : outputs, outputs: outputs, kernel: kernelSize))
      }
    }
    var current = 1
    for width in channels {
      addBlock(from: current, to: width, count: downConvolutions)
      current = width
    }
    addBlock(from: current, to: bottomChannels, count: bottomConvolutions)
    current = bottomChannels
    for width in channels.reversed() {
      if upSampling == .transposed { result.append(.transposed(inputs: current, outputs: width)) }
      let risen = upSampling == .transposed ? width : current
      addBlock(from: width + risen, to: width, count: upConvolutions)
      current = width
    }
    result.append(.convolution(inputs: current, outputs: outputChannels, kernel: 1))
    if let hidden = spacingBranch {
      let sizes = [bottomChannels] + hidden + [1]
      for (inputs, outputs) in zip(sizes, sizes.dropFirst()) {
        result.append(.linear(inputs: inputs, outputs: outputs))
      }
    }
    return result
  }

  /// Numbers that a network of this shape consists of. The architecture must have passed `check`.
  public var weightCount: Int { layers.reduce(0) { $0 + $1.weightCount + $1.biasCount } }
}
