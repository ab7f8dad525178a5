import TesseraNumerics

/// Convolves every row and every column with symmetric kernels given by their right halves (centre first).
/// Outside the image the pixels repeat in reflection about the edge (… 2 1 0 | 0 1 2 …). O(pixels x kernel size).
package func separableFilter(_ image: Raster<Float>, rows: [Float], columns: [Float]) -> Raster<Float> {
  let (width, height) = (image.width, image.height)
  let across = concurrentRows(width: width, height: height, of: Float(0)) { y, row in
    filterRow(image.values.span.extracting(y * width..<(y + 1) * width), kernel: rows.span, into: &row)
  }
  return concurrentRows(width: width, height: height, of: Float(0)) { y, row in
    let source = across.values.span
    for offset in 0..<columns.count {
      let weight = columns[offset]
      let above = source.extracting(reflected(y - offset, height) * width..<(reflected(y - offset, height) + 1) * width)
      if offset == 0 {
        for x in 0..<width { row[x] += weight * above[x] }
      } else {
        let below = reflected(y + offset, height)
        let line = source.extracting(below * width..<(below + 1) * width)
        for x in 0..<width { row[x] += weight * (above[x] + line[x]) }
      }
    }
  }
}

/// One row of a symmetric convolution. `row` starts at zero and has the length of `line`.
private func filterRow(_ line: Span<Float>, kernel: Span<Float>, into row: inout MutableSpan<Float>) {
  let (width, reach) = (line.count, kernel.count - 1)
  // The row with its reflected margins, so that the inner loop has no branches.
  let padded = [Float](unsafeUninitializedCapacity: width + 2 * reach) { buffer, count in
    for x in 0..<width + 2 * reach { buffer.initializeElement(at: x, to: line[reflected(x - reach, width)]) }
    count = width + 2 * reach
  }
  let source = padded.span
  for offset in 0...reach {
    let weight = kernel[offset]
    if offset == 0 {
      let centre = source.extracting(reach..<reach + width)
      for x in 0..<width { row[x] += weight * centre[x] }
    } else {
      let left = source.extracting(reach - offset..<reach - offset + width)
      let right = source.extracting(reach + offset..<reach + offset + width)
      for x in 0..<width { row[x] += weight * (left[x] + right[x]) }
    }
  }
}

/// The index inside 0 ..< count that a reflection about the edges maps to.
@inlinable package func reflected(_ index: Int, _ count: Int) -> Int {
  if index >= 0 && index < count { return index }
  let period = 2 * count
  let wrapped = ((index % period) + period) % period
  return wrapped < count ? wrapped : period - 1 - wrapped
}
