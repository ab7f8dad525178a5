import Foundation
import TesseraNumerics

/// What a polygon's corners say of it.
package struct PolygonShape: Sendable {
  /// Mean of the corners, in pixels.
  package let centre: Point
  /// In square pixels; positive where the corners run from +x towards +y.
  package let area: Double
  /// Mean distance of the corners from the centre, in pixels.
  package let radius: Double
  /// How regular the polygon is, 0 ... 1: with the corners as complex numbers z and cₖ their discrete Fourier transform,
  ///
  ///     r = |c₁|² / Σ |cₖ|²,   k = 1 ... n − 1:
  ///
  /// the share of the corners' variance that the best regular n-gon explains, whatever its place, turn and size. 1 for a regular
  /// polygon. Source: Zahn & Roskies, IEEE Trans. Comput. 21 (1972) 269, on Fourier descriptors of closed curves.
  package let regularity: Double

  package init(_ corners: [Point]) {
    let n = Double(corners.count)
    let mean = corners.reduce(Point.zero, +) / n
    var (twice, radius, variance, first) = (0.0, 0.0, 0.0, Point.zero)
    for (k, corner) in corners.enumerated() {
      let (p, q) = (corner - mean, corners[(k + 1) % corners.count] - mean)
      twice += p.cross(q)
      radius += p.length / n
      variance += p.squaredLength / n
      first += p.rotated(by: -2 * .pi * Double(k) / n) / n
    }
    (centre, area, self.radius) = (mean, twice / 2, radius)
    regularity = variance > 0 ? min(1, first.squaredLength / variance) : 0
  }
}
