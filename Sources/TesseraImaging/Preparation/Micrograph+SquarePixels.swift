import TesseraNumerics

extension Micrograph {
  /// Whether width and height of a pixel agree to 5 in 10,000, or are unknown.
  public var hasSquarePixels: Bool {
    calibration.map { c in
      let (x, y) = (c.nanometresPerPixelX, c.nanometresPerPixelY)
      return max(x, y) / min(x, y) <= 1 + Self.squareTolerance
    } ?? true
  }

  /// The image on square pixels, for methods that measure angles and lengths in any direction.
  ///
  /// The axis with the finer pixels is resampled to the coarser (`WindowedSinc`, stretched so that nothing finer than the new pixels
  /// is folded back), which leaves the noise of neighbouring pixels almost independent. A value between the smallest and the
  /// largest pixel that it comes from is kept; where the nearest of these is no number, neither is the new one.
  /// - Returns: the image as it is, where it has no calibration or its pixels are square to 5 in 10,000; with a warning too where the
  ///   sizes differ by more than a factor of 4, or fewer than 16 pixels would remain.
  public func withSquarePixels() -> Micrograph {
    guard let calibration, !hasSquarePixels else { return self }
    let (x, y) = (calibration.nanometresPerPixelX, calibration.nanometresPerPixelY)
    let ratio = max(x, y) / min(x, y)
    let sizes = "\(Self.short(x)) x \(Self.short(y)) nm"
    var result = self
    let (newWidth, newHeight) = (
      x < y ? Int(Double(width) / ratio) : width, y < x ? Int(Double(height) / ratio) : height
    )
    guard ratio <= Self.largestRatio, min(newWidth, newHeight) >= Preparation.smallestSide,
      let square = Calibration(nanometresPerPixel: max(x, y))
    else {
      result.warnings.append(
        "pixels measure \(sizes), too unequal for the image to be resampled: angles, and lengths in a direction, are those of "
          + "its pixels and not of the specimen")
      return result
    }
    let places = (0..<(x < y ? newWidth : newHeight)).map { (Double($0) + 0.5) * ratio - 0.5 }
    let taps = places.map { Tap(around: $0, stretchedBy: ratio, limit: x < y ? width : height) }
    result.pixels = Self.resampled(pixels, by: taps, alongRows: x < y) { tap, line in tap.mean(of: line) }
    result.drawn = drawn.map {
      Self.resampled($0, by: taps, alongRows: x < y) { tap, line in line(tap.nearest) }
    }
    result.calibration = square
    result.warnings.append(
      "pixels measure \(sizes): the image was resampled to \(newWidth) x \(newHeight) square pixels of \(Self.short(max(x, y))) nm, and "
        + "all positions and maps are in these")
    return result
  }

  /// Sizes that differ by less are equal: over 2,000 pixels they displace nothing by a pixel.
  private static let squareTolerance = 5e-4
  /// With a larger ratio too little would remain along the resampled axis.
  private static let largestRatio = 4.0

  private static func short(_ size: Double) -> String { "\(Float(size))" }

  /// What one new pixel is made of: indices along the axis, the ends repeated, and their weights.
  private struct Tap: Sendable {
    let nearest: Int
    let parts: [(index: Int, weight: Double)]

    init(around place: Double, stretchedBy ratio: Double, limit: Int) {
      func inside(_ index: Int) -> Int { max(0, min(limit - 1, index)) }
      let (first, weights) = WindowedSinc.weights(around: place, stretchedBy: ratio)
      nearest = inside(Int(place.rounded()))
      parts = weights.enumerated().map { (inside(first + $0), $1) }
    }

    /// The weighted mean of the finite values of a line, within their range.
    func mean(of line: (Int) -> Float) -> Float {
      let nearest = line(nearest)
      guard nearest.isFinite else { return nearest }
      var (sum, total, low, high) = (0.0, 0.0, nearest, nearest)
      for (index, weight) in parts {
        let value = line(index)
        guard value.isFinite else { continue }
        sum += weight * Double(value)
        total += weight
        (low, high) = (min(low, value), max(high, value))
      }
      guard total > Self.leastWeight else { return nearest }
      return max(low, min(high, Float(sum / total)))
    }

    /// Where so many pixels hold no number that the weights of the others come to less, the nearest pixel stands.
    private static let leastWeight = 0.25
  }

  /// A raster whose pixels `value` makes of a line of the source, one per tap.
  private static func resampled<Pixel: Sendable>(
    _ source: Raster<Pixel>, by taps: [Tap], alongRows: Bool, _ value: @Sendable (Tap, (Int) -> Pixel) -> Pixel
  ) -> Raster<Pixel> {
    let (width, height) = alongRows ? (taps.count, source.height) : (source.width, taps.count)
    let rows = concurrentMap(count: height) { y in
      (0..<width).map { x in
        alongRows ? value(taps[x]) { source[$0, y] } : value(taps[y]) { source[x, $0] }
      }
    }
    return Raster(width: width, height: height, values: rows.flatMap { $0 })
  }
}
