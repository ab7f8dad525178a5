import TesseraNumerics

/// How far each line of a frame lies from where the reference has it, as the normal equations of least squares.
///
/// A line whose displacement is off by ε shows S(p − d − ε) ≈ v − g · ε, with the reference's values v and slopes g along the
/// line and across. The smallest sum of squares of r = I − v asks for A ε = b, A = Σ g gᵀ, b = −Σ g r, over the pixels of
/// the line. Adding the equations of several lines gives their common displacement; for pictures that differ by a
/// displacement and white noise it is the maximum of the cross-correlation. Source: Lucas & Kanade, IJCAI (1981) 674.
struct LineFit: Sendable {
  /// Σ g gᵀ: along the line, mixed, across.
  var xx = 0.0, xy = 0.0, yy = 0.0
  /// −Σ g r.
  var b = Point.zero
  /// Σ g gᵀ r²: what the errors of b add up to, whatever the law of the noise.
  var varianceXX = 0.0, varianceXY = 0.0, varianceYY = 0.0

  init() {}

  static func += (sum: inout LineFit, line: LineFit) { sum.add(line, weight: 1) }

  mutating func add(_ line: LineFit, weight w: Double) {
    (xx, xy, yy) = (xx + w * line.xx, xy + w * line.xy, yy + w * line.yy)
    b += w * line.b
    varianceXX += w * w * line.varianceXX
    varianceXY += w * w * line.varianceXY
    varianceYY += w * w * line.varianceYY
  }

  /// The displacement and the variances of its parts; nil where the lines show no structure.
  var solution: (shift: Point, variance: Point)? {
    let determinant = xx * yy - xy * xy
    guard xx > 0, yy > 0, determinant > 1e-9 * xx * yy else { return nil }
    let (a, c, d) = (yy / determinant, -xy / determinant, xx / determinant)
    return (
      Point(a * b.x + c * b.y, c * b.x + d * b.y),
      Point(
        a * a * varianceXX + 2 * a * c * varianceXY + c * c * varianceYY,
        c * c * varianceXX + 2 * c * d * varianceXY + d * d * varianceYY)
    )
  }

  /// The equations of a frame from those of its lines. The errors of b are those of the lines, each taken as a whole: a line
  /// that jitters is off at all its pixels.
  init(sumOf lines: [LineFit]) {
    self.init()
    for line in lines { self += line }
    guard let (shift, _) = solution else { return }
    (varianceXX, varianceXY, varianceYY) = (0, 0, 0)
    for line in lines {
      let rest =
        line.b - Point(line.xx * shift.x + line.xy * shift.y, line.xy * shift.x + line.yy * shift.y)
      varianceXX += rest.x * rest.x
      varianceXY += rest.x * rest.y
      varianceYY += rest.y * rest.y
    }
  }

  /// Displacement along the line when that across is known, and its variance; nil without structure.
  func along(given across: Double) -> (shift: Double, variance: Double)? {
    xx > 0 ? ((b.x - xy * across) / xx, varianceXX / (xx * xx)) : nil
  }

  /// The equations of a comparison with the mean of `others` frames, as those of one with the mean of all and the frame.
  ///
  /// Residuals from the mean of the others are larger by N / (N − 1), N = others + 1, and would move frames too far; and the
  /// noise of the reference adds the same factor to their variance, which is not the frame's.
  func sharedWithMean(of others: Int) -> LineFit {
    let share = Double(others) / Double(others + 1)
    var fit = self
    fit.b *= share
    (fit.varianceXX, fit.varianceXY, fit.varianceYY) = (share * varianceXX, share * varianceXY, share * varianceYY)
    return fit
  }

  /// The equations less what noise adds to the squares of the reference's slopes: with it, shifts and their errors come out
  /// too small.
  ///
  /// White noise of variance σ² under a Gaussian of deviation s has slopes of the variance σ² / (8π s⁴) along each axis.
  /// - Parameters:
  ///   - variance: of the noise of the reference before it was smoothed, summed over the pixels of the lines.
  ///   - sigma: s, in pixels.
  func withoutNoise(variance: Double, smoothedBy sigma: Double) -> LineFit {
    let slope = variance / (8 * .pi * sigma * sigma * sigma * sigma)
    var fit = self
    // At least a quarter is kept: where noise is most of the slopes, the estimate of what is not is uncertain.
    (fit.xx, fit.yy) = (max(xx / 4, xx - slope), max(yy / 4, yy - slope))
    return fit
  }

  /// Displacement at the middle line and its change a line, by least squares over all lines.
  static func straightLine(_ fits: [LineFit]) -> (offset: Point, slope: Point)? {
    var matrix = Matrix<Double>(rows: 4, columns: 4, filling: 0)
    var right = [Double](repeating: 0, count: 4)
    let middle = Double(fits.count - 1) / 2
    let scale = max(1, middle)
    for (line, fit) in fits.enumerated() {
      let t = (Double(line) - middle) / scale
      for (i, j, factor) in [(0, 0, 1), (0, 2, t), (2, 0, t), (2, 2, t * t)] {
        matrix[i, j] += factor * fit.xx
        matrix[i, j + 1] += factor * fit.xy
        matrix[i + 1, j] += factor * fit.xy
        matrix[i + 1, j + 1] += factor * fit.yy
      }
      right[0] += fit.b.x
      right[1] += fit.b.y
      right[2] += t * fit.b.x
      right[3] += t * fit.b.y
    }
    guard let x = matrix.solvedPositive(right), x.allSatisfy(\.isFinite) else { return nil }
    return (Point(x[0], x[1]), Point(x[2], x[3]) / scale)
  }
}
