import TesseraImaging
import TesseraNumerics

/// How strongly an image answers to the filter for bright spots, at labels and elsewhere.
struct LabelResponse {
  /// Response of the filter at each pixel.
  let values: Raster<Float>
  private let spread: Double

  /// - Parameters:
  ///   - image: columns bright.
  ///   - sigma: standard deviation of a column in pixels.
  init(of image: Raster<Float>, sigma: Double) {
    values = GaussianFilter.blobResponse(image, sigma: max(1, sigma))
    spread = Statistics.deviation(values.values)
  }

  /// The mean response at places inside the image, in its standard errors if they lay anywhere.
  func significance(of places: [Point]) -> Double {
    let found = places.compactMap { place -> Double? in
      let (x, y) = (Int(saturating: place.x.rounded()), Int(saturating: place.y.rounded()))
      return values.contains(x: x, y: y) ? Double(values[x, y]) : nil
    }
    guard !found.isEmpty, spread > 0 else { return 0 }
    return Statistics.mean(found) / (spread / Double(found.count).squareRoot())
  }

  /// Responses are higher beside all labels than at them by so many standard errors of the mean difference. Of some hundred displacements that
  /// are tried, chance makes 3; labels of experts have 0 to 1, simulated ones that were moved by two pixels 12.
  private static let leastOffset = 5.0
  /// Fewer labels cannot be significant.
  static let fewestLabels = 4

  /// The displacement in whole pixels that carries labels to the brightest spots beside them all; nil where it is none, or not certain.
  ///
  /// - Parameters:
  ///   - places: of the labels, in pixels.
  ///   - reach: largest displacement along x and y, in pixels.
  func offset(of places: [Point], reach: Double) -> (Int, Int)? {
    let most = Int(saturating: reach.rounded(.up))
    // Every label is compared with itself moved, so labels near the border take no part.
    let inner = places.map { (Int(saturating: $0.x.rounded()), Int(saturating: $0.y.rounded())) }.filter {
      $0 >= most && $1 >= most && $0 + most < values.width && $1 + most < values.height
    }
    guard inner.count >= Self.fewestLabels else { return nil }
    var best = (sum: -Double.infinity, u: 0, v: 0)
    for v in -most...most {
      for u in -most...most {
        let sum = inner.reduce(0) { $0 + Double(values[$1.0 + u, $1.1 + v]) }
        if sum > best.sum { best = (sum, u, v) }
      }
    }
    guard best.u != 0 || best.v != 0 else { return nil }
    let gains = inner.map { Double(values[$0 + best.u, $1 + best.v] - values[$0, $1]) }
    let error = Statistics.deviation(gains) / Double(gains.count).squareRoot()
    return Statistics.mean(gains) > Self.leastOffset * error ? (best.u, best.v) : nil
  }
}
