import TesseraNumerics

extension Raster<Float> {
  /// The largest value within `reach` pixels along x and y of each pixel; the window is cut off at the edge.
  func windowMaximum(reach: Int) -> Raster<Float> {
    guard reach > 0 else { return self }
    return runningMaximum(reach: reach).transposed().runningMaximum(reach: reach).transposed()
  }

  /// The largest of each pixel and `reach` others on both sides in its row: the front of a queue of falling values.
  private func runningMaximum(reach: Int) -> Raster<Float> {
    concurrentRows(width: width, height: height, of: Float(0)) { y, row in
      let line = values.span.extracting(y * width..<(y + 1) * width)
      var queue: [Int] = []
      var front = 0
      for x in 0..<width + reach {
        if x < width {
          while queue.count > front && line[queue[queue.count - 1]] <= line[x] { queue.removeLast() }
          queue.append(x)
        }
        let centre = x - reach
        guard centre >= 0 else { continue }
        while queue[front] < centre - reach { front += 1 }
        row[centre] = line[queue[front]]
      }
    }
  }

  private func transposed() -> Raster<Float> {
    concurrentRows(width: height, height: width, of: Float(0)) { x, row in
      let pixels = values.span
      for y in 0..<height { row[y] = pixels[y * width + x] }
    }
  }

  /// The value below which a share of the pixels within `reach` lies, from a sample of about 17 x 17 of them.
  ///
  /// Computed on a coarser grid and repeated: it varies slowly.
  func windowQuantile(_ share: Double, reach: Int) -> Raster<Float> {
    let step = Swift.max(1, reach / 8)
    let (columns, rows) = ((width + step - 1) / step, (height + step - 1) / step)
    let cells = reach / step
    let small = concurrentRows(width: columns, height: rows, of: Float(0)) { v, row in
      for u in 0..<columns {
        var sample: [Float] = []
        for b in Swift.max(0, v - cells)...Swift.min(rows - 1, v + cells) {
          for a in Swift.max(0, u - cells)...Swift.min(columns - 1, u + cells) {
            sample.append(values[b * step * width + a * step])
          }
        }
        row[u] = Statistics.quantile(sample, share)
      }
    }
    return concurrentRows(width: width, height: height, of: Float(0)) { y, row in
      for x in 0..<width { row[x] = small.values[y / step * columns + x / step] }
    }
  }
}
