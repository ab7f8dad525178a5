import Foundation
import TesseraImaging
import TesseraNumerics

/// The image at a ladder of scales, from which the scale of its columns is read.
///
/// Two signs are used. Columns on a lattice stand about four standard deviations of the best Laplacian of the Gaussian
/// apart: the first scale at which the significant maxima are that close is theirs (finer scales show a scatter of
/// noise maxima whose significant ones are far apart). And a lone column answers most strongly at its own width
/// (Lindeberg 1998), which bounds the scale where columns are far apart.
struct ScaleLadder {
  let image: Raster<Float>
  /// The variance of a pixel at each intensity.
  let noise: NoiseModel
  private var responses: [Raster<Float>] = []
  private let scales: [Double]

  init(image: Raster<Float>, noise: NoiseModel) {
    (self.image, self.noise) = (image, noise)
    let largest = min(24, Double(min(image.width, image.height)) / 10)
    var scale = 1.0
    var ladder: [Double] = []
    while scale <= max(largest, 1) {
      ladder.append(scale)
      scale *= 1.19
    }
    scales = ladder
  }

  /// Spacing of neighbours in units of the scale at which the Laplacian of the Gaussian suits a lattice.
  static let spacingInScales = 4.0

  /// The scale of the columns, in pixels; nil where no scale shows more than a handful of significant maxima.
  mutating func columnScale() -> Double? {
    var best: Double?
    var places: [Int] = []
    var last: (scale: Double, ratio: Double)?
    for (k, scale) in scales.enumerated() {
      let response = response(at: k)
      let all = LocalMaxima.indices(in: response, reach: max(1, Int((1.2 * scale).rounded())))
      let ratios = significance(of: all, in: response, scale: scale)
      let maxima = all.indices.filter { ratios[$0] > 4.5 }.map { all[$0] }
      guard maxima.count >= 4 else { continue }
      // Maxima that only just pass are the noise's own tail, whatever their spacing.
      let typical = Statistics.median(ratios.filter { $0 > 4.5 })
      let points = maxima.map { Point(Double($0 % image.width), Double($0 / image.width)) }
      guard let spacing = PeakFinder.typicalSpacing(points) else { continue }
      let ratio = spacing / scale
      places = maxima
      if typical < 6 {
        last = nil
        continue
      }
      if ratio <= Self.spacingInScales {
        // Between two rungs the ratio is taken as linear in the logarithm of the scale.
        if let last, last.ratio > ratio {
          let t = (last.ratio - Self.spacingInScales) / (last.ratio - ratio)
          best = last.scale * pow(scale / last.scale, t)
        } else {
          best = scale
        }
        break
      }
      last = (scale, ratio)
    }
    guard let lone = loneScale(at: places) else { return best }
    return best.map { min($0, 1.7 * lone) } ?? 1.2 * lone
  }

  /// The scale at which the median response of these maxima is largest.
  private mutating func loneScale(at maxima: [Int]) -> Double? {
    guard !maxima.isEmpty else { return nil }
    var best = (scale: scales[0], height: -Double.infinity)
    for k in scales.indices {
      let response = response(at: k)
      let height = Double(Statistics.median(maxima.map { response.values[$0] }))
      if height > best.height { best = (scales[k], height) }
      // The response has one summit; coarser scales only cost time.
      if height < 0.8 * best.height { break }
    }
    return best.scale
  }

  /// Responses at these pixels in units of their noise, which follows from the smoothed intensity there.
  func significance(of maxima: [Int], in response: Raster<Float>, scale: Double) -> [Double] {
    let smooth = GaussianFilter.smoothed(image, sigma: max(1, scale))
    let unit = GaussianFilter.blobResponseNoise(sigma: scale)
    return maxima.map {
      Double(response.values[$0]) / (unit * noise.variance(ofPixel: $0, at: Double(smooth.values[$0])).squareRoot())
    }
  }

  private mutating func response(at rung: Int) -> Raster<Float> {
    while responses.count <= rung {
      responses.append(GaussianFilter.blobResponse(image, sigma: scales[responses.count]))
    }
    return responses[rung]
  }
}
