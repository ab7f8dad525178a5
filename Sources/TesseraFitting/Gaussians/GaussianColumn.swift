import Foundation
import TesseraNumerics

/// One column's intensity above background,
///
///     g(x, y) = A exp(-(p dx² + 2 q dx dy + r dy²) / 2),   (dx, dy) = (x, y) - centre,
///
/// with (p, q; q, r) the inverse of the covariance of the Gaussian. Source: A23, section 2.4 ("2-D Gaussian fitting").
package struct GaussianColumn: Sendable {
  package var amplitude: Double
  package var centre: Point
  /// The inverse covariance, in 1 / pixels².
  package var p, q, r: Double

  package init(amplitude: Double, centre: Point, sigma: Double) {
    (self.amplitude, self.centre) = (amplitude, centre)
    (p, q, r) = (1 / (sigma * sigma), 0, 1 / (sigma * sigma))
  }

  /// Whether every parameter is a number: those of a fit of hostile values may not be.
  var isFinite: Bool { (amplitude + centre.x + centre.y + p + q + r).isFinite }

  /// Makes the column round.
  package mutating func setSigma(_ sigma: Double) { (p, q, r) = (1 / (sigma * sigma), 0, 1 / (sigma * sigma)) }

  /// Standard deviations along the axes (major first) and the direction of the major axis, in radians.
  package var axes: (major: Double, minor: Double, angle: Double) {
    let (mean, half) = ((p + r) / 2, (((p - r) / 2) * ((p - r) / 2) + q * q).squareRoot())
    // The smaller eigenvalue of the inverse covariance belongs to the longer axis.
    let (low, high) = (max(mean - half, 1e-12), max(mean + half, 1e-12))
    let angle = half > 1e-12 * mean ? 0.5 * atan2(-2 * q, r - p) : 0
    return (1 / low.squareRoot(), 1 / high.squareRoot(), angle)
  }

  /// Geometric mean of both standard deviations, in pixels.
  package var sigma: Double { 1 / max(p * r - q * q, 1e-12).squareRoot().squareRoot() }

  /// Sum of all pixels above background: 2 pi A sigma_major sigma_minor.
  package var volume: Double { 2 * .pi * amplitude * sigma * sigma }

  /// p dx² + 2 q dx dy + r dy².
  package func quadratic(_ d: Point) -> Double { p * d.x * d.x + 2 * q * d.x * d.y + r * d.y * d.y }

  /// Half sides of the rectangle around an ellipse of so many standard deviations, in pixels.
  package func reach(_ deviations: Double) -> Point {
    let scale = deviations / max(p * r - q * q, 1e-12).squareRoot()
    return Point(scale * max(r, 0).squareRoot(), scale * max(p, 0).squareRoot())
  }

  /// Keeps both standard deviations within bounds, by clipping the eigenvalues of the inverse covariance.
  package mutating func clampWidths(_ bounds: ClosedRange<Double>) {
    let (low, high) = (1 / (bounds.upperBound * bounds.upperBound), 1 / (bounds.lowerBound * bounds.lowerBound))
    let (mean, half) = ((p + r) / 2, (((p - r) / 2) * ((p - r) / 2) + q * q).squareRoot())
    let (small, large) = (mean - half, mean + half)
    guard small < low || large > high else { return }
    let (s, l) = (min(max(small, low), high), min(max(large, low), high))
    let (c, d) = half > 0 ? ((p - r) / (2 * half), q / half) : (0, 0)  // cos and sin of twice the axis angle
    let (newMean, newHalf) = ((s + l) / 2, (l - s) / 2)
    (p, q, r) = (newMean + newHalf * c, newHalf * d, newMean - newHalf * c)
  }

  /// The pixels of a window that the column reaches: all within `radius` of the centre, cut at the image.
  package func window(radius: Double, width: Int, height: Int) -> (x: Range<Int>, y: Range<Int>) {
    func span(_ centre: Double, _ limit: Int) -> Range<Int> {
      let low = max(0, Int(saturating: (centre - radius).rounded(.up)))
      let high = min(limit - 1, Int(saturating: (centre + radius).rounded(.down)))
      return low <= high ? low..<high + 1 : 0..<0
    }
    return (span(centre.x, width), span(centre.y, height))
  }
}
