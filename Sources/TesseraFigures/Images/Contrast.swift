import TesseraNumerics

/// How intensities become colours.
public enum Contrast: Sendable, Equatable {
  /// From one quantile of the finite pixels to another, 0 ... 1; a few X-ray spikes do not darken the rest.
  case quantiles(Double, Double)
  /// From one intensity to another.
  case range(Double, Double)
  /// Symmetric about zero, up to this quantile of the absolute values.
  case symmetric(Double)

  /// What micrographs are shown with.
  public static let standard = Contrast.quantiles(0.002, 0.998)

  /// The intensities that take the first and the last colour. Quantiles come from at most 65,536 pixels, taken
  /// evenly, so a large image costs no more than a small one.
  public func limits(of image: Raster<Float>) -> ClosedRange<Double> {
    func limits(_ low: Double, _ high: Double) -> ClosedRange<Double> {
      guard low.isFinite, high.isFinite else { return 0...1 }
      let margin = max(abs(low), abs(high), 1e-30) * 1e-6
      return high - low > margin ? low...high : (low - margin)...(low + margin)
    }
    switch self {
    case .range(let low, let high): return limits(min(low, high), max(low, high))
    case .quantiles(let low, let high):
      let sorted = Self.sample(of: image).sorted()
      return limits(Statistics.quantile(sorted: sorted, low), Statistics.quantile(sorted: sorted, high))
    case .symmetric(let fraction):
      let largest = Statistics.quantile(Self.sample(of: image).map { abs($0) }, fraction)
      return largest > 0 ? limits(-largest, largest) : -1...1
    }
  }

  /// A step that shares no factor with usual widths, so the sample does not follow one column.
  private static func sample(of image: Raster<Float>) -> [Double] {
    var step = max(1, image.count / 65_536)
    while step > 1 && image.width.isMultiple(of: step) { step += 1 }
    return stride(from: 0, to: image.count, by: step).map { Double(image.values[$0]) }.filter(\.isFinite)
  }
}

/// Pixels 0x00RRGGBB for intensities; what is not finite becomes `missing`.
///
/// - Parameter levels: number of colours used; micrographs take 64, which no eye tells from 256 in their noise
///   and which makes files a quarter smaller.
func colored(
  _ image: Raster<Float>, limits: ClosedRange<Double>, map: ColorMap, levels: Int = 256,
  missing: Color = Color(0xE9ECEF)
) -> Raster<UInt32> {
  let table = map.table(steps: levels)
  let (low, scale) = (Float(limits.lowerBound), Float(levels) / Float(limits.upperBound - limits.lowerBound))
  let nothing = missing.packed
  return concurrentRows(width: image.width, height: image.height, of: nothing) { y, row in
    let source = image.values.span.extracting(y * image.width..<(y + 1) * image.width)
    for x in 0..<image.width {
      let value = (source[x] - low) * scale
      if value.isFinite { row[x] = table[Int(max(0, min(Float(levels - 1), value)))] }
    }
  }
}
