import Foundation
import TesseraImaging
import TesseraNumerics

extension ColumnFinder {
  /// Maxima that may be columns.
  struct Candidates {
    var places: [Point]
    var signalToNoise: Double
    /// Maxima that were left out as texture of a support.
    var textureCount: Int
    /// Height of a column, above the background, that is no more than texture; zero where there is none.
    var textureHeight: Double
    /// Whether the residual of their fit is searched for a faint sublattice.
    var seeksFaint = false
  }

  /// Places of maxima that pass both thresholds and are no texture, strongest first where two compete.
  func candidates(
    in image: Raster<Float>, _ measured: Raster<Bool>, scale: Double, noise: NoiseModel, noiseShare: Double = 1
  ) -> Candidates {
    let (smooth, response) = GaussianFilter.smoothedWithBlobs(image, sigma: scale)
    let reach = max(1, Int(saturating: (ScaleLadder.maximumReach * scale).rounded()))
    let all = LocalMaxima.indices(in: response, reach: reach).filter { measured.values[$0] }
    let ratios = ScaleLadder(image: image, noise: noise).significance(
      of: all, in: response, smooth: smooth, scale: scale)
    let significant = all.indices.filter { ratios[$0] > noiseThreshold * noiseShare }
    let maxima = significant.map { all[$0] }
    let places = maxima.map { Point(Double($0 % image.width), Double($0 / image.width)) }
    let heights = maxima.map { Double(response.values[$0]) }
    let strong = Self.localStrength(places, heights)
    let share = contrastThreshold ?? Self.faintestShare
    var kept = maxima.indices.filter { heights[$0] >= share * strong[$0] }
    let before = kept.count
    var textureHeight = 0.0
    if contrastThreshold == nil {
      let texture = SupportTexture().separation(
        of: kept.map { places[$0] }, heights: kept.map { heights[$0] }, strengths: kept.map { strong[$0] },
        width: image.width, height: image.height)
      kept = zip(kept, texture.isTexture).filter { !$0.1 }.map(\.0)
      textureHeight = 2 * texture.limit
    }
    let refined = kept.map { k in
      LocalMaxima.subpixel(in: response, x: maxima[k] % image.width, y: maxima[k] / image.width)
    }
    return Candidates(
      places: refined,
      signalToNoise: kept.isEmpty ? 0 : Statistics.median(kept.map { ratios[significant[$0]] }) / noiseShare,
      textureCount: before - kept.count, textureHeight: textureHeight)
  }

  /// As high as the strong columns around a place is this quantile of the heights of so many, its nearest neighbours and its own.
  private static let (strengthCount, strengthQuantile) = (25, 0.8)

  /// For each place the 80 % quantile of the heights of its 24 nearest neighbours and its own.
  package static func localStrength(_ places: [Point], _ heights: [Double]) -> [Double] {
    let index = PlanarIndex(places)
    return concurrentMap(count: places.count) { localStrength(at: places[$0], index, heights) }
  }

  static func localStrength(at place: Point, _ index: PlanarIndex, _ heights: [Double]) -> Double {
    Statistics.quantile(index.nearest(strengthCount, to: place).map { heights[$0] }, strengthQuantile)
  }

  /// A column reaches this share of the strong ones around it, where nothing else is asked for.
  package static let faintestShare = 0.06
}
