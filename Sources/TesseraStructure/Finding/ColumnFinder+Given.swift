import TesseraFitting
import TesseraImaging
import TesseraNumerics

extension ColumnFinder {
  /// Fits columns at given places instead of finding them: none is added or removed, and the order stays.
  ///
  /// The first guess of the width is the scale at which the places answer most strongly to the Laplacian of the Gaussian
  /// (`scale` if that is set).
  /// - Parameters:
  ///   - positions: in pixels, within about one standard deviation of the columns; outside the image, two spacings
  ///     at most make sense, and places farther away than its own size are refused.
  ///   - prepared: the image.
  ///   - name: of the micrograph, for messages.
  /// - Throws: `DataError` where no place lies in the image, or one is far from it.
  public func fitted(at positions: [Point], in prepared: Preparation.Prepared, name: String) throws -> Found {
    let image = prepared.image
    try checkScale(for: image)
    let (w, h) = (Double(image.width), Double(image.height))
    let near = (x: -w...2 * w, y: -h...2 * h)
    if let (row, place) = positions.enumerated().first(where: {
      !(near.x.contains($0.element.x) && near.y.contains($0.element.y))
    }) {
      throw DataError(
        "\(name): position \(row + 1) of \(positions.count), (\(place.x), \(place.y)), is far from the image of "
          + "\(image.width) x \(image.height) pixels; positions must be in pixels")
    }
    let inside = positions.filter {
      image.contains(x: Int(saturating: $0.x.rounded()), y: Int(saturating: $0.y.rounded()))
    }
    guard !inside.isEmpty else {
      throw DataError(
        "\(name): none of the \(positions.count) positions lies in the image of \(image.width) x \(image.height) "
          + "pixels; positions must be in pixels")
    }
    let noise = NoiseModel(of: image, measured: prepared.isMeasured)
    let choice =
      scale.map { ScaleLadder.Choice(scale: $0, reason: "given") }
      ?? ScaleLadder.Choice(
        scale: Self.strongestScale(of: inside, in: image), reason: "strongest response at the given positions")
    let spacing = PlanarIndex(positions).medianSpacing ?? Self.loneSpacing * choice.scale
    let seeds = positions.map { GaussianColumn(amplitude: 1, centre: $0, sigma: choice.scale) }
    let first = fitted(
      seeds, in: prepared, noise: noise, sigma: choice.scale, spacing: spacing, shape: .shared,
      sweepLimit: Self.firstSweeps)
    let sigma = Statistics.median(first.columns.map(\.sigma))
    let last = finalFit(
      of: Array(seeds.indices), after: first, in: prepared, noise: noise, sigma: sigma, spacing: spacing)
    let heights = last.columns.indices.map(last.heightInErrors)
    return Self.result(
      last, outside: last.selecting([]), route: .scaleSpace, scale: choice, signalToNoise: Statistics.median(heights))
  }

  /// The coarsest scale at which given places are looked at, in pixels, and the image's shorter side in units of it at least.
  private static let (coarsest, coarsestPerSide) = (24.0, 8.0)
  /// Each scale over the one before.
  private static let scaleRatio = 1.25
  /// The response has one summit: where it has fallen to this share of it, coarser scales only cost time.
  private static let summitPassed = 0.7

  /// The scale at which the mean response of some places is largest: that of a Gaussian spot is its own width. The response
  /// is linear in the image, so it is that of the places' mean surroundings; a thousand places tell them.
  static func strongestScale(of places: [Point], in image: Raster<Float>) -> Double {
    let sample = stride(from: 0, to: places.count, by: (places.count + 999) / 1000).map { places[$0] }
    let largest = min(Self.coarsest, Double(min(image.width, image.height)) / Self.coarsestPerSide)
    var radius = 32
    var surroundings = meanSurroundings(of: sample, in: image, radius: radius)
    var best = (scale: 1.0, height: -Double.infinity)
    var scale = 1.0
    while scale <= max(1, largest) {
      // As far as the filter reaches.
      let reach = Int(saturating: (4 * scale).rounded(.up))
      if reach > radius {
        radius *= 2
        surroundings = meanSurroundings(of: sample, in: image, radius: radius)
      }
      let part = surroundings.cropped(
        x: radius - reach, y: radius - reach, width: 2 * reach + 1, height: 2 * reach + 1)
      // The mean, not the median: where counts are few, most places of a fine scale see none.
      let height = Double(GaussianFilter.blobResponse(part, sigma: scale)[reach, reach])
      if height > best.height { best = (scale, height) }
      if best.height > 0 && height < Self.summitPassed * best.height { break }
      scale *= Self.scaleRatio
    }
    return best.scale
  }

  /// The mean of the squares around some places; outside the image its edge repeats.
  private static func meanSurroundings(of places: [Point], in image: Raster<Float>, radius: Int) -> Raster<Float> {
    let side = 2 * radius + 1
    var sums = Raster<Float>(width: side, height: side, filling: 0)
    for place in places {
      let (left, top) = (Int(saturating: place.x.rounded()) - radius, Int(saturating: place.y.rounded()) - radius)
      let inside = min(max(0, -left), side)..<max(min(side, image.width - left), 0)
      var target = sums.values.mutableSpan
      for v in 0..<side {
        let line = min(max(top + v, 0), image.height - 1) * image.width
        let source = image.values.span.extracting(line..<line + image.width)
        for u in 0..<inside.lowerBound { target[v * side + u] += source[0] }
        for u in inside { target[v * side + u] += source[left + u] }
        for u in inside.upperBound..<side { target[v * side + u] += source[image.width - 1] }
      }
    }
    return sums.map { $0 / Float(places.count) }
  }
}
