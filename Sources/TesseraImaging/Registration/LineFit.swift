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

  /// Displacement along the line when that across is known, and its variance; nil without structure.
  func along(given across: Double) -> (shift: Double, variance: Double)? {
    xx > 0 ? ((b.x - xy * across) / xx, varianceXX / (xx * xx)) : nil
  }

  /// The equations of every line of a frame.
  ///
  /// - Parameters:
  ///   - displacements: of the lines, along the scanner's axes.
  ///   - reference: the mean of frames, along the same axes, its first pixel at `box.x`, `box.y`.
  static func lines(
    of frame: Raster<Float>, displacements: [Point], reference: Raster<Float>, box: PixelBox
  ) -> [LineFit] {
    let gain = brightnessRatio(frame, reference)
    return concurrentMap(chunksOf: 8, of: frame.height) { lines in
      lines.map { line in
        fit(
          frame.values.span.extracting(line * frame.width..<(line + 1) * frame.width),
          at: Point(displacements[line].x + Double(box.x), Double(line) - displacements[line].y - Double(box.y)),
          reference, gain)
      }
    }.flatMap { $0 }
  }

  /// - Parameter place: `x`: the pixel of the line that shows the reference's first column; `y`: the reference's row.
  private static func fit(_ line: Span<Float>, at place: Point, _ reference: Raster<Float>, _ gain: Float) -> LineFit {
    let (width, taps, before) = (reference.width, WindowedSinc.taps, WindowedSinc.before)
    let row = place.y.rounded(.down)
    guard row >= Double(before), row + Double(taps - before) <= Double(reference.height), abs(place.x) < 1e9 else {
      return LineFit()
    }
    // Values and slopes of the reference between its rows.
    let (down, downSlope) = (WindowedSinc.weights(at: place.y - row), WindowedSinc.slopes(at: place.y - row))
    var values = [Float](repeating: 0, count: width)
    var across = values
    do {
      var v = values.mutableSpan
      var g = across.mutableSpan
      for tap in 0..<taps {
        let start = (Int(saturating: row) - before + tap) * width
        let source = reference.values.span.extracting(start..<start + width)
        let (weight, slope) = (gain * down[tap], gain * downSlope[tap])
        for x in 0..<width {
          v[x] += weight * source[x]
          g[x] += slope * source[x]
        }
      }
    }
    // Pixel i of the line shows column i − place.x; the first and last that eight columns surround.
    let first = Int(saturating: max(0, (place.x + Double(before)).rounded(.up)))
    let last = Int(saturating: min(Double(line.count - 1), (place.x + Double(width - taps + before)).rounded(.down)))
    guard last - first >= taps else { return LineFit() }
    let column = (Double(first) - place.x).rounded(.down)
    let fraction = Double(first) - place.x - column
    let (weights, slopes) = (WindowedSinc.weights(at: fraction), WindowedSinc.slopes(at: fraction))
    let count = last - first + 1
    var (expected, along, sideways) = (
      [Float](repeating: 0, count: count), [Float](repeating: 0, count: count), [Float](repeating: 0, count: count)
    )
    do {
      var v = expected.mutableSpan
      var gx = along.mutableSpan
      var gy = sideways.mutableSpan
      for tap in 0..<taps {
        let start = Int(saturating: column) - before + tap
        let (a, b) = (values.span.extracting(start..<start + count), across.span.extracting(start..<start + count))
        let (weight, slope) = (weights[tap], slopes[tap])
        for x in 0..<count {
          v[x] += weight * a[x]
          gx[x] += slope * a[x]
          gy[x] += weight * b[x]
        }
      }
    }
    return sums(line.extracting(first..<last + 1), expected.span, along.span, sideways.span)
  }

  private static func sums(
    _ line: Span<Float>, _ expected: Span<Float>, _ along: Span<Float>, _ across: Span<Float>
  ) -> LineFit {
    var s = SIMD8<Float>()
    for x in 0..<line.count {
      let (r, gx, gy) = (line[x] - expected[x], along[x], across[x])
      let (rx, ry) = (gx * r, gy * r)
      s += SIMD8(gx * gx, gx * gy, gy * gy, rx, ry, rx * rx, rx * ry, ry * ry)
    }
    let t = s.lowHalf
    var fit = LineFit()
    (fit.xx, fit.xy, fit.yy) = (Double(t[0]), Double(t[1]), Double(t[2]))
    fit.b = Point(-Double(t[3]), -Double(s[4]))
    (fit.varianceXX, fit.varianceXY, fit.varianceYY) = (Double(s[5]), Double(s[6]), Double(s[7]))
    return fit
  }

  /// Mean intensity of the frame over that of the reference, where it makes sense.
  private static func brightnessRatio(_ frame: Raster<Float>, _ reference: Raster<Float>) -> Float {
    let ratio = Statistics.mean(frame.values) / Statistics.mean(reference.values)
    return ratio.isFinite && ratio > 0.1 && ratio < 10 ? Float(ratio) : 1
  }
}
