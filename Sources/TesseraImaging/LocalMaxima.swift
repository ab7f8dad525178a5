import TesseraNumerics

/// Places where an image equals its own maximum over a square window: the points of H20's "dilate and compare".
public enum LocalMaxima {
  /// Row-major indices of the pixels that are the largest in the window of side 2 x `reach` + 1 around them.
  /// Of equal neighbours (a plateau) only the first in row-major order counts; a constant image has none.
  public static func indices(in image: Raster<Float>, reach: Int) -> [Int] {
    let (width, height) = (image.width, image.height)
    let reach = max(1, reach)
    let perRow = concurrentMap(count: height) { y -> [Int] in
      let pixels = image.values.span
      var found: [Int] = []
      /// Whether no pixel of the window is larger, no equal one comes first, and one at least is lower.
      func isLargest(_ x: Int) -> Bool {
        let value = pixels[y * width + x]
        var isAboveOne = false
        for v in max(0, y - reach)...min(height - 1, y + reach) {
          for u in max(0, x - reach)...min(width - 1, x + reach) {
            let other = pixels[v * width + u]
            if other > value || (other == value && (v, u) < (y, x)) { return false }
            if other < value { isAboveOne = true }
          }
        }
        return isAboveOne
      }
      var x = 0
      while x < width {
        // The direct neighbours rule out most pixels, four at a time.
        if y > 0, y + 1 < height, x > 0, x + 5 <= width, !mayBeLargest(pixels, y * width + x, width: width) {
          x += 4
          continue
        }
        if isLargest(x) { found.append(y * width + x) }
        x += 1
      }
      return found
    }
    return perRow.flatMap { $0 }
  }

  /// Whether one of four pixels, none of them at a border, is as large as its neighbours left, right, above and below.
  @inline(__always)
  private static func mayBeLargest(_ pixels: Span<Float>, _ index: Int, width: Int) -> Bool {
    pixels.withUnsafeBufferPointer { pixels in
      let here = UnsafeRawPointer(pixels.baseAddress! + index)
      func four(_ offset: Int) -> SIMD4<Float> { (here + 4 * offset).loadUnaligned(as: SIMD4<Float>.self) }
      let value = four(0)
      let largest = (value .> four(-1)) .& (value .>= four(1)) .& (value .> four(-width)) .& (value .>= four(width))
      let bits = unsafeBitCast(largest, to: SIMD2<UInt64>.self)
      return bits[0] | bits[1] != 0
    }
  }

  /// The summit of the parabola through a pixel and its neighbours, at most half a pixel off in each direction.
  public static func subpixel(in image: Raster<Float>, x: Int, y: Int) -> Point {
    func offset(_ before: Float, _ here: Float, _ after: Float) -> Double {
      let curvature = Double(before - 2 * here + after)
      guard curvature < 0 else { return 0 }
      return max(-0.5, min(0.5, Double(before - after) / (2 * curvature)))
    }
    let here = image[x, y]
    let dx = x > 0 && x + 1 < image.width ? offset(image[x - 1, y], here, image[x + 1, y]) : 0
    let dy = y > 0 && y + 1 < image.height ? offset(image[x, y - 1], here, image[x, y + 1]) : 0
    return Point(Double(x) + dx, Double(y) + dy)
  }
}
