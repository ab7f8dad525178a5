import Foundation
import TesseraNumerics

extension BraggPeaks {
  /// Radius around a spot in which its shape is measured, in standard deviations of a spot.
  private static let reach = 4.0

  /// The shape of one spot.
  package struct Streak {
    /// Long axis over short axis of the power around the spot: 1 for a crystal as wide as it is long.
    package var elongation: Double
    /// Direction of the long axis in radians.
    package var direction: Double
  }

  /// The second moments of the power around a spot, less that of its ring.
  ///
  /// A fault that is seen edge-on draws the spots of the planes that it shifts out along its normal, or splits them, however small the
  /// particle is; the spots of planes that it does not shift stay round (Warren, X-ray Diffraction, Addison-Wesley 1969, chapter 13).
  package func streak(of peak: Peak) -> Streak {
    let (cx, cy) = (peak.frequency.x * Double(side), peak.frequency.y * Double(side))
    let radius = Self.reach * spotWidth
    let reach = Int(radius.rounded(.up))
    let background = median(atRadius: (cx * cx + cy * cy).squareRoot())
    var (sum, xx, xy, yy) = (0.0, 0.0, 0.0, 0.0)
    for dy in -reach...reach {
      for dx in -reach...reach {
        let (x, y) = (Int(cx.rounded()) + dx, Int(cy.rounded()) + dy)
        let (u, v) = (Double(x) - cx, Double(y) - cy)
        guard u * u + v * v <= radius * radius else { continue }
        let value = spectrum[((y % side + side) % side) * side + (x % side + side) % side]
        let excess = max(0, Double(value.x * value.x + value.y * value.y) - 2 * background)
        (sum, xx, xy, yy) = (sum + excess, xx + excess * u * u, xy + excess * u * v, yy + excess * v * v)
      }
    }
    guard sum > 0 else { return Streak(elongation: 1, direction: 0) }
    let half = ((xx - yy) * (xx - yy) / 4 + xy * xy).squareRoot()
    let (long, short) = ((xx + yy) / 2 + half, max((xx + yy) / 2 - half, 0.01 * (xx + yy)))
    return Streak(
      elongation: short > 0 ? (long / short).squareRoot() : 1, direction: 0.5 * atan2(2 * xy, xx - yy))
  }
}
