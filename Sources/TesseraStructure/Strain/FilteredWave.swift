import Foundation
import TesseraNumerics

/// One Bragg wave of an image: the spectrum seen through a mask around it, transformed back on a grid just fine enough.
///
/// The mask is narrow, so H varies slowly and a coarse grid holds it: only the coefficients under the mask are
/// transformed, with four nodes or more a standard deviation of what the mask mixes.
struct FilteredWave: Sendable {
  /// Size of the grid.
  let columns, rows: Int
  /// The frequency that the mask is centred on, in cycles per pixel.
  let carrier: Point
  /// The 90 % quantile of |H|, in the image's units.
  let strongAmplitude: Double
  /// Standard deviations of |H|'s real part and of the gradient of its phase x |H|, for white noise of unit deviation.
  let noiseGain, gradientNoiseGain: Double
  /// The whole coefficient that H is measured from, in cycles per pixel.
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

  /// Amplitude and local frequency (cycles per pixel) at a node; nil where the amplitude is too low.
  func local(_ index: Int, above limit: Double) -> (frequency: Point, amplitude: Double)? {
    let h = SIMD2<Double>(wave[index])
    let power = (h * h).sum()
    guard power > limit * limit else { return nil }
    let (dx, dy) = (SIMD2<Double>(slopeX[index]), SIMD2<Double>(slopeY[index]))
    let slope = Point(h.cross(dx), h.cross(dy)) / power
    return (base + slope / (2 * .pi), power.squareRoot())
  }

  /// At least this share of the squared width over which a wave is seen must be the crystal's own, the rest being the mask's: of a film
  /// of fewer than seven planes the frequency seen is nearly that of the mask's centre.
  private static let leastOwnShare = 0.6
  /// Standard deviation of a column's image in plane spacings, usual in micrographs. Its transform falls across the spot of a reflection
  /// and shifts the spot of a film of few planes towards the middle of the spectrum.
  private static let columnWidth = 0.3
  /// Of edges that take less than this share of the width, which noise does as well, nothing is said to shift a spot.
  private static let noticeableEdge = 0.1
  /// What other reflections leak through the taper moves local frequencies by up to this share of |g|: differences from the mask's centre
  /// that are smaller are left as they are, because freeing them of the taper would enlarge the leak.
  private static let leak = 1e-3

  /// The frequency at a node without the pull of the taper towards the mask's centre, and the shift that other changes of the amplitude
  /// may have given it; nil where too little of the width seen is the crystal's own.
  ///
  /// Where the amplitude changes within the width b of what the mask mixes, the local frequency is pulled to the mask's centre: one that
  /// differs from the centre by κ is seen as (1 + b² ∇∇ ln |H|) κ, to first order in κ b. For the taper, which is known, this is undone.
  /// For the edges of a crystal -X = b² ∇∇ ln |H| is measured: the pull is X (1 - X)⁻¹ times what is seen, and a column's image of finite
  /// width w, whose transform falls across the spot of a film, shifts it by as much of g w² / b².
  /// What was seen and its noise are multiplied by `gain`.
  /// - Parameter edge: b² ∂² ln T of the taper T seen through the mask, along x and y.
  func corrected(
    _ frequency: Point, at index: Int, step: Point, edge: Point, mask: SizedMask
  ) -> (frequency: Point, gain: Point, shift: Point)? {
    let seen = frequency - carrier
    let trusted = seen.squaredLength / (seen.squaredLength + pow(Self.leak, 2) * carrier.squaredLength)
    let gain = Point(1 - trusted * edge.x / (1 + edge.x), 1 - trusted * edge.y / (1 + edge.y))
    let own = Point(seen.x * gain.x, seen.y * gain.y)
    let square = mask.mixing * mask.mixing
    let bend = self.curvature(index, step: step) * square
    // 1 - X, and with it X = 1 - (1 - X).
    let left = PlanarCovariance(xx: 1 + bend.xx - edge.x, xy: bend.xy, yy: 1 + bend.yy - edge.y)
    let determinant = left.xx * left.yy - left.xy * left.xy
    let middle = (left.xx + left.yy) / 2
    let smallest = middle - max(0, middle * middle - determinant).squareRoot()
    guard smallest > Self.leastOwnShare else { return nil }
    let column = smallest < 1 - Self.noticeableEdge ? pow(Self.columnWidth / carrier.length, 2) / square : 0
    let pulled = own + carrier * column
    // X (1 - X)⁻¹ = (1 - X)⁻¹ - 1.
    let shift =
      Point(left.yy * pulled.x - left.xy * pulled.y, left.xx * pulled.y - left.xy * pulled.x) / determinant - pulled
    return (carrier + own, gain, shift)
  }

  /// The second derivatives of ln |H| at a node, from differences between the nodes around it, which are `step` pixels apart.
  private func curvature(_ index: Int, step: Point) -> PlanarCovariance {
    let (x, y) = (index % columns, index / columns)
    let (left, right) = ((x + columns - 1) % columns, (x + 1) % columns)
    let (above, below) = ((y + rows - 1) % rows * columns, (y + 1) % rows * columns)
    let here = y * columns
    func logarithm(_ place: Int) -> Double {
      let h = SIMD2<Double>(wave[place])
      return log(max((h * h).sum(), .leastNormalMagnitude)) / 2
    }
    let middle = 2 * logarithm(index)
    return PlanarCovariance(
      xx: (logarithm(here + left) + logarithm(here + right) - middle) / (step.x * step.x),
      xy: (logarithm(above + left) + logarithm(below + right) - logarithm(above + right) - logarithm(below + left))
        / (4 * step.x * step.y),
      yy: (logarithm(above + x) + logarithm(below + x) - middle) / (step.y * step.y))
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
