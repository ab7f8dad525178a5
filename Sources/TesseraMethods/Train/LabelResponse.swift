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
}
