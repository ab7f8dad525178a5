import Foundation
import TesseraNumerics

/// Interpolation of evenly spaced samples by eight of them, weighted by a sinc under Kaiser's window with beta = 6:
///
///     w(t) = sin(πt) / (πt) · I₀(β √(1 − (t/4)²)) / I₀(β),   |t| < 4,
///
/// divided by the sum of the eight weights. Source: Oppenheim & Schafer, Discrete-Time Signal Processing, 7.5.3. Whatever the
/// fraction, a wave keeps its amplitude and place to .0006 up to .25 cycles per sample, to .024 at .3 and to .11 at .35;
/// beyond, it fades.
package enum WindowedSinc {
  /// Samples that take part: those at -3 ... 4 from the one below.
  static let taps = 8
  static let before = 3
  private static let beta = 6.0

  /// Weights of the samples at -3 ... 4 from a place `fraction` (0 ... 1) behind the sample below.
  static func weights(at fraction: Double) -> [Float] { exactWeights(at: fraction).map { Float($0) } }

  /// Derivatives of the weights: those of the slope at the place, in units a sample.
  static func slopes(at fraction: Double) -> [Float] {
    let step = 1e-4
    return zip(exactWeights(at: fraction + step), exactWeights(at: fraction - step)).map {
      Float(($0 - $1) / (2 * step))
    }
  }

  private static func exactWeights(at fraction: Double) -> [Double] {
    let weights = (0..<taps).map { kernel(fraction - Double($0 - before)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// The samples that make one of a coarser grid, and their weights, whose sum is 1.
  ///
  /// The kernel is `factor` times as wide, w(t / factor), so that waves which the coarser grid cannot hold fade.
  /// - Parameters:
  ///   - place: where the new sample lies, in samples of the source.
  ///   - factor: samples of the source per new sample, 1 or more.
  static func weights(around place: Double, stretchedBy factor: Double) -> (first: Int, weights: [Double]) {
    let first = Int(saturating: (place - 4 * factor).rounded(.up))
    let last = Int(saturating: (place + 4 * factor).rounded(.down))
    let weights = (first...last).map { kernel((Double($0) - place) / factor) }
    let sum = weights.reduce(0, +)
    return (first, weights.map { $0 / sum })
  }

  private static func kernel(_ t: Double) -> Double {
    guard abs(t) < 4 else { return 0 }
    let sinc = abs(t) < 1e-12 ? 1 : sin(.pi * t) / (.pi * t)
    return sinc * bessel(beta * (1 - t * t / 16).squareRoot())
  }

  /// The modified Bessel function I₀ by its power series.
  private static func bessel(_ x: Double) -> Double {
    var (term, sum) = (1.0, 1.0)
    for k in 1...30 {
      term *= (x / 2 / Double(k)) * (x / 2 / Double(k))
      sum += term
    }
    return sum
  }

  /// The samples around whole places of a row that starts `offset` behind the source's start: `output[i]` is the source at
  /// i + offset. Outside, the source's end repeats.
  package static func shift(_ source: Span<Float>, by offset: Double, into output: inout MutableSpan<Float>) {
    let below = offset.rounded(.down)
    let weights = weights(at: offset - below)
    let padded = padded(source, from: Int(saturating: below) - before, count: output.count + taps - 1)
    let values = padded.span
    let width = output.count
    for tap in 0..<taps where weights[tap] != 0 {
      let weight = weights[tap]
      let part = values.extracting(tap..<tap + width)
      for x in 0..<width { output[x] += weight * part[x] }
    }
  }

  /// `count` samples from index `first` on; outside, the ends repeat.
  static func padded(_ source: Span<Float>, from first: Int, count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count {
        buffer.initializeElement(at: index, to: source[max(0, min(source.count - 1, first + index))])
      }
      initialized = count
    }
  }
}
