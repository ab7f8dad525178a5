import Foundation
import TesseraNumerics

/// One Bragg wave of an image: the spectrum seen through a mask around it, transformed back on a grid just fine enough.
///
/// The mask is narrow, so H varies slowly and a coarse grid holds it: only the coefficients under the mask are
/// transformed, with four nodes or more a standard deviation of what the mask mixes.
struct FilteredWave: Sendable {
  /// Size of the grid.
  let columns, rows: Int
  /// The frequency that the mask is centred on, in cycles a pixel.
  let carrier: Point
  /// The 90 % quantile of |H|, in the image's units.
  let strongAmplitude: Double
  /// Standard deviations of |H|'s real part and of the gradient of its phase x |H|, for white noise of unit deviation.
  let noiseGain, gradientNoiseGain: Double
  /// The whole coefficient that H is measured from, in cycles a pixel.
  private let base: Point
  private let wave, slopeX, slopeY: [SIMD2<Float>]

  /// The mask moves from the frequency given to the centre of the power that it shows there, so that amplitude and
  /// phase do not mix at the edges.
  init(of spectrum: Spectrum, around frequency: Point, mask: SizedMask) {
    let (width, height) = (Double(spectrum.width), Double(spectrum.height))
    var centre = frequency
    for _ in 0..<3 {
      var (sum, total) = (Point.zero, 0.0)
      Self.forEach(under: mask, around: centre, of: spectrum) { _, _, offset, weight, value in
        let power = weight * Double(value.x * value.x + value.y * value.y)
        sum += offset * power
        total += power
      }
      if total > 0 { centre += sum / total }
    }
    carrier = centre
    let (middleX, middleY) = (
      Int(saturating: (centre.x * width).rounded()), Int(saturating: (centre.y * height).rounded())
    )
    base = Point(Double(middleX) / width, Double(middleY) / height)
    func size(_ length: Double) -> Int {
      let fine = max(4 * length / mask.blur, 2 * mask.reach * length + 4)
      return min(Int(saturating: length), ComplexTransform.convenientSize(from: Int(saturating: fine.rounded(.up))))
    }
    let (columns, rows) = (size(width), size(height))
    (self.columns, self.rows) = (columns, rows)
    var parts = [[SIMD2<Float>]](repeating: Array(repeating: .zero, count: columns * rows), count: 3)
    var (gain, slopeGain) = (0.0, 0.0)
    let scale = 1 / (width * height)
    Self.forEach(under: mask, around: centre, of: spectrum) { column, row, offset, weight, value in
      let (x, y) = (column - middleX, row - middleY)
      guard abs(x) < (columns + 1) / 2, abs(y) < (rows + 1) / 2 else { return }
      let place = (y < 0 ? y + rows : y) * columns + (x < 0 ? x + columns : x)
      let h = value * Float(weight * scale)
      parts[0][place] = h
      // d/dx exp(2πi x k / width) = 2πi k / width, and i (a + ib) = -b + ia.
      let turned = SIMD2<Float>(-h.y, h.x)
      parts[1][place] = turned * Float(2 * .pi * Double(x) / width)
      parts[2][place] = turned * Float(2 * .pi * Double(y) / height)
      gain += weight * weight
      // The mean over both axes; only the part in quadrature with H turns its phase: one half of the power.
      slopeGain += weight * weight * pow(2 * .pi, 2) * offset.squaredLength / 2
    }
    let transform = ComplexTransform(width: columns, height: rows)
    let inputs = parts
    let outputs = concurrentMap(count: 3) { transform.inverse(inputs[$0]) }
    (wave, slopeX, slopeY) = (outputs[0], outputs[1], outputs[2])
    noiseGain = (gain * scale / 2).squareRoot()
    gradientNoiseGain = (slopeGain * scale / 2).squareRoot()
    let amplitudes = stride(from: 0, to: wave.count, by: max(1, wave.count / 20_000)).map { index in
      (outputs[0][index] * outputs[0][index]).sum().squareRoot()
    }
    strongAmplitude = Double(Statistics.quantile(amplitudes, 0.9))
  }

  /// Amplitude and local frequency (cycles a pixel) at a node; nil where the amplitude is too low.
  func local(_ index: Int, above limit: Double) -> (frequency: Point, amplitude: Double)? {
    let h = SIMD2<Double>(wave[index])
    let power = (h * h).sum()
    guard power > limit * limit else { return nil }
    let (dx, dy) = (SIMD2<Double>(slopeX[index]), SIMD2<Double>(slopeY[index]))
    let slope = Point(h.cross(dx), h.cross(dy)) / power
    return (base + slope / (2 * .pi), power.squareRoot())
  }

  /// Calls `body` for the coefficients under a mask: their indices (of any sign), offset from the centre in cycles a
  /// pixel, the mask's value, and the coefficient itself.
  private static func forEach(
    under mask: SizedMask, around centre: Point, of spectrum: Spectrum,
    _ body: (_ column: Int, _ row: Int, _ offset: Point, _ weight: Double, _ value: SIMD2<Float>) -> Void
  ) {
    let (width, height) = (spectrum.width, spectrum.height)
    let (reach, columns) = (mask.reach, spectrum.columns)
    // The mask ends at Nyquist's frequency.
    let (lastX, lastY) = ((width - 1) / 2, (height - 1) / 2)
    let xs = (
      max(-lastX, Int(saturating: ((centre.x - reach) * Double(width)).rounded(.up))),
      min(lastX, Int(saturating: ((centre.x + reach) * Double(width)).rounded(.down)))
    )
    let ys = (
      max(-lastY, Int(saturating: ((centre.y - reach) * Double(height)).rounded(.up))),
      min(lastY, Int(saturating: ((centre.y + reach) * Double(height)).rounded(.down)))
    )
    guard xs.0 <= xs.1, ys.0 <= ys.1 else { return }
    for y in ys.0...ys.1 {
      for x in xs.0...xs.1 {
        let offset = Point(Double(x) / Double(width), Double(y) / Double(height)) - centre
        let weight = mask(offset.length)
        guard weight > 0, offset.length <= reach else { continue }
        var value: SIMD2<Float>
        if x >= 0 {
          value = spectrum.values[(y < 0 ? y + height : y) * columns + x]
        } else {
          value = spectrum.values[(y > 0 ? height - y : -y) * columns - x]
          value.y = -value.y  // F(-k) is the conjugate of F(k).
        }
        body(x, y, offset, weight, value)
      }
    }
  }
}
