import TesseraNumerics

/// An image in levels, each half as wide and high as the one before, cut into tiles: what a browser needs to show any part of a
/// large image at any size.
package struct TilePyramid<Sample: BitwiseCopyable & FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  /// Side of a tile in pixels.
  package static var side: Int { 512 }

  /// Full size first; the last fits one tile.
  package let levels: [Raster<Sample>]
  /// The values of the smallest and the largest sample.
  package let low, high: Double

  /// Levels that are at hand.
  init(levels: [Raster<Sample>], low: Double, high: Double) { (self.levels, self.low, self.high) = (levels, low, high) }

  /// - Parameter image: values that are not finite become the smallest sample.
  /// - Parameter range: what the samples span; nil: from the smallest to the largest finite value.
  package init(_ image: Raster<Float>, range: ClosedRange<Double>? = nil) {
    let range = range ?? Self.range(of: image)
    (low, high) = (range.lowerBound, range.upperBound)
    let width = high > low ? high - low : 1
    let (origin, gain) = (Float(low), Float(Double(Sample.max) / width))
    var level = image.map { value -> Sample in
      let scaled = ((value - origin) * gain).rounded()
      return scaled.isFinite ? Sample(max(0, min(Float(Sample.max), scaled))) : 0
    }
    var levels = [level]
    while max(level.width, level.height) > Self.side {
      level = Self.halved(level)
      levels.append(level)
    }
    self.levels = levels
  }

  private static func range(of image: Raster<Float>) -> ClosedRange<Double> {
    var (low, high) = (Float.infinity, -Float.infinity)
    for value in image.values where value.isFinite { (low, high) = (min(low, value), max(high, value)) }
    return low <= high ? Double(low)...Double(high) : 0...1
  }

  /// Means of 2 x 2 pixels; of what there is at an odd edge.
  private static func halved(_ image: Raster<Sample>) -> Raster<Sample> {
    let (width, height) = ((image.width + 1) / 2, (image.height + 1) / 2)
    return concurrentRows(width: width, height: height, of: Sample(0)) { y, row in
      let (top, bottom) = (2 * y, min(2 * y + 1, image.height - 1))
      for x in 0..<row.count {
        let (left, right) = (2 * x, min(2 * x + 1, image.width - 1))
        let sum =
          UInt32(image[left, top]) + UInt32(image[right, top]) + UInt32(image[left, bottom])
          + UInt32(image[right, bottom])
        row[x] = Sample((sum + 2) / 4)
      }
    }
  }

  /// The samples of a tile, row by row; nil where there is none.
  package func tile(level: Int, x: Int, y: Int) -> [Sample]? {
    guard levels.indices.contains(level), x >= 0, y >= 0 else { return nil }
    let image = levels[level]
    let side = Self.side
    guard x < (image.width + side - 1) / side, y < (image.height + side - 1) / side else { return nil }
    let (width, height) = (min(side, image.width - x * side), min(side, image.height - y * side))
    return image.cropped(x: x * side, y: y * side, width: width, height: height).values
  }
}
