import TesseraImaging
import TesseraNumerics

/// A part of an image at another size: the mean over each new pixel's area when it shrinks, Catmull-Rom
/// interpolation when it grows. Pixels that are not finite are left out of means; NaN where none is left.
///
/// - Parameters:
///   - part: in pixels of the image, corners counted from the upper left corner of the first pixel; may reach
///     beyond the image, where the result is NaN.
///   - width, height: size of the result, at least 1.
func resampled(_ image: Raster<Float>, part: Rectangle, width: Int, height: Int) -> Raster<Float> {
  let columns = ResamplingWeights(start: part.x, length: part.width, into: width, of: image.width)
  let lines = ResamplingWeights(start: part.y, length: part.height, into: height, of: image.height)
  // Rows first: each image row that is needed shrinks or grows to the new width once.
  let first = lines.first.min() ?? 0
  let last = zip(lines.first, lines.weights).map { $0 + $1.count }.max() ?? 0
  guard first < last else { return Raster(width: width, height: height, filling: .nan) }
  // Sums of weight x value and of weight, so that missing pixels drop out at the end.
  let narrow = concurrentRows(width: width, height: last - first, of: SIMD2<Float>.zero) { y, row in
    let source = image.values.span.extracting((first + y) * image.width..<(first + y + 1) * image.width)
    for x in 0..<width {
      var sum = SIMD2<Float>.zero
      for (offset, weight) in columns.weights[x].enumerated() {
        let value = source[columns.first[x] + offset]
        if value.isFinite { sum += SIMD2(weight * value, weight) }
      }
      row[x] = sum
    }
  }
  return concurrentRows(width: width, height: height, of: Float.nan) { y, row in
    var sums = [SIMD2<Float>](repeating: .zero, count: width)
    for (offset, weight) in lines.weights[y].enumerated() {
      let source = narrow.values.span.extracting(
        (lines.first[y] + offset - first) * width..<(lines.first[y] + offset - first + 1) * width)
      for x in 0..<width { sums[x] += weight * source[x] }
    }
    // Half the weight must be there; what is left of less than that says little about the pixel.
    for x in 0..<width where sums[x].y > 0.5 { row[x] = sums[x].x / sums[x].y }
  }
}

/// Which pixels of a line make up each pixel of the line at its new size, and with what weights (sum 1).
private struct ResamplingWeights: Sendable {
  /// First pixel and weights for each new pixel; no weights outside the image.
  var first: [Int] = []
  var weights: [[Float]] = []

  init(start: Double, length: Double, into count: Int, of size: Int) {
    let step = length / Double(count)
    for index in 0..<count {
      let low = start + Double(index) * step
      let middle = low + step / 2
      guard middle >= 0, middle <= Double(size) else {
        first.append(0)
        weights.append([])
        continue
      }
      if step >= 1 {
        append(meanFrom: max(0, low), to: min(Double(size), low + step), size: size)
      } else {
        append(cubicAt: middle - 0.5, size: size)
      }
    }
  }

  private mutating func append(meanFrom low: Double, to high: Double, size: Int) {
    let begin = min(Int(saturating: low), size - 1)
    let end = max(begin + 1, min(size, Int(saturating: high.rounded(.up))))
    first.append(begin)
    weights.append((begin..<end).map { Float((min(Double($0 + 1), high) - max(Double($0), low)) / (high - low)) })
  }

  /// Catmull and Rom's cubic through four neighbours; at the border the last pixel repeats.
  /// Source: Keys, IEEE Trans. ASSP 29 (1981) 1153, eq. 15 with a = -1/2.
  private mutating func append(cubicAt place: Double, size: Int) {
    let base = Int(saturating: place.rounded(.down))
    let t = Float(place - Double(base))
    let cubic = [
      ((-0.5 * t + 1) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1, ((-1.5 * t + 2) * t + 0.5) * t,
      (0.5 * t - 0.5) * t * t,
    ]
    let begin = max(0, min(size - 1, base - 1))
    let end = max(0, min(size - 1, base + 2))
    var folded = [Float](repeating: 0, count: end - begin + 1)
    for (offset, weight) in cubic.enumerated() { folded[max(0, min(size - 1, base - 1 + offset)) - begin] += weight }
    first.append(begin)
    weights.append(folded)
  }
}
