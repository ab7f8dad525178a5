import Foundation
import TesseraNumerics

/// Noise that neighbouring pixels share: of images that were interpolated, smoothed or read by a camera whose pixels leak, and of a
/// film whose texture the columns stand on.
extension ColumnFitState {
  /// By how much noise that neighbouring pixels share exceeds white noise of the same variance per pixel.
  struct SharedNoise: Sendable, Equatable {
    /// Just above the frequencies at which columns are seen, where the spectrum shows it: 1 for white noise.
    var shown = 1.0
    /// At these frequencies themselves, by continuation: errors of places and heights contain its root.
    var continued = 1.0
  }

  /// The noise at the frequencies at which columns are seen.
  ///
  /// A column's place and height are sums over its pixels, weighted by a Gaussian and its slopes, so that errors go with the noise at
  /// frequencies k about 1 / (2π σ). There, the fit itself takes the noise out of the residual. Just above it leaves it, in two
  /// rings from which the power is continued as exp(-b k²), as it falls for noise seen through any narrow kernel. The median over a
  /// ring keeps out what the shape of the columns leaves over, which is periodic as the columns are.
  func sharedNoise(in scene: FitScene) -> SharedNoise {
    // Counts are independent.
    guard !areCounts, fit.noise != .poisson, !columns.isEmpty else { return SharedNoise() }
    let unit = 1 / (2 * .pi * Statistics.median(columns.map(\.sigma)))
    guard Self.rings[1].upperBound * unit < 0.5, let part = whitened(in: scene) else { return SharedNoise() }
    let spectrum = FourierTransform(width: part.width, height: part.height).spectrum(of: part)
    let powers = Self.rings.compactMap { spectrum.noisePower(from: $0.lowerBound * unit, to: $0.upperBound * unit) }
    let total = part.values.reduce(0) { $0 + Double($1 * $1) }
    guard powers.count == 2, powers[1] > 0, total > 0 else { return SharedNoise() }
    // The area of a ring lies evenly in k².
    let squares = Self.rings.map { ($0.lowerBound * $0.lowerBound + $0.upperBound * $0.upperBound) / 2 }
    let rise = pow(powers[0] / powers[1], (squares[0] - Self.judged) / (squares[1] - squares[0]))
    let shown = powers[0] / total
    let continued = shown * min(max(1, rise), Self.steepest)
    return SharedNoise(
      shown: shown > Self.whiteAsFarAsKnown ? shown : 1, continued: continued > Self.whiteAsFarAsKnown ? continued : 1)
  }

  /// Where the residual shows the noise, in units of 1 / (2π σ): a Gaussian, its slopes and its growth with the width have less than
  /// a fifth of their largest power there, and hardly any in the second.
  private static let rings = [2.4...3.1, 3.1...4.0]
  /// The mean square frequency of a Gaussian is 1 in these units, that of its slopes 2.
  private static let judged = 1.5
  /// A kernel half as wide as a column lets noise fall by exp(x² / 4) from `judged` to the first ring; what falls more steeply is
  /// the image itself, not its noise.
  private static let steepest = 4.7
  /// Small images tell the ratio to about an eighth.
  private static let whiteAsFarAsKnown = 1.25
  /// The middle of a large image is enough.
  private static let sampleSide = 1024

  /// The middle of the residual in units of its standard deviation, falling to zero towards its edges; nil where hardly anything is
  /// measured.
  private func whitened(in scene: FitScene) -> Raster<Float>? {
    let (width, height) = (min(image.width, Self.sampleSide), min(image.height, Self.sampleSide))
    let (left, top) = ((image.width - width) / 2, (image.height - height) / 2)
    var result = Raster<Float>(width: width, height: height, filling: 0)
    var count = 0
    for y in 0..<height {
      for x in 0..<width {
        let weight = Double(measured[left + x, top + y])
        guard weight > 0 else { continue }
        let value = Double(residual[left + x, top + y])
        let variance = max(
          scene.leastVariance,
          scene.constantVariance + scene.gain * (Double(image[left + x, top + y]) - value))
        result[x, y] = Float(value * (weight / variance).squareRoot())
        count += 1
      }
    }
    return 2 * count > width * height ? result.tapered(by: HannWindow.values) : nil
  }
}
