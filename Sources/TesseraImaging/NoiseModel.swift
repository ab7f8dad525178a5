import TesseraNumerics

/// The variance of a pixel as a linear function of its mean intensity: a constant (readout) plus shot noise.
public struct NoiseModel: Sendable {
  /// Variance at intensity zero (may be negative where the detector has an offset), in squared intensity units.
  public var constantVariance: Double
  /// Growth of the variance with the intensity, in intensity units; 1 for counts, 0 for plain white noise.
  public var gain: Double
  /// No variance is taken below this.
  public var smallestVariance: Double
  /// Local departures from the line, as a factor for each pixel: clipped or saturated areas are quieter, contaminated
  /// ones noisier than their intensity says. Nil: none.
  public var localFactor: Raster<Float>?

  /// A line without local factor; variances in squared intensity units, `gain` in intensity units.
  public init(constantVariance: Double, gain: Double, smallestVariance: Double) {
    (self.constantVariance, self.gain, self.smallestVariance) = (constantVariance, gain, smallestVariance)
  }

  /// Variance of a pixel of this mean intensity.
  @inlinable public func variance(at intensity: Double) -> Double {
    max(smallestVariance, constantVariance + gain * intensity)
  }

  /// Variance of the pixel with this row-major index, whose mean intensity is given.
  public func variance(ofPixel index: Int, at intensity: Double) -> Double {
    max(smallestVariance, variance(at: intensity) * Double(localFactor?.values[index] ?? 1))
  }

  /// Estimates the line from an image: squared second differences (as in `noiseLevel`) against the smoothed intensity,
  /// in sixteen bins of equal population; then the local factor, as a ratio of wide means.
  /// - Parameters:
  ///   - image: intensities, finite everywhere.
  ///   - measured: false where a pixel was filled, of the size of the image: what is smooth there is no lack of noise. Nil: all are
  ///     measured.
  public init(of image: Raster<Float>, measured: Raster<Bool>? = nil) {
    let (width, height) = (image.width, image.height)
    let measured = measured.flatMap { $0.values.contains(false) ? $0 : nil }
    let seen = measured.map(image.blanked) ?? image
    let overall = noiseLevel(of: seen)
    let range = Double((image.values.max() ?? 0) - (image.values.min() ?? 0))
    let floor = max(0.02 * overall * overall, 1e-12 * range * range, .leastNormalMagnitude)
    self.init(constantVariance: overall * overall, gain: 0, smallestVariance: floor)
    guard width > 8, height > 8 else { return }
    let smooth = GaussianFilter.smoothed(image, sigma: 1.5)
    let squares = Self.squaredDifferences(of: seen)
    let stride = max(1, Int((Double(width * height) / 60_000).squareRoot()))
    var samples: [(Double, Double)] = []
    for y in Swift.stride(from: 1, to: height - 1, by: stride) {
      for x in Swift.stride(from: 1, to: width - 1, by: stride) where squares.values[y * width + x].isFinite {
        samples.append((Double(smooth.values[y * width + x]), Double(squares.values[y * width + x])))
      }
    }
    guard let line = varianceLine(samples) else { return }
    (constantVariance, gain) = (line.constant, line.gain)
    let expected = smooth.map { Float(variance(at: Double($0))) }
    let reach = Double(min(width, height)) / 24
    let weights = measured.map { _ in squares.map { $0.isFinite ? Float(1) : 0 } }
    let known = measured == nil ? squares : squares.map { $0.isFinite ? $0 : 0 }
    let (found, wanted) = (
      GaussianFilter.broadlySmoothed(known, weights: weights, sigma: reach),
      GaussianFilter.broadlySmoothed(expected, weights: weights, sigma: reach)
    )
    localFactor = Raster(
      width: width, height: height,
      values: zip(found.values, wanted.values).map { min(4, max(0.02, $0 / max($1, Float(smallestVariance)))) })
  }

  /// Squares of the second differences, scaled so that white noise of unit variance has mean one.
  private static func squaredDifferences(of image: Raster<Float>) -> Raster<Float> {
    let (width, height) = (image.width, image.height)
    return concurrentRows(width: width, height: height, of: Float(0)) { y, row in
      let v = image.values.span
      let (above, here, below) = (max(y - 1, 0) * width, y * width, min(y + 1, height - 1) * width)
      for x in 0..<width {
        let (l, r) = (max(x - 1, 0), min(x + 1, width - 1))
        let corners = v[above + l] + v[above + r] + v[below + l] + v[below + r]
        let d = corners - 2 * (v[above + x] + v[below + x] + v[here + l] + v[here + r]) + 4 * v[here + x]
        row[x] = d * d / 36
      }
    }
  }
}

extension Raster<Float> {
  /// The image with NaN where nothing was measured.
  func blanked(where measured: Raster<Bool>) -> Raster<Float> {
    Raster(width: width, height: height, values: zip(values, measured.values).map { $1 ? $0 : .nan })
  }
}

/// Fits `square = constant + gain x intensity` to samples grouped in sixteen bins of equal population; the largest
/// fiftieth of each bin (misfits, labels) is left out. Nil with too few samples.
package func varianceLine(_ samples: [(intensity: Double, square: Double)]) -> (constant: Double, gain: Double)? {
  guard samples.count > 500 else { return nil }
  let sorted = samples.sorted { $0.intensity < $1.intensity }
  let bins = 16
  let points = (0..<bins).map { b -> Point in
    let part = sorted[b * sorted.count / bins..<(b + 1) * sorted.count / bins]
    let squares = part.map(\.square).sorted().prefix(part.count * 98 / 100)
    // The mean square of a normal distribution without its largest fiftieth is 0.8735.
    return Point(Statistics.mean(part.map(\.intensity)), Statistics.mean(Array(squares)) / 0.8735)
  }
  let (mx, my) = (Statistics.mean(points.map(\.x)), Statistics.mean(points.map(\.y)))
  let sxx = points.reduce(0) { $0 + ($1.x - mx) * ($1.x - mx) }
  let sxy = points.reduce(0) { $0 + ($1.x - mx) * ($1.y - my) }
  let gain = sxx > 0 ? max(0, sxy / sxx) : 0
  return (my - gain * mx, gain)
}
