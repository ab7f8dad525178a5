import TesseraImaging
import TesseraNumerics

extension PeakFinder {
  /// Fits columns at given places instead of finding them: none is added or removed, and the order stays.
  ///
  /// The first guess of the width is the scale at which the places answer most strongly to the Laplacian of the Gaussian
  /// (`scale` if that is set).
  /// - Parameter positions: in pixels, within about one standard deviation of the columns; at most two spacings
  ///   outside the image.
  /// - Throws: `DataError` where no place lies in the image.
  public func fitted(at positions: [Point], in prepared: Preparation.Prepared, name: String) throws -> Found {
    let image = prepared.image
    if let scale { try require(scale >= 0.5, "scale", is: scale, mustBe: "at least 0.5 pixels") }
    let inside = positions.filter { image.contains(x: Int($0.x.rounded()), y: Int($0.y.rounded())) }
    guard !inside.isEmpty, positions.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else {
      throw DataError(
        "\(name): none of the \(positions.count) given places lies in the image of \(image.width) x \(image.height) "
          + "pixels; places are wanted in pixels")
    }
    let noise = NoiseModel(of: image)
    let choice =
      scale.map { ScaleLadder.Choice(scale: $0, reason: "given") }
      ?? ScaleLadder.Choice(
        scale: Self.strongestScale(of: inside, in: image), reason: "the given places answer most strongly to it")
    let spacing = Self.typicalSpacing(positions) ?? 8 * choice.scale
    let seeds = positions.map { GaussianColumn(amplitude: 1, centre: $0, sigma: choice.scale) }
    let first = fitted(
      seeds, in: prepared, noise: noise, sigma: choice.scale, spacing: spacing, shape: .shared, sweepLimit: 6)
    let sigma = Statistics.median(first.columns.map(\.sigma))
    let last = finalFit(
      of: Array(seeds.indices), after: first, in: prepared, noise: noise, sigma: sigma, spacing: spacing)
    let heights = last.columns.indices.map { last.columns[$0].amplitude / max(last.heldErrors[$0], 1e-30) }
    return Self.result(
      last, outside: last.selecting([]), route: .scaleSpace, scale: choice, signalToNoise: Statistics.median(heights))
  }

  /// The scale at which the mean response of some places is largest: that of a Gaussian spot is its own width.
  private static func strongestScale(of places: [Point], in image: Raster<Float>) -> Double {
    let pixels = places.map { Int($0.y.rounded()) * image.width + Int($0.x.rounded()) }
    let largest = min(24, Double(min(image.width, image.height)) / 8)
    var best = (scale: 1.0, height: -Double.infinity)
    var scale = 1.0
    while scale <= max(1, largest) {
      let response = GaussianFilter.blobResponse(image, sigma: scale)
      // The mean, not the median: where counts are few, most places of a fine scale see none.
      let height = Statistics.mean(pixels.map { Double(response.values[$0]) })
      if height > best.height { best = (scale, height) }
      // The response has one summit; coarser scales only cost time.
      if best.height > 0 && height < 0.7 * best.height { break }
      scale *= 1.25
    }
    return best.scale
  }
}
