import TesseraImaging
import TesseraNumerics

/// The local correlation map of each point of a grid, sampled at some shifts [S21, section II.A.1].
///
/// A shift and its opposite are one channel: inside a pattern both say the same. Their mean is the descriptor of a pattern;
/// the larger of the two is that of a boundary, since beside a boundary one of both stays on the pixel's own side.
public struct TranslationDescriptor: Sendable, Codable, Equatable {
  /// What becomes of a shift and its opposite.
  public enum Fold: String, Sendable, Codable { case mean, larger }

  /// Half the side of the patch in pixels, 1 or more.
  public var half: Int
  /// Shifts greater than (0, 0).
  public var shifts: [Shift]
  /// What becomes of a shift and its opposite: their mean for patterns, the larger for boundaries.
  public var fold = Fold.mean
  /// Standard deviation, in pixels, of the Gaussian that takes out how the correlation depends on where in a cell a patch
  /// is centred; 0: none.
  public var pooling = 0.0

  /// A descriptor of patches of 2 `half` + 1 pixels; `shifts` without their opposites, `pooling` in pixels.
  public init(half: Int, shifts: [Shift], fold: Fold = .mean, pooling: Double = 0) {
    (self.half, self.shifts, self.fold, self.pooling) = (half, shifts, fold, pooling)
  }

  /// The shifts of a uniform grid within ± `reach` pixels each way, at most `limit` of them with their opposites, in the
  /// smallest whole step that allows it. As in the public program of [S21].
  public static func uniformShifts(reach: Int, limit: Int = 100) -> [Shift] {
    var step = 1
    while (2 * (reach / step) + 1) * (2 * (reach / step) + 1) > limit { step += 1 }
    let ladder = (-(reach / step)...(reach / step)).map { $0 * step }
    return ladder.flatMap { y in ladder.map { Shift(x: $0, y: y) } }.filter { $0 > Shift(x: 0, y: 0) }
  }

  /// One map per shift, -1 ... 1.
  public func maps(of image: Raster<Float>, on grid: DescriptorGrid) -> [Raster<Float>] {
    var values = [[Float]](repeating: [], count: shifts.count)
    for index in values.indices { values[index].reserveCapacity(grid.count) }
    forEachStrip(of: image, on: grid) { strip in
      let maps = concurrentMap(count: shifts.count) { folded(shifts[$0], in: strip) }
      for index in values.indices { values[index] += maps[index] }
    }
    return concurrentMap(count: shifts.count) { [values] index in
      GaussianFilter.smoothed(
        Raster(width: grid.columns, height: grid.rows, values: values[index]), sigma: pooling / Double(grid.stride))
    }
  }

  /// Sums of the maps, Σ_k w_k (map_k − offset_k): smoothing is linear, so a few sums cost less than all maps, and need no memory
  /// for them.
  /// - Parameters:
  ///   - weights: one row per sum, one column per shift.
  ///   - offsets: of each shift.
  func sums(
    of image: Raster<Float>, on grid: DescriptorGrid, weights: Matrix<Float>, offsets: [Float]
  ) -> [Raster<Float>] {
    precondition(weights.columns == shifts.count && offsets.count == shifts.count)
    var values = [[Float]](repeating: [], count: weights.rows)
    for index in values.indices { values[index].reserveCapacity(grid.count) }
    forEachStrip(of: image, on: grid) { strip in
      // Fixed parts, so that sums do not depend on the number of threads.
      let parts = concurrentMap(chunksOf: Self.part, of: shifts.count) { part -> [[Float]] in
        let count = strip.columns.count * strip.rows.count
        var sums = [[Float]](repeating: [Float](repeating: 0, count: count), count: weights.rows)
        for index in part {
          let map = folded(shifts[index], in: strip)
          for row in 0..<weights.rows {
            let (weight, offset) = (weights[row, index], offsets[index])
            sums[row].withUnsafeMutableBufferPointer { sum in
              map.withUnsafeBufferPointer { map in
                for point in 0..<count { sum[point] += weight * (map[point] - offset) }
              }
            }
          }
        }
        return sums
      }
      for row in values.indices {
        var sum = parts[0][row]
        for part in parts.dropFirst() {
          part[row].withUnsafeBufferPointer { other in
            for point in sum.indices { sum[point] += other[point] }
          }
        }
        values[row] += sum
      }
    }
    return concurrentMap(count: weights.rows) { [values] index in
      GaussianFilter.smoothed(
        Raster(width: grid.columns, height: grid.rows, values: values[index]), sigma: pooling / Double(grid.stride))
    }
  }

  /// Shifts whose maps are summed together.
  private static let part = 5
  /// Rows of pixels of one strip of a large image, without what patches and shifts reach beyond it. Strips do not depend on how much
  /// memory there is, so neither does the result.
  private static let stripRows = 1024

  /// Some rows of the grid, with all pixels that their patches see.
  private struct Strip: Sendable {
    let correlation: LocalCorrelation
    /// Of pixels of the strip.
    let columns, rows: [Int]
    let step: Int
  }

  private func forEachStrip(
    of image: Raster<Float>, on grid: DescriptorGrid, _ body: (Strip) -> Void
  ) {
    let level = LocalCorrelation.Level(of: image)
    let columns = (0..<grid.columns).map(grid.pixel)
    let reach = half + (shifts.map { abs($0.y) }.max() ?? 0)
    let step = max(1, Self.stripRows / grid.stride)
    // A short rest belongs to the strip before it.
    let count = max(1, grid.rows / step)
    for index in 0..<count {
      let rows = index * step..<(index == count - 1 ? grid.rows : (index + 1) * step)
      let top = max(0, grid.pixel(rows.lowerBound) - reach)
      let bottom = min(image.height, grid.pixel(rows.upperBound - 1) + reach + 1)
      let part =
        top == 0 && bottom == image.height
        ? image : image.cropped(x: 0, y: top, width: image.width, height: bottom - top)
      body(
        Strip(
          correlation: LocalCorrelation(of: part, half: half, level: level), columns: columns,
          rows: rows.map { grid.pixel($0) - top }, step: grid.stride))
    }
  }

  private func folded(_ shift: Shift, in strip: Strip) -> [Float] {
    let (forward, backward) = strip.correlation.maps(
      of: shift, columns: strip.columns, rows: strip.rows, step: strip.step)
    var result = forward.values
    backward.values.withUnsafeBufferPointer { backward in
      result.withUnsafeMutableBufferPointer { result in
        switch fold {
        case .mean: for point in result.indices { result[point] = (result[point] + backward[point]) / 2 }
        case .larger: for point in result.indices { result[point] = max(result[point], backward[point]) }
        }
      }
    }
    return result
  }
}
