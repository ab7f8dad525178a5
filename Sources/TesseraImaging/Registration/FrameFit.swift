import Foundation
import TesseraNumerics

/// A frame compared with a reference, the mean of frames: how far each line lies off, and how alike both are.
struct FrameFit: Sendable {
  /// The equations of each line.
  private(set) var lines: [LineFit] = []
  /// Of the left and right halves of all lines.
  private(set) var left = LineFit(), right = LineFit()
  /// From the middle of the left halves to that of the right ones, in pixels.
  private var leverArm = 0.0
  private var moments = Moments()

  /// Number of pixels that were compared.
  var pixelCount: Double { moments.count }
  /// Mean square of the differences between frame and reference.
  var residualVariance: Double { moments.squaredDifference / max(1, moments.count) }

  /// Correlation of the pixels of frame and reference, −1 ... 1; 0 where one is constant.
  var correlation: Double {
    let n = max(1, moments.count)
    let (v, i) = (moments.reference / n, moments.frame / n)
    let product = (moments.squaredReference / n - v * v) * (moments.squaredFrame / n - i * i)
    let mixed = (moments.squaredReference + moments.squaredFrame - moments.squaredDifference) / (2 * n) - v * i
    return product > 0 ? mixed / product.squareRoot() : 0
  }

  /// By which angle the frame is turned against the reference, from +x towards +y in radians, and its variance: the halves
  /// of the lines lie off across the lines, the right ones less the left ones, over their distance. Drift moves both halves
  /// alike.
  var turn: (angle: Double, variance: Double)? {
    guard leverArm > 0, let a = left.solution, let b = right.solution else { return nil }
    return ((b.shift.y - a.shift.y) / leverArm, (a.variance.y + b.variance.y) / (leverArm * leverArm))
  }

  /// - Parameters:
  ///   - displacements: of the lines, along the scanner's axes.
  ///   - reference: the mean of frames, along the same axes, its first pixel at `box.x`, `box.y`.
  init(of frame: Raster<Float>, displacements: [Point], reference: Raster<Float>, box: PixelBox) {
    let level = Float(Statistics.mean(reference.values))
    let gain = Self.brightnessRatio(frame, level)
    let halves = concurrentMap(chunksOf: 8, of: frame.height) { lines in
      lines.map { line in
        Self.compared(
          frame.values.span.extracting(line * frame.width..<(line + 1) * frame.width),
          at: Point(displacements[line].x + Double(box.x), Double(line) - displacements[line].y - Double(box.y)),
          reference, gain: gain, level: gain * level)
      }
    }.flatMap { $0 }
    leverArm = Double(min(frame.width, reference.width)) / 2
    for (one, other) in halves {
      left += one.fit
      right += other.fit
      moments += one.moments
      moments += other.moments
      var line = one.fit
      line += other.fit
      lines.append(line)
    }
  }

  /// Sums over pixels, of frame and reference less a common level.
  private struct Moments: Sendable {
    var count = 0.0, reference = 0.0, frame = 0.0
    var squaredReference = 0.0, squaredFrame = 0.0, squaredDifference = 0.0

    static func += (sum: inout Moments, part: Moments) {
      sum.count += part.count
      sum.reference += part.reference
      sum.frame += part.frame
      sum.squaredReference += part.squaredReference
      sum.squaredFrame += part.squaredFrame
      sum.squaredDifference += part.squaredDifference
    }
  }

  private typealias Half = (fit: LineFit, moments: Moments)

  /// The left and the right half of a line.
  /// - Parameter place: `x`: the pixel of the line that shows the reference's first column; `y`: the reference's row.
  private static func compared(
    _ line: Span<Float>, at place: Point, _ reference: Raster<Float>, gain: Float, level: Float
  ) -> (Half, Half) {
    let (width, taps, before) = (reference.width, WindowedSinc.taps, WindowedSinc.before)
    let nothing = (LineFit(), Moments())
    let row = place.y.rounded(.down)
    guard row >= Double(before), row + Double(taps - before) <= Double(reference.height), abs(place.x) < 1e9 else {
      return (nothing, nothing)
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
    guard last - first >= taps else { return (nothing, nothing) }
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
    let middle = count / 2
    func half(_ range: Range<Int>) -> Half {
      sums(
        line.extracting(first + range.lowerBound..<first + range.upperBound), expected.span.extracting(range),
        along.span.extracting(range), sideways.span.extracting(range), level)
    }
    return (half(0..<middle), half(middle..<count))
  }

  private static func sums(
    _ line: Span<Float>, _ expected: Span<Float>, _ along: Span<Float>, _ across: Span<Float>, _ level: Float
  ) -> Half {
    var s = SIMD8<Float>()
    var t = SIMD8<Float>()
    for x in 0..<line.count {
      let (v, i, gx, gy) = (expected[x] - level, line[x] - level, along[x], across[x])
      let r = i - v
      let (rx, ry) = (gx * r, gy * r)
      s += SIMD8(gx * gx, gx * gy, gy * gy, rx, ry, rx * rx, rx * ry, ry * ry)
      t += SIMD8(v, i, v * v, i * i, r * r, 0, 0, 0)
    }
    var fit = LineFit()
    (fit.xx, fit.xy, fit.yy) = (Double(s[0]), Double(s[1]), Double(s[2]))
    fit.b = Point(-Double(s[3]), -Double(s[4]))
    (fit.varianceXX, fit.varianceXY, fit.varianceYY) = (Double(s[5]), Double(s[6]), Double(s[7]))
    let moments = Moments(
      count: Double(line.count), reference: Double(t[0]), frame: Double(t[1]), squaredReference: Double(t[2]),
      squaredFrame: Double(t[3]), squaredDifference: Double(t[4]))
    return (fit, moments)
  }

  /// Mean intensity of the frame over that of the reference, where it makes sense.
  private static func brightnessRatio(_ frame: Raster<Float>, _ level: Float) -> Float {
    let ratio = Statistics.mean(frame.values) / Double(level)
    return ratio.isFinite && ratio > 0.1 && ratio < 10 ? Float(ratio) : 1
  }
}
