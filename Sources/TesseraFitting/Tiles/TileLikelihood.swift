import Foundation
import TesseraImaging
import TesseraNumerics

/// By how much a change of the model raises the logarithm of the likelihood of a tile's pixels.
///
/// For a variance c + g m of a pixel of model intensity m, the quasi-likelihood Q with dQ/dm = (n - m) / (c + g m),
///
///     Q = ((g n + c) log v - v) / g²,   v = c + g m;      Q = -(n - m)² / 2c   for g = 0,
///
/// is the function whose scores `TileEquations` solves; for c = 0 and g = 1 it is Poisson's log likelihood (Wedderburn,
/// Biometrika 61 (1974) 439). Below the least variance, v stays there.
struct TileLikelihood {
  private let constant, gain, least: Double

  init(of scene: FitScene) {
    (constant, least) = (scene.constantVariance, scene.leastVariance)
    // The quotient by g² would leave rounding errors only where the variance hardly varies.
    gain = scene.gain * scene.largestAmplitude > 1e-3 * scene.constantVariance ? scene.gain : 0
  }

  /// - Parameters:
  ///   - change: new model minus old, on the pixels of the rectangle; four pixels behind the last may be read.
  ///   - pixels: a rectangle of the image.
  func rise(by change: UnsafePointer<Float>, on pixels: PixelRectangle, in scene: FitScene) -> Double {
    var total = 0.0
    let width = scene.image.width
    for row in 0..<pixels.height {
      let from = (pixels.y + row) * width + pixels.x
      let image = scene.image.values.span.extracting(from..<from + pixels.width)
      let residual = scene.residual.values.span.extracting(from..<from + pixels.width)
      let measured = scene.measured.values.span.extracting(from..<from + pixels.width)
      let line = change + row * pixels.width
      var sums = SIMD4<Double>.zero
      var i = 0
      while i + 4 <= pixels.width {
        let n = SIMD4<Double>(SIMD4<Float>(image[i], image[i + 1], image[i + 2], image[i + 3]))
        let r = SIMD4<Double>(SIMD4<Float>(residual[i], residual[i + 1], residual[i + 2], residual[i + 3]))
        let m = SIMD4<Double>(SIMD4<Float>(measured[i], measured[i + 1], measured[i + 2], measured[i + 3]))
        let d = SIMD4<Double>(SIMD4<Float>(line[i], line[i + 1], line[i + 2], line[i + 3]))
        sums += m * rises(n, r, d)
        i += 4
      }
      while i < pixels.width {
        total += Double(measured[i]) * rise(Double(image[i]), Double(residual[i]), Double(line[i]))
        i += 1
      }
      total += sums.sum()
    }
    return total
  }

  /// The rise at four pixels of value n, residual r and change d.
  @inline(__always)
  private func rises(_ n: SIMD4<Double>, _ r: SIMD4<Double>, _ d: SIMD4<Double>) -> SIMD4<Double> {
    if gain > 0 {
      let old = constant + gain * (n - r)
      let change = gain * d
      let new = old + change
      // log(new / old) = 2 artanh z; four terms of its series are good to 1e-5 of it up to a third.
      let z = change / (old + new)
      let square = z * z
      if min(old.min(), new.min()) >= least && square.max() <= 1 / 9 {
        let tail: SIMD4<Double> = (square / 7 + 0.2) * square + 1.0 / 3
        let logarithm: SIMD4<Double> = 2 * z * (tail * square + 1)
        let goal: SIMD4<Double> = gain * n + constant
        return (goal * logarithm - change) / (gain * gain)
      }
    }
    return SIMD4(rise(n[0], r[0], d[0]), rise(n[1], r[1], d[1]), rise(n[2], r[2], d[2]), rise(n[3], r[3], d[3]))
  }

  private func rise(_ n: Double, _ r: Double, _ d: Double) -> Double {
    guard gain > 0 else { return d * (r - d / 2) / max(least, constant) }
    let goal = gain * n + constant
    func likelihood(_ v: Double) -> Double {
      if v >= least { return goal * log(v) - v }
      let below = v - least
      return goal * log(least) - least + below * (goal - least - below / 2) / least
    }
    let old = constant + gain * (n - r)
    return (likelihood(old + gain * d) - likelihood(old)) / (gain * gain)
  }
}
