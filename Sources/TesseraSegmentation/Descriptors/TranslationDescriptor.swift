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

  /// One map a shift, -1 ... 1.
  public func maps(of image: Raster<Float>, on grid: DescriptorGrid) -> [Raster<Float>] {
    let correlation = LocalCorrelation(of: image, half: half)
    return concurrentMap(count: shifts.count) { index in
      let (forward, backward) = correlation.maps(of: shifts[index], on: grid)
      var folded = forward
      for point in folded.values.indices {
        let (a, b) = (forward.values[point], backward.values[point])
        folded.values[point] = fold == .mean ? (a + b) / 2 : max(a, b)
      }
      return GaussianFilter.smoothed(folded, sigma: pooling / Double(grid.stride))
    }
  }
}
