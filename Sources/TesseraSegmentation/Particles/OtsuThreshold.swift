import TesseraNumerics

/// The threshold that divides the pixels of an image into two groups with the least variance inside them.
///
/// Source: Otsu, IEEE Trans. Syst. Man Cybern. 9 (1979) 62.
package enum OtsuThreshold {
  private static let binCount = 256

  /// Nil where all pixels are equal.
  package static func threshold(of image: Raster<Float>) -> Float? {
    guard let low = image.values.min(), let high = image.values.max(), high > low else { return nil }
    var histogram = [Double](repeating: 0, count: binCount)
    // In double precision: no range of finite pixels is too narrow or too wide.
    let scale = Double(binCount) / (Double(high) - Double(low))
    for value in image.values { histogram[min(binCount - 1, Int((Double(value) - Double(low)) * scale))] += 1 }
    let total = Double(image.count)
    let sum = histogram.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
    var (below, sumBelow, best, bestBin) = (0.0, 0.0, -1.0, 0)
    for (bin, count) in histogram.enumerated().dropLast() {
      below += count
      sumBelow += Double(bin) * count
      guard below > 0, below < total else { continue }
      let difference = sumBelow / below - (sum - sumBelow) / (total - below)
      let between = below * (total - below) * difference * difference
      if between > best { (best, bestBin) = (between, bin) }
    }
    return Float(Double(low) + Double(bestBin + 1) / scale)
  }

  /// Whether each pixel belongs to the smaller of the two groups: particles cover less than half of a usual image.
  package static func mask(of image: Raster<Float>) -> Raster<Bool> {
    guard let threshold = threshold(of: image) else { return image.map { _ in false } }
    let bright = image.values.count { $0 >= threshold }
    let isBright = 2 * bright <= image.count
    return image.map { ($0 >= threshold) == isBright }
  }
}
