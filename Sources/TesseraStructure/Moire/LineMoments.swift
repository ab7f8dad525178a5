import Foundation
import TesseraNumerics

/// Sums over one line of pixels for every two of some frequencies f, g:
///
///     Σ w xᵖ exp(2πi (f ± g) x),   p = 0, 1, 2.
///
/// All inner products of `WaveDictionary` are products of those of a row and those of a column.
package struct LineMoments: Sendable {
  /// Those of p = 0, 1, 2.
  typealias Powers = (SIMD2<Double>, SIMD2<Double>, SIMD2<Double>)
  /// Of f + g and of f − g, for each f the g in their order.
  let sums, differences: [Powers]

  /// - Parameters:
  ///   - frequencies: in cycles per pixel.
  ///   - weights: of each pixel of the line, whose middle has the coordinate 0.
  init(of frequencies: [Double], weights: [Double]) {
    let n = frequencies.count
    let triangle = concurrentMap(count: n) { k in
      (0...k).map { l in
        (
          Self.powers(frequencies[k] + frequencies[l], weights), Self.powers(frequencies[k] - frequencies[l], weights)
        )
      }
    }
    let none: Powers = (.zero, .zero, .zero)
    var sums = [Powers](repeating: none, count: n * n)
    var differences = sums
    for k in 0..<n {
      for l in 0...k {
        let (sum, difference) = triangle[k][l]
        (sums[k * n + l], sums[l * n + k]) = (sum, sum)
        // The opposite frequency: the complex conjugate.
        func conjugate(_ value: SIMD2<Double>) -> SIMD2<Double> { [value.x, -value.y] }
        differences[l * n + k] = (conjugate(difference.0), conjugate(difference.1), conjugate(difference.2))
        differences[k * n + l] = difference
      }
    }
    (self.sums, self.differences) = (sums, differences)
  }

  private static func powers(_ frequency: Double, _ weights: [Double]) -> Powers {
    let middle = Double(weights.count - 1) / 2
    let step = SIMD2(cos(2 * .pi * frequency), sin(2 * .pi * frequency))
    var sums: Powers = (.zero, .zero, .zero)
    // Outside a part of the field all weights are zero.
    guard let first = weights.firstIndex(where: { $0 != 0 }), let last = weights.lastIndex(where: { $0 != 0 }) else {
      return sums
    }
    let start = 2 * .pi * frequency * (Double(first) - middle)
    var wave = SIMD2(cos(start), sin(start))
    weights.withUnsafeBufferPointer { weights in
      for index in first...last {
        let coordinate = Double(index) - middle
        var term = wave * weights[index]
        sums.0 += term
        term *= coordinate
        sums.1 += term
        term *= coordinate
        sums.2 += term
        wave = [wave.x * step.x - wave.y * step.y, wave.x * step.y + wave.y * step.x]
      }
    }
    return sums
  }
}

/// Σ w xᵖ yᵠ exp(2πi f·(x, y)) over a field, p + q up to 2.
struct Moments {
  let x, y: LineMoments.Powers

  subscript(growth: WaveDictionary.Growth, other: WaveDictionary.Growth) -> SIMD2<Double> {
    func power(_ powers: LineMoments.Powers, _ order: Int) -> SIMD2<Double> {
      order == 0 ? powers.0 : order == 1 ? powers.1 : powers.2
    }
    let a = power(x, (growth == .x ? 1 : 0) + (other == .x ? 1 : 0))
    let b = power(y, (growth == .y ? 1 : 0) + (other == .y ? 1 : 0))
    return [a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x]
  }
}
