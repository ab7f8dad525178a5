import TesseraNumerics

/// Whether two patterns are one lattice that the scan, or strain, has distorted a little: their autocorrelations are then one but for
/// an affine map near the identity, A_1((1 + E) t) = A_2(t).
///
/// Grains that are turned by more, other lattices, and other motifs on one lattice do not agree.
struct DistortedLattice: Sendable {
  /// Entries of E are smaller: strains of 3 %, and turns of 1.7 degrees.
  static let largestDistortion = 0.03
  /// Larger ones are tried, since those within the limit agree well with a lattice that lies beyond it: 0.95 at a strain of 6 %.
  private static let largestTried = 0.08
  /// Correlation of the autocorrelations from which on two lattices are one: below 0.75 for the phases and grains of all simulated
  /// specimens.
  static let leastAgreement = 0.95
  /// The same where there is no noise: 0.994 and more for parts of one crystal that a scan has distorted otherwise, 0.97 where a second
  /// column of a fifth of the height is in one of them and not in the other.
  private static let leastCleanAgreement = 0.98
  /// The same for a strip along the border of the image, which has few lines of a noisy scan: 0.94 and more for a part of the lattice
  /// beside it, 0.63 for the band of a fault.
  private static let leastStripAgreement = 0.9

  /// What two parts of an image are as one lattice; nil where they are not.
  /// - Parameter isStrip: whether one of them is a strip along the border.
  static func distortion(
    between a: RepeatVectors, and b: RepeatVectors, isStrip: Bool, spacing: Double
  ) -> LatticeDistortion? {
    let best = DistortedLattice(a.map, b.map, spacing: spacing).best(within: isStrip ? largestDistortion : largestTried)
    let clean = leastCleanAgreement * (a.reliability * b.reliability).squareRoot()
    guard best.agreement >= (isStrip ? leastStripAgreement : max(leastAgreement, clean)),
      best.entries.allSatisfy({ abs($0) <= Float(largestDistortion) })
    else { return nil }
    return LatticeDistortion(best.entries.map { Double($0) })
  }

  private let reach: Int
  private let first: Raster<Float>
  /// Shifts at which both are compared, half a plane spacing or longer; the second's values there, their mean taken off.
  private let places: [(x: Float, y: Float)]
  private let values: [Float]

  /// - Parameters:
  ///   - a, b: autocorrelations of one size, no shift in the middle.
  ///   - spacing: distance of lattice planes in pixels.
  init(_ a: Raster<Float>, _ b: Raster<Float>, spacing: Double) {
    (reach, first) = (a.width / 2, a)
    var (places, values) = ([(x: Float, y: Float)](), [Float]())
    // The map is smooth over a pixel, and even.
    for y in stride(from: 0, through: reach, by: 2) {
      for x in stride(from: -reach, through: reach, by: 2) {
        let length = Double(x * x + y * y).squareRoot()
        guard length > spacing / 2, length < 0.9 * Double(reach) else { continue }
        places.append((Float(x), Float(y)))
        values.append(b[x + reach, y + reach])
      }
    }
    let mean = values.reduce(0, +) / Float(max(1, values.count))
    (self.places, self.values) = (places, values.map { $0 - mean })
  }

  /// The largest correlation over all distortions within the limit; -1 ... 1.
  var agreement: Double { best(within: Self.largestDistortion).agreement }

  /// The largest correlation, by steps along each entry of E that become smaller, and E.
  private func best(within limit: Double) -> (agreement: Double, entries: [Float]) {
    var distortion = [Float](repeating: 0, count: 4)
    var best = correlation(distortion)
    for step: Float in [0.015, 0.0075, 0.004, 0.002] {
      var hasRisen = true
      while hasRisen {
        hasRisen = false
        for entry in 0..<4 {
          for sign: Float in [-1, 1] {
            var other = distortion
            other[entry] += sign * step
            guard abs(other[entry]) <= Float(limit) else { continue }
            let value = correlation(other)
            if value > best + 1e-6 { (best, distortion, hasRisen) = (value, other, true) }
          }
        }
      }
    }
    return (best, distortion)
  }

  private func correlation(_ e: [Float]) -> Double {
    var (sum, squares, products, power) = (0.0, 0.0, 0.0, 0.0)
    let middle = Float(reach)
    for (place, value) in zip(places, values) {
      let u = max(0, min(2 * middle, place.x + e[0] * place.x + e[1] * place.y + middle))
      let v = max(0, min(2 * middle, place.y + e[2] * place.x + e[3] * place.y + middle))
      let (left, top) = (min(2 * reach - 1, Int(u)), min(2 * reach - 1, Int(v)))
      let (fx, fy) = (u - Float(left), v - Float(top))
      let upper = first[left, top] * (1 - fx) + first[left + 1, top] * fx
      let lower = first[left, top + 1] * (1 - fx) + first[left + 1, top + 1] * fx
      let here = Double(upper * (1 - fy) + lower * fy)
      sum += here
      squares += here * here
      products += here * Double(value)
      power += Double(value) * Double(value)
    }
    let variance = squares - sum * sum / Double(max(1, values.count))
    return variance > 0 && power > 0 ? products / (variance * power).squareRoot() : 0
  }
}
