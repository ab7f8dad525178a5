import Foundation
import TesseraNumerics

/// The power of groups of plane waves in images of one size, all amplitudes fitted together: what one image costs does not contain the
/// inner products of the waves.
struct WavePowers: Sendable {
  private let waves: WaveDictionary
  /// Entries of the dictionary: the constant, then cosine and sine of each wave.
  private let used: [Int]
  private let inverse: Matrix<Double>
  /// Waves in each group.
  private let counts: [Int]

  /// Nil where the waves cannot be told apart in such an image.
  /// - Parameter groups: frequencies in cycles per pixel.
  init?(width: Int, height: Int, groups: [[Point]]) {
    let frequencies = groups.flatMap { $0 }
    let waves = WaveDictionary(width: width, height: height, waves: frequencies)
    let used =
      [waves.index(.none, 0, .cosine)]
      + (1...frequencies.count).flatMap { [waves.index(.none, $0, .cosine), waves.index(.none, $0, .sine)] }
    let gram = waves.gram(taperPower: 1).selecting(rows: used).selecting(columns: used)
    guard let solved = SmallSystem.inverse(gram.values, count: used.count) else { return nil }
    (self.waves, self.used) = (waves, used)
    inverse = Matrix(rows: used.count, columns: used.count, values: solved)
    counts = groups.map(\.count)
  }

  /// The power of each group beyond what white noise gives, in the squared units of the image; below zero by chance.
  /// - Parameter noise: standard deviation.
  func powers(in image: Raster<Float>, noise: Double) -> [Double] {
    let all = waves.products(with: image, columns: 0..<image.width, rows: 0..<image.height)
    let amplitudes = inverse.times(Matrix(rows: used.count, columns: 1, values: used.map { all[$0] })).values
    var first = 1
    return counts.map { count in
      defer { first += 2 * count }
      return (first..<first + 2 * count).reduce(0) {
        $0 + amplitudes[$1] * amplitudes[$1] - noise * noise * inverse[$1, $1]
      }
    }
  }
}
