/// The branch of a network that gives one number for the whole image [A23, section 2.2]: the global average pool of the bottom,
/// linear layers with ReLU between them, and the absolute value: the mean distance of nearest neighbours in pixels.
struct SpacingBranch: Sendable, Equatable {
  /// The last gives one number.
  let layers: [Linear]

  /// - Parameter means: of each channel at the bottom, over all its pixels.
  func spacing(of means: [Double]) -> Double {
    var values = means
    for (index, layer) in layers.enumerated() {
      values = layer.values(of: values)
      if index + 1 < layers.count { values = values.map { max(0, $0) } }
    }
    return abs(values[0])
  }
}
