import TesseraNumerics

/// Sums over rectangles of an image at a cost that does not depend on their size: a summed-area table in double precision.
///
/// Source: Crow, Computer Graphics 18 (1984) 207.
struct WindowSums: Sendable {
  /// One more than the image's width: sums of what lies above and to the left of a pixel's corner.
  private let stride: Int
  private let sums: [Double]

  /// - Parameter value: what is summed, of each pixel.
  init(of image: Raster<Float>, _ value: @Sendable (Float) -> Double) {
    let (width, height) = (image.width, image.height)
    stride = width + 1
    var sums = [Double](repeating: 0, count: (width + 1) * (height + 1))
    let pixels = image.values.span
    for y in 0..<height {
      var row = 0.0
      let (above, here) = (y * (width + 1), (y + 1) * (width + 1))
      for x in 0..<width {
        row += value(pixels[y * width + x])
        sums[here + x + 1] = sums[above + x + 1] + row
      }
    }
    self.sums = sums
  }

  /// The sum over columns `x` and rows `y`.
  @inline(__always) func sum(x: Range<Int>, y: Range<Int>) -> Double {
    let (top, bottom) = (y.lowerBound * stride, y.upperBound * stride)
    return sums[bottom + x.upperBound] - sums[top + x.upperBound] - sums[bottom + x.lowerBound]
      + sums[top + x.lowerBound]
  }

  /// The rows of the table above and below some rows of the image.
  @inline(__always) func withRows(
    _ y: Range<Int>, _ body: (_ top: UnsafePointer<Double>, _ bottom: UnsafePointer<Double>) -> Void
  ) {
    sums.withUnsafeBufferPointer {
      body($0.baseAddress! + y.lowerBound * stride, $0.baseAddress! + y.upperBound * stride)
    }
  }
}
