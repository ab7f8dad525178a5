import Foundation
import TesseraImaging
import TesseraNumerics

/// Finds single atoms on a support that has no order: spots of the probe's size that stand out of the texture around.
///
/// The image in units of its noise is filtered by the Laplacian of the Gaussian, and each response divided by the local
/// standard deviation of the responses: what is measured is contrast against the support's own texture, whatever its
/// thickness there. The deviation is taken of responses clipped at three robust deviations, so that the atoms themselves
/// hardly raise it.
///
/// The scale is the coarsest at which the strongest spots stand (almost) highest above the texture. For an atom of width
/// s in white noise that is sqrt(3) s: the response 2 A s² t² / (s² + t²)² of the filter of scale t (Lindeberg, IJCV 30
/// (1998) 79) over its noise, which falls as 1 / t, is largest there.
public struct AtomDetector: Sendable, Codable, Equatable {
  /// An atom rises to this many local standard deviations of the filtered image; positive. Of a texture that is a Gaussian
  /// random field about one maximum in four hundred does.
  public var threshold = 3.7
  /// An atom rises to this share of the mean height of the strongest spots; 0 ... 1. Atoms of one element scatter alike, and
  /// what is less than half as high is texture: that of a support made of few atoms is no Gaussian random field, and its
  /// maxima pass any number of deviations.
  public var strongShare = 0.5
  /// The texture is measured over a Gaussian of this standard deviation, in scales.
  public var textureWidth = 12.0
  /// The scale may give away this share of the strongest spots' height for coarseness, 0 ... 1.
  public var slack = 0.02

  /// A detector of spots that rise at least 3.7 local standard deviations above the texture.
  public init() {}

  /// Spots, strongest first.
  struct Detection {
    var places: [Point] = []
    /// Heights in local standard deviations.
    var heights: [Double] = []
    /// Heights of all maxima, those of the texture among them; highest first, so that they begin with `heights`.
    var allHeights: [Double] = []
    /// Standard deviation of the filter, in pixels.
    var scale: Double
    /// Mean height of the strongest spots: one in 13,000 pixels, twenty at least.
    var strongHeight = 0.0
    /// Width of an atom that this scale suits, in pixels.
    var sigma: Double { scale / 3.0.squareRoot() }

    /// For each spot, the share of spots as high that the texture has by itself (`TextureTail`); 0 where nothing is known of it.
    /// - Parameter threshold: of the detector; lower spots are the texture's.
    func textureShares(threshold: Double) -> [Double] {
      guard let tail = TextureTail(heights: allHeights, threshold: threshold) else { return heights.map { _ in 0 } }
      return Array(tail.shares(of: Array(allHeights.prefix { $0 > threshold })).prefix(heights.count))
    }
  }

  /// - Parameters:
  ///   - scale: of the filter, in pixels; nil: chosen.
  ///   - level: width of the Gaussian, in pixels, that the image is seen through where its noise is asked for; nil: that of its slow
  ///     part. Shot noise is stronger on the bright grains of a texture, and its maxima are higher there.
  func detection(
    in image: Raster<Float>, isMeasured: Raster<Bool>, noise: NoiseModel, scale: Double? = nil, level: Double? = nil
  ) -> Detection {
    let flat = inUnitsOfNoise(image, noise, level: level)
    let count = Self.strongCount(of: image.count)
    if let scale { return spots(in: flat, isMeasured, scale: scale, strong: count) }
    var rungs: [Detection] = []
    var next = Self.scales.lowerBound
    let largest = min(Self.scales.upperBound, Double(min(image.width, image.height)) / Self.scalesPerSide)
    while next <= max(Self.scales.lowerBound, largest) {
      rungs.append(spots(in: flat, isMeasured, scale: next, strong: count))
      next *= Self.scaleStep
    }
    let best = rungs.map(\.strongHeight).max() ?? 0
    return rungs.last { $0.strongHeight >= (1 - slack) * best } ?? rungs[0]
  }

  /// Scales that are tried, in pixels, for atoms from 0.8 to 4.6 pixels wide: narrower ones are single pixels.
  private static let scales = 1.4...8.0
  /// From one scale to the next: the fourth root of two.
  private static let scaleStep = 1.19
  /// The largest scale is at most so small a part of the image's shorter side, which then holds several atoms with their surroundings.
  private static let scalesPerSide = 20.0

  /// How many spots of an image are its strongest: fewer would be noise at the field's best places, more the faint ones.
  static func strongCount(of pixelCount: Int) -> Int { max(20, pixelCount / 13_000) }

  /// What is slower than this is the support's thickness, in pixels.
  private static let slowness = 12.0

  /// Intensities less their slow part, over the noise's standard deviation at that intensity, or at the intensity seen through a
  /// Gaussian of width `level`.
  private func inUnitsOfNoise(_ image: Raster<Float>, _ noise: NoiseModel, level: Double?) -> Raster<Float> {
    let slow = GaussianFilter.broadlySmoothed(image, sigma: Self.slowness)
    let levels = level.map { GaussianFilter.smoothed(image, sigma: $0) } ?? slow
    return concurrentRows(width: image.width, height: image.height, of: Float(0)) { y, row in
      for x in 0..<row.count {
        let i = y * row.count + x
        row[x] = (image.values[i] - slow.values[i]) / Float(noise.variance(at: Double(levels.values[i])).squareRoot())
      }
    }
  }

  /// A spot is the highest within so many scales, two widths of its atom.
  private static let spotReach = 1.2

  private func spots(in flat: Raster<Float>, _ measured: Raster<Bool>, scale: Double, strong: Int) -> Detection {
    let response = GaussianFilter.blobResponse(flat, sigma: scale)
    let contrast = self.contrast(of: response, measured, scale: scale)
    let all = LocalMaxima.indices(in: contrast, reach: max(1, Int(saturating: (Self.spotReach * scale).rounded())))
      .filter { measured.values[$0] }
      .sorted { (contrast.values[$0], $1) > (contrast.values[$1], $0) }
    let strongest = all.prefix(strong).map { Double(contrast.values[$0]) }
    let strongHeight = strongest.isEmpty ? 0 : Statistics.mean(strongest)
    let least = Float(max(threshold, strongShare * strongHeight))
    let maxima = all.prefix { contrast.values[$0] > least }
    return Detection(
      places: maxima.map { LocalMaxima.subpixel(in: response, x: $0 % response.width, y: $0 / response.width) },
      heights: maxima.map { Double(contrast.values[$0]) }, allHeights: all.map { Double(contrast.values[$0]) },
      scale: scale, strongHeight: strongHeight)
  }

  /// Beyond the border the image goes on as a mirror shows it, so that its noise counts twice within so many scales.
  static let borderReach = 2.0

  /// Whether a place lies so far inside an image of this size that its noise is that of the image.
  static func isInner(_ place: Point, _ width: Int, _ height: Int, scale: Double) -> Bool {
    min(place.x, place.y, Double(width - 1) - place.x, Double(height - 1) - place.y) >= borderReach * scale
  }

  /// Responses count in the local deviation up to so many of their robust deviations, so that atoms do not hide themselves.
  private static let textureLimit: Float = 3
  /// A local deviation below this share of that of the noise is chance among few pixels.
  private static let noiseShare = 0.8
  /// So many pixels know a median to half a per cent.
  private static let medianSample = 60_000

  /// Responses over their local standard deviation, which is at least that of the noise alone.
  private func contrast(of response: Raster<Float>, _ measured: Raster<Bool>, scale: Double) -> Raster<Float> {
    let stride = max(1, response.count / Self.medianSample)
    let sample = Swift.stride(from: 0, to: response.count, by: stride).filter { measured.values[$0] }
      .map { abs(response.values[$0]) }
    let limit =
      Self.textureLimit * Float(Statistics.deviationOfMedian) * (sample.isEmpty ? 0 : Statistics.median(sample))
    let squares = response.map { min($0 * $0, limit * limit) }
    let weights = measured.map { $0 ? Float(1) : 0 }
    let variance = GaussianFilter.broadlySmoothed(squares, weights: weights, sigma: textureWidth * scale)
    let least = Float(Self.noiseShare * GaussianFilter.blobResponseNoise(sigma: scale))
    return concurrentRows(width: response.width, height: response.height, of: Float(0)) { y, row in
      for x in 0..<row.count {
        let i = y * row.count + x
        row[x] = response.values[i] / max(least, max(variance.values[i], 0).squareRoot())
      }
    }
  }
}
