import Foundation
import TesseraNumerics

/// The five features of [P21] for a random forest: mean, standard deviation and centre of mass of S, mean and standard deviation of
/// the crop.
///
/// S(i) is the sum of |F| over a soft ring that begins √2 i pixels of the transform from its centre: it rises over 4 pixels, is flat over 10 and
/// falls over 4, both edges error functions. The crop is the bounding box of the particle, cut to a square of side n around its middle;
/// i runs to min(n, 100).
package enum RingFeatures {
  package static let names = ["ring_mean", "ring_deviation", "ring_centre", "crop_mean", "crop_deviation"]

  /// - Parameter crop: a square.
  package static func values(of crop: Raster<Float>) -> [Double] {
    let side = crop.width
    let spectrum = FourierTransform(width: side, height: side).spectrum(of: crop)
    // Sums of |F| over rings of a quarter of a pixel.
    let fineness = 4.0
    let count = Int(fineness * Double(side)) + 1
    var sums = [Double](repeating: 0, count: count)
    for row in 0..<side {
      let y = spectrum.frequencyY(row) * Double(side)
      for column in 0..<spectrum.columns {
        let value = spectrum.values[row * spectrum.columns + column]
        // Columns between the first and the last stand for their mirror images, too.
        let weight = column == 0 || 2 * column == side ? 1.0 : 2.0
        let radius = hypot(Double(column), y)
        let bin = Int((radius * fineness).rounded())
        if bin < count { sums[bin] += weight * Double((value.x * value.x + value.y * value.y).squareRoot()) }
      }
    }
    let rings = (0..<min(side, 100)).map { index -> Double in
      let start = 2.0.squareRoot() * Double(index)
      let (low, high) = (Int(start * fineness), min(count - 1, Int((start + 19) * fineness)))
      guard low <= high else { return 0 }
      return (low...high).reduce(0.0) { $0 + sums[$1] * Self.ring(Double($1) / fineness - start) }
    }
    let total = rings.reduce(0, +)
    let centre = rings.enumerated().reduce(0.0) { $0 + Double($1.offset) * $1.element } / max(total, 1e-300)
    return [
      Statistics.mean(rings), Statistics.deviation(rings), centre, Statistics.mean(crop.values),
      Statistics.deviation(crop.values),
    ]
  }

  /// Weight at a distance from where the ring begins.
  private static func ring(_ distance: Double) -> Double {
    // An edge of 4 pixels holds ± 2 standard deviations.
    let rise = 0.5 * (1 + erf((distance - 2) / 2.0.squareRoot()))
    let fall = 0.5 * (1 + erf((distance - 16) / 2.0.squareRoot()))
    return rise - fall
  }
}
