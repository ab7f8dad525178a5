import Foundation
import TesseraNumerics

/// Draws columns as Gaussians of one shape, each over the pixels within six standard deviations.
///
/// The intensity of pixel (x, y) is
///
///     I(x, y) = Σₖ wₖ exp(−½ (s − rₖ)ᵀ C⁻¹ (s − rₖ)),   s = (x, y) + shift(y),
///
/// where the covariance C is sigma² plus the variance L²/12 of a column that is seen from the side over a length L,
/// and shift(y) is how far the probe was off while it scanned row y.
package struct ColumnRenderer {
  /// Standard deviation of a column seen straight from above, in pixels; positive.
  package var sigma: Double
  /// Projection of a tilted column onto the image, in pixels.
  package var tilt = Point.zero
  /// Displacement of the probe in each row, in pixels; empty for none.
  package var shifts: [Point] = []

  package init(sigma: Double, tilt: Point = .zero, shifts: [Point] = []) {
    (self.sigma, self.tilt, self.shifts) = (sigma, tilt, shifts)
  }

  /// Where the Gaussian is cut off: 1.5e-8 of its height.
  package static let reach = 6.0

  /// Rows that one piece of work draws; fixed, so that sums have one order.
  private static let band = 32

  package func image(of columns: [ImagedColumn], width: Int, height: Int) -> Raster<Float> {
    let (xx, xy, yy) = covariance
    // A row of a two-dimensional Gaussian is a Gaussian in x whose centre moves with y.
    let slope = xy / yy
    let rowSigma = (xx - xy * slope).squareRoot()
    let (reachX, reachY) = (Self.reach * xx.squareRoot(), Self.reach * yy.squareRoot())
    let rows = (0..<height).map { y in shifts.isEmpty ? Point(0, Double(y)) : shifts[y] + Point(0, Double(y)) }
    let sorted = columns.sorted { ($0.position.y, $0.position.x) < ($1.position.y, $1.position.x) }
    let bands = concurrentMap(chunksOf: Self.band, of: height) { band in
      var pixels = [Float](repeating: 0, count: band.count * width)
      let ys = rows[band].map(\.y)
      let (low, high) = (ys.min()! - reachY, ys.max()! + reachY)
      var profile: [Float] = []
      for column in sorted[partition(sorted, low)...] {
        let place = column.position
        if place.y > high { break }
        var (drawnCentre, first) = (Double.nan, 0)
        for y in band {
          let distance = rows[y].y - place.y
          if abs(distance) > reachY { continue }
          let centre = place.x + slope * distance - rows[y].x
          if centre != drawnCentre {
            (profile, first) = Self.profile(centre: centre, sigma: rowSigma, reach: reachX, width: width)
            drawnCentre = centre
          }
          let height = Float(column.weight * exp(-distance * distance / (2 * yy)))
          let start = (y - band.lowerBound) * width + first
          var all = pixels.mutableSpan
          var line = all._mutatingExtracting(start..<start + profile.count)
          for x in profile.indices { line[x] += height * profile[x] }
        }
      }
      return pixels
    }
    return Raster(width: width, height: height, values: Array(bands.joined()))
  }

  private var covariance: (xx: Double, xy: Double, yy: Double) {
    (
      sigma * sigma + tilt.x * tilt.x / 12, tilt.x * tilt.y / 12,
      sigma * sigma + tilt.y * tilt.y / 12
    )
  }

  /// Values of a Gaussian of height 1 at the pixels of a row that it reaches, and the first of them.
  private static func profile(centre: Double, sigma: Double, reach: Double, width: Int) -> ([Float], Int) {
    let first = Int(max(0, (centre - reach).rounded(.up)))
    let last = Int(min(Double(width - 1), (centre + reach).rounded(.down)))
    guard first <= last else { return ([], 0) }
    let scale = -1 / (2 * sigma * sigma)
    return ((first...last).map { Float(exp(scale * (Double($0) - centre) * (Double($0) - centre))) }, first)
  }
}

/// The first index whose column lies at or below a row.
private func partition(_ sorted: [ImagedColumn], _ y: Double) -> Int {
  var (low, high) = (0, sorted.count)
  while low < high {
    let middle = (low + high) / 2
    if sorted[middle].position.y < y { low = middle + 1 } else { high = middle }
  }
  return low
}
