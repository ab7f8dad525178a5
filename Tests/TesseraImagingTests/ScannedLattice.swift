import Foundation
import TesseraNumerics

/// Columns on a slightly oblique lattice, of different heights so that no lattice vector is a symmetry, scanned while the
/// specimen moves.
struct ScannedLattice {
  var size = 160
  /// Counts in the brightest pixel; nil: no noise.
  var counts: Double? = 1000
  var sigma = 2.2
  var a = Point(11.3, 0.8)
  var b = Point(-4.9, 10.1)
  /// Distance over which heights vary; 0: all are equal.
  var contrast = 0.6
  /// Angle by which the lattice is turned about the middle, from +x towards +y in radians.
  var turn = 0.0

  /// The frame whose line k is scanned while the specimen has moved by `displacements[k]`, along axes turned by quarters.
  func frame(_ displacements: [Point], quarterTurns: Int = 0, seed: UInt64) -> Raster<Float> {
    let middle = Point(Double(size - 1), Double(size - 1)) / 2
    var heights = RandomSource(seed: 77)
    var image = Raster<Float>(width: size, height: size, filling: 0)
    for i in -40...40 {
      for j in -40...40 {
        let height = 1 - contrast * heights.uniform()
        let node = Double(i) * a + Double(j) * b
        let place = middle + Point(node.x * cos(turn) - node.y * sin(turn), node.x * sin(turn) + node.y * cos(turn))
        guard (place - middle).length < Double(size) else { continue }
        for k in 0..<size {
          let seen = middle + (place + displacements[k] - middle).turnedBack(quarterTurns)
          let dy = Double(k) - seen.y
          guard abs(dy) < 6 * sigma else { continue }
          let first = max(0, Int(seen.x - 6 * sigma))
          for x in first..<max(first, min(size, Int(seen.x + 6 * sigma) + 2)) {
            let dx = Double(x) - seen.x
            image[x, k] += Float(height * exp(-(dx * dx + dy * dy) / (2 * sigma * sigma)))
          }
        }
      }
    }
    guard let counts else { return image }
    var random = RandomSource(seed: seed, stream: 5)
    return image.map { Float(random.poisson(counts * Double($0))) }
  }

  func still(_ shift: Point, seed: UInt64) -> Raster<Float> {
    frame([Point](repeating: shift, count: size), seed: seed)
  }
}

extension SIMD2 where Scalar == Double {
  fileprivate func turnedBack(_ quarters: Int) -> Self {
    (0..<quarters).reduce(self) { point, _ in Self(point.y, -point.x) }
  }
}
