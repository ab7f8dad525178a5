import Foundation
import TesseraImaging
import TesseraNumerics

/// What is done to an image before a network sees it: spikes give way to the median of their surroundings, and the contrast is
/// brought to one range.
///
/// As in [P21, Methods], over the whole image:
///
///     v ← m where |v − m| > limit · s,   then   v ← (v − min) / (max − min),
///
/// m the median of the 3 x 3 pixels around v, mirrored at the edges, s the standard deviation of the image as it was. The
/// networks of [P21] were trained on tiles of 512 pixels, each normalised by itself.
///
/// With `surroundings` the contrast is that of the surroundings instead, so that neither a thick part of the specimen nor a bright
/// particle hides the rest:
///
///     v ← (v − μ) / σ,   μ = G ∗ v,   σ² = G ∗ (v − μ)²,
///
/// G a Gaussian. Before that the brightest and darkest thousandth of the pixels are cut off one range beyond the others.
public struct InputNormalization: Sendable, Codable, Equatable {
  /// The limit, in standard deviations of the image: positive; nil keeps spikes.
  public var spikeLimit: Double? = 5
  /// Standard deviation in pixels of the Gaussian over the surroundings, 1 ... 1000; nil: one range for the whole image.
  public var surroundings: Double?

  /// As the networks of [P21] want it: spikes beyond five standard deviations replaced, one range for the whole image.
  public init() {}

  /// Contrast of the surroundings: columns of up to about 60 pixels' distance keep theirs.
  public static let local: InputNormalization = {
    var result = InputNormalization()
    (result.spikeLimit, result.surroundings) = (nil, 32)
    return result
  }()

  /// - Throws: `DataError` for an image of fewer than 2 x 2 pixels, with pixels that are no finite numbers, or of equal
  ///   pixels; `ParameterError` for a limit or a width out of range.
  public func normalized(_ image: Raster<Float>) throws -> Raster<Float> {
    try require(spikeLimit.map { $0 > 0 } ?? true, setting("spike limit"), is: spikeLimit ?? 0, mustBe: "positive")
    try require(
      surroundings.map { (1...1000).contains($0) } ?? true, setting("surroundings"), is: surroundings ?? 0,
      mustBe: "between 1 and 1000 pixels")
    guard image.width >= 2, image.height >= 2 else {
      throw DataError("the image has \(image.width) x \(image.height) pixels; a network needs at least 2 x 2")
    }
    guard image.values.allSatisfy(\.isFinite) else {
      throw DataError("the image has pixels that are no finite numbers; fill them before a network is used")
    }
    let cleaned = spikeLimit.map { image.withoutSpikes(beyond: $0 * image.standardDeviation) } ?? image
    let (low, high) = (Double(cleaned.values.min()!), Double(cleaned.values.max()!))
    guard high > low else {
      throw DataError("all pixels of the image are equal; there is nothing for a network to find")
    }
    if let surroundings { return Self.relative(cleaned, toSurroundings: surroundings) }
    return cleaned.map { Float((Double($0) - low) / (high - low)) }
  }

  /// Numbers beyond these, in standard deviations of the surroundings, say no more.
  private static let limits: ClosedRange<Float> = -6...12

  private static func relative(_ image: Raster<Float>, toSurroundings sigma: Double) -> Raster<Float> {
    let quantiles = [0.001, 0.5, 0.999]
    let found = concurrentMap(count: 3) { Statistics.quantile(image.values, quantiles[$0]) }
    let (low, middle, high) = (found[0], found[1], found[2])
    // Where almost all pixels are equal, the others are the contrast.
    let range = high > low ? high - low : image.values.max()! - image.values.min()!
    let (least, most) = ((low - middle) / range - 1, (high - middle) / range + 1)
    let cut = image.map { min(max(($0 - middle) / range, least), most) }
    let mean = GaussianFilter.broadlySmoothed(cut, sigma: sigma)
    var flat = cut
    for index in flat.values.indices { flat.values[index] -= mean.values[index] }
    let variance = GaussianFilter.broadlySmoothed(flat.map { $0 * $0 }, sigma: sigma)
    // A part without any contrast stays without.
    let floor = max(1e-6 * Float(Statistics.mean(variance.values)), .leastNormalMagnitude)
    for index in flat.values.indices {
      let number = flat.values[index] / max(variance.values[index], floor).squareRoot()
      flat.values[index] = min(max(number, limits.lowerBound), limits.upperBound)
    }
    return flat
  }
}

extension Raster<Float> {
  /// Of the population: the sum of squares is divided by the number of pixels.
  package var standardDeviation: Double {
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(count)
    let squares = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (squares / Double(count)).squareRoot()
  }

  /// Pixels that differ by more than `limit` from the median of the 3 x 3 pixels around them become that median. Outside the
  /// image stands its mirror image, the border pixel not repeated.
  package func withoutSpikes(beyond limit: Double) -> Raster<Float> {
    concurrentRows(width: width, height: height, of: Float(0)) { y, row in
      let lines = [y == 0 ? 1 : y - 1, y, y == height - 1 ? height - 2 : y + 1].map { $0 * width }
      // Each column of three, sorted; three neighbours give the median of nine.
      let columns = (0..<width).map { x in sorted(values[lines[0] + x], values[lines[1] + x], values[lines[2] + x]) }
      for x in 0..<width {
        let (left, here) = (columns[x == 0 ? 1 : x - 1], columns[x])
        let right = columns[x == width - 1 ? width - 2 : x + 1]
        let low = Swift.max(left.low, here.low, right.low)
        let middle = sorted(left.middle, here.middle, right.middle).middle
        let high = Swift.min(left.high, here.high, right.high)
        let median = sorted(low, middle, high).middle
        let value = values[lines[1] + x]
        row[x] = abs(Double(value) - Double(median)) > limit ? median : value
      }
    }
  }
}

/// Three numbers in rising order. The median of nine is that of the largest low, the middle middle and the smallest high of its
/// columns. Source: Smith, Xilinx Xcell 23 (1996) 16.
private func sorted(_ a: Float, _ b: Float, _ c: Float) -> (low: Float, middle: Float, high: Float) {
  let (least, most) = (min(a, b), max(a, b))
  return (min(least, c), max(least, min(most, c)), max(most, c))
}
