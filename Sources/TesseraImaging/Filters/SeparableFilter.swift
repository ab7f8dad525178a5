import TesseraNumerics

/// Convolves every row and every column with symmetric kernels given by their right halves (centre first).
/// Outside the image the pixels repeat in reflection about the edge (… 2 1 0 | 0 1 2 …). O(pixels x kernel size).
package func separableFilter(_ image: Raster<Float>, rows: [Float], columns: [Float]) -> Raster<Float> {
  let across = filteredRows(image, kernel: rows)
  let (width, height) = (image.width, image.height)
  let values = [Float](unsafeUninitializedCapacity: width * height) { buffer, count in
    nonisolated(unsafe) let filtered = buffer.baseAddress!  // Rows do not overlap, here and below.
    for strip in strips(of: width) {
      concurrentFor(height) { y in
        withLines(around: y, of: across, reach: columns.count - 1, from: strip.lowerBound) {
          symmetricSum($0, columns, count: strip.count, to: filtered + y * width + strip.lowerBound)
        }
      }
    }
    count = width * height
  }
  return Raster(width: width, height: height, values: values)
}

/// Columns that are filtered at once: so many of the lines that meet a wide kernel stay in a core's cache from line to line.
private func strips(of width: Int) -> [Range<Int>] {
  stride(from: 0, to: width, by: 1024).map { $0..<min(width, $0 + 1024) }
}

/// Two filters that share their passes: `smooth` along both axes, and `smooth` along one and `curvature` along the other,
/// summed over both ways of choosing. The kernels are right halves of the same length.
func smoothAndCurvature(
  of image: Raster<Float>, smooth: [Float], curvature: [Float]
) -> (smooth: Raster<Float>, curvature: Raster<Float>) {
  precondition(smooth.count == curvature.count, "both kernels must have one length")
  let (width, height, reach) = (image.width, image.height, smooth.count - 1)
  let (level, bent) = (filteredRows(image, kernel: smooth), filteredRows(image, kernel: curvature))
  var curved: [Float] = []
  let values = [Float](unsafeUninitializedCapacity: width * height) { buffer, count in
    nonisolated(unsafe) let smoothed = buffer.baseAddress!
    curved = [Float](unsafeUninitializedCapacity: width * height) { buffer, count in
      nonisolated(unsafe) let curved = buffer.baseAddress!
      for strip in strips(of: width) {
        concurrentFor(height) { y in
          let place = y * width + strip.lowerBound
          withLines(around: y, of: level, reach: reach, from: strip.lowerBound) { levels in
            symmetricSum(levels, smooth, count: strip.count, to: smoothed + place)
            withLines(around: y, of: bent, reach: reach, from: strip.lowerBound) { bents in
              symmetricSum(levels, curvature, and: bents, smooth, count: strip.count, to: curved + place)
            }
          }
        }
      }
      count = width * height
    }
    count = width * height
  }
  return (
    Raster(width: width, height: height, values: values), Raster(width: width, height: height, values: curved)
  )
}

/// Each row convolved with a symmetric kernel.
private func filteredRows(_ image: Raster<Float>, kernel: [Float]) -> Raster<Float> {
  let (width, reach) = (image.width, kernel.count - 1)
  return concurrentRows(width: width, height: image.height, of: Float(0)) { y, row in
    let line = image.values.span.extracting(y * width..<(y + 1) * width)
    // The row with its reflected margins, so that the inner loop has no branches.
    withUnsafeTemporaryAllocation(of: Float.self, capacity: width + 2 * reach) { padded in
      let source = padded.baseAddress!
      for x in 0..<reach {
        (source + x).initialize(to: line[reflected(x - reach, width)])
        (source + reach + width + x).initialize(to: line[reflected(width + x, width)])
      }
      for x in 0..<width { (source + reach + x).initialize(to: line[x]) }
      let lines = (0...reach).map {
        LinePair(before: UnsafePointer(source + reach - $0), after: UnsafePointer(source + reach + $0))
      }
      row.withUnsafeMutableBufferPointer { symmetricSum(lines, kernel, count: width, to: $0.baseAddress!) }
    }
  }
}

/// What two weights of a symmetric kernel meet: pixels as far before the line as after it.
private struct LinePair {
  let before, after: UnsafePointer<Float>
}

/// The rows at distances 0 ... reach above and below a row, from one of their pixels on.
private func withLines<Result>(
  around y: Int, of image: Raster<Float>, reach: Int, from x: Int, _ body: ([LinePair]) -> Result
) -> Result {
  image.values.withUnsafeBufferPointer { pixels in
    let (first, width, height) = (pixels.baseAddress! + x, image.width, image.height)
    return body(
      (0...reach).map {
        LinePair(before: first + reflected(y - $0, height) * width, after: first + reflected(y + $0, height) * width)
      })
  }
}

private typealias Lanes = SIMD16<Float>

/// Writes Σ kernel[k] (before[k] + after[k]), the centre counted once, for `count` pixels. Sums stay in registers, sixteen
/// pixels at a time; pointers, because bounds checks would double the loop, which is most of what looking for columns costs.
private func symmetricSum(
  _ lines: [LinePair], _ kernel: [Float], count: Int, to output: UnsafeMutablePointer<Float>
) {
  var x = 0
  while x < count {
    // The last sixteen overlap those before; a short line goes pixel by pixel.
    if x + 16 > count && count >= 16 { x = count - 16 }
    if count >= 16 {
      var sum = kernel[0] * lanes(lines[0].before + x)
      for k in 1..<max(1, kernel.count) { sum += kernel[k] * (lanes(lines[k].before + x) + lanes(lines[k].after + x)) }
      UnsafeMutableRawPointer(output + x).storeBytes(of: sum, as: Lanes.self)
      x += 16
    } else {
      var sum = kernel[0] * lines[0].before[x]
      for k in 1..<max(1, kernel.count) { sum += kernel[k] * (lines[k].before[x] + lines[k].after[x]) }
      output[x] = sum
      x += 1
    }
  }
}

/// The same for two sets of lines, each with its kernel, added up.
private func symmetricSum(
  _ one: [LinePair], _ kernel: [Float], and two: [LinePair], _ other: [Float], count: Int,
  to output: UnsafeMutablePointer<Float>
) {
  withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { part in
    symmetricSum(one, kernel, count: count, to: output)
    symmetricSum(two, other, count: count, to: part.baseAddress!)
    for x in 0..<count { output[x] += part[x] }
  }
}

@inline(__always)
private func lanes(_ pixels: UnsafePointer<Float>) -> Lanes { UnsafeRawPointer(pixels).loadUnaligned(as: Lanes.self) }

/// The index inside 0 ..< count that a reflection about the edges maps to.
@inlinable package func reflected(_ index: Int, _ count: Int) -> Int {
  if index >= 0 && index < count { return index }
  let period = 2 * count
  let wrapped = ((index % period) + period) % period
  return wrapped < count ? wrapped : period - 1 - wrapped
}
