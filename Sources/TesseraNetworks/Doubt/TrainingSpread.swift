import TesseraNumerics

/// Where the images that a network was trained on lie among all images, as the bottom of the network sees them: so that it can
/// say that an image is unlike any of them, and its answer a guess.
///
/// An image is the mean of each channel at the bottom (`UNetMaps.bottomMeans`). Its distance is that of Mahalanobis along the
/// principal axes of the training images, per axis,
///
///     d² = 1/k Σᵢ ((m − μ) · eᵢ / σᵢ)²,   i = 1 ... k,
///
/// about 1 for a training image. Axes of next to no variance are left out: what varies along them is rounding. Source: Lee,
/// Lee, Lee & Shin, NeurIPS 2018 (Mahalanobis distance of a network's features, here without classes).
public struct TrainingSpread: Sendable, Codable, Equatable {
  /// Mean of the training images, one number per channel at the bottom.
  public let mean: [Float]
  /// eᵢ / σᵢ: the principal axes, each divided by the standard deviation along it, the widest first.
  public let axes: [[Float]]
  /// The distance within which `limitShare` of the images lay that were held back from the training.
  public let limit: Double

  /// The share of held-out images that lies within the limit.
  public static let limitShare = 0.995
  /// An axis counts from this share of the widest axis' variance on.
  static let leastVariance = 1e-6

  /// - Parameters:
  ///   - samples: `bottomMeans` of training images, 2 or more, all of one size.
  ///   - heldOut: of images that the network was not trained on but that are like those, 1 or more; with fewer than 200 the
  ///     limit is about the largest of their distances.
  /// - Throws: `DataError` where there are too few samples, their sizes differ, numbers are not finite, or all samples are equal.
  public init(of samples: [[Float]], heldOut: [[Float]]) throws(DataError) {
    guard samples.count >= 2, !heldOut.isEmpty else {
      throw DataError(
        "the spread of training images needs 2 of them and 1 held-out image at least, but there are \(samples.count) and "
          + "\(heldOut.count)")
    }
    let size = samples[0].count
    guard size > 0, (samples + heldOut).allSatisfy({ $0.count == size && $0.allSatisfy(\.isFinite) }) else {
      throw DataError("the spread of training images needs as many finite numbers of each image")
    }
    let count = Double(samples.count)
    let mean = (0..<size).map { channel in samples.reduce(0) { $0 + Double($1[channel]) } / count }
    let centred = samples.flatMap { sample in zip(sample, mean).map { Double($0) - $1 } }
    let covariance = Matrix(rows: samples.count, columns: size, values: centred).gram.map { $0 / (count - 1) }
    guard let (values, vectors) = covariance.symmetricEigen(), let widest = values.last, widest > 0, widest.isFinite
    else {
      throw DataError("the training images are all equal to the network; their spread says nothing")
    }
    self.mean = mean.map { Float($0) }
    axes = values.indices.reversed().filter { values[$0] > Self.leastVariance * widest }.map { axis in
      let deviation = values[axis].squareRoot()
      return (0..<size).map { Float(vectors[$0, axis] / deviation) }
    }
    let (mean32, axes32) = (self.mean, axes)
    limit = Statistics.quantile(heldOut.map { Self.distance(of: $0, mean32, axes32) }, Self.limitShare)
  }

  /// One of known numbers; see `check`.
  package init(mean: [Float], axes: [[Float]], limit: Double) {
    (self.mean, self.axes, self.limit) = (mean, axes, limit)
  }

  /// How far an image lies from the training images, 0 or more, about 1 for one of them.
  ///
  /// - Parameter means: `UNetMaps.bottomMeans`: as many numbers as the bottom has channels.
  public func distance(of means: [Float]) -> Double { Self.distance(of: means, mean, axes) }

  private static func distance(of means: [Float], _ mean: [Float], _ axes: [[Float]]) -> Double {
    precondition(means.count == mean.count, "\(mean.count) numbers are needed, not \(means.count)")
    let offset = zip(means, mean).map { Double($0) - Double($1) }
    let squares = axes.reduce(0.0) { sum, axis in
      let along = zip(offset, axis).reduce(0.0) { $0 + $1.0 * Double($1.1) }
      return sum + along * along
    }
    return (squares / Double(axes.count)).squareRoot()
  }

  /// Throws unless this can be the spread of a network with so many channels at the bottom, as a file may say anything.
  func check(bottomChannels: Int) throws(ParameterError) {
    try require(
      mean.count == bottomChannels, "numbers of the mean of the training spread", is: mean.count,
      mustBe: "\(bottomChannels), one per channel at the bottom")
    try require(
      (1...bottomChannels).contains(axes.count), "axes of the training spread", is: axes.count,
      mustBe: "1 ... \(bottomChannels) in number")
    for axis in axes {
      try require(
        axis.count == bottomChannels, "numbers of an axis of the training spread", is: axis.count,
        mustBe: "\(bottomChannels), one per channel at the bottom")
    }
    let isFinite = mean.allSatisfy(\.isFinite) && axes.allSatisfy { $0.allSatisfy(\.isFinite) }
    try require(isFinite, "the training spread", is: "another", mustBe: "of finite numbers")
    try require(limit.isFinite && limit > 0, "limit of the training spread", is: limit, mustBe: "positive and finite")
  }
}
