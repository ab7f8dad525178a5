import Foundation
import TesseraFitting
import TesseraNumerics

/// Takes the tails of columns outside a patch's disc out of its moments.
///
/// A motif is what lies inside the disc. A column just outside still lends it the flank of its peak, so a vacancy there
/// would change the features of a site whose own neighbourhood is whole. Moments are linear in the image, so the
/// fitted Gaussians outside are subtracted as moments: those of a round Gaussian at distance r are tabulated once, and
/// turning by theta multiplies the cosine and sine terms by cos(q theta) and sin(q theta). Our addition; the papers cut
/// patches as they are. O(sites x outside neighbours x terms).
public struct PatchIsolation: Sendable {
  /// Columns farther from the rim than this many standard deviations leave nothing inside.
  public static let reach = 4.0

  /// Columns below this share of the strong ones (the 90 % quantile) are left alone: where some of a faint kind are found
  /// and some are missed, taking out the found ones would tell sites apart by luck.
  public static let faintShare = 0.2

  /// A disc keeps this many standard deviations from the border. Columns more than two outside the image are not fitted,
  /// those less far only by their flank, and both lift the background along the border. Discs at the
  /// very border would keep that, and their rows would become classes of their own.
  public static let borderMargin = 2.0

  /// The moments of the patches without what the columns outside their discs contribute.
  /// - Parameters:
  ///   - moments: one row per site; NaN for sites without a patch.
  ///   - sites: in the order of the moments' rows; sites without fitted height contribute nothing.
  ///   - outside: further columns, without patches of their own.
  ///   - image: width and height of the image in pixels: patches too near to its border have no moments (NaN); nil: all
  ///     are kept.
  ///   - basis: by which the moments were taken.
  public static func isolated(
    _ moments: ZernikeMoments, of sites: Sites, outside: Sites = Sites([]),
    inside image: (width: Int, height: Int)? = nil,
    basis: ZernikeBasis
  ) -> ZernikeMoments {
    let widths = sites.sites.filter { $0.amplitude.isFinite }.map { ($0.sigmaMajor * $0.sigmaMinor).squareRoot() }
    let sigma = Statistics.median(widths.filter(\.isFinite))
    guard sigma.isFinite, sigma > 0 else { return moments }
    let radius = Double(moments.side) / 2
    let room = radius + borderMargin * sigma
    let step = 0.25
    let table = self.table(
      basis: basis, side: moments.side, order: moments.order, sigma: sigma, from: radius - sigma / 2, step: step)
    let terms = ZernikeTerm.all(order: moments.order)
    let all = Sites(sites.sites + outside.sites)
    let positions = all.positions
    let index = PlanarIndex(positions)
    let columns = moments.values.columns
    let heights = all.sites.map(\.amplitude).filter(\.isFinite)
    let faint = faintShare * Statistics.quantile(heights, 0.9)
    let rows = concurrentMap(count: moments.count) { site -> [Float] in
      var row = Array(moments.values.row(site))
      guard !row[0].isNaN else { return row }
      let centre = positions[site]
      if let image,
        min(centre.x, centre.y, Double(image.width - 1) - centre.x, Double(image.height - 1) - centre.y) < room
      {
        return [Float](repeating: .nan, count: columns)
      }
      for other in index.neighbours(of: positions[site], within: radius + reach * sigma) where other != site {
        let offset = positions[other] - positions[site]
        let (r, height) = (offset.length, all[other].amplitude)
        // A column on the rim counts half: were it all or nothing, noise of the places would make classes.
        let share = min(1, max(0, (r - radius) / sigma + 0.5))
        guard share > 0, height > faint else { continue }
        let place = (r - radius + sigma / 2) / step
        let k = min(max(0, Int(saturating: place)), table.rows - 2)
        let t = Float(place - Double(k))
        let theta = offset.angle
        for column in 0..<columns {
          let q = terms[column].q
          // Only the cosine column of each pair is tabulated: at theta = 0 the sine terms vanish.
          let cosine = q >= 0 ? column : column + abs(q)
          let value = table[k, cosine] * (1 - t) + table[k + 1, cosine] * t
          let turn = q >= 0 ? cos(Double(q) * theta) : sin(Double(-q) * theta)
          row[column] -= Float(share * height * turn) * value
        }
      }
      return row
    }
    return ZernikeMoments(
      side: moments.side, order: moments.order,
      values: Matrix(rows: moments.count, columns: columns, values: rows.flatMap { $0 }))
  }

  /// Moments of Gaussians of unit height on +x at distances `from`, `from + step`, ...
  private static func table(
    basis: ZernikeBasis, side: Int, order: Int, sigma: Double, from radius: Double, step: Double
  ) -> Matrix<Float> {
    let count = Int(saturating: ((reach + 0.5) * sigma / step).rounded(.up)) + 2
    let centre = Double(side - 1) / 2
    var pixels = Matrix<Float>(rows: count, columns: side * side, filling: 0)
    for k in 0..<count {
      let column = GaussianColumn(
        amplitude: 1, centre: Point(centre + radius + Double(k) * step, centre), sigma: sigma)
      column.forEachPixel(radius: reach * sigma, width: side, height: side) { index, _, _, value in
        pixels[k, index] = Float(value)
      }
    }
    return basis.moments(ofRows: pixels)
  }
}

extension GaussianColumn {
  /// Calls `body(index, dx, dy, value)` for the pixels within `radius` of the centre, row by row.
  @inline(__always)
  fileprivate func forEachPixel(
    radius: Double, width: Int, height: Int, _ body: (_ index: Int, _ dx: Double, _ dy: Double, _ value: Double) -> Void
  ) {
    let (_, ys) = window(radius: radius, width: width, height: height)
    let limit = radius * radius
    for y in ys {
      let dy = Double(y) - centre.y
      // The chord of the disc in this row.
      let half = max(0, limit - dy * dy).squareRoot()
      let first = max(0, Int(saturating: (centre.x - half).rounded(.up)))
      let last = min(width - 1, Int(saturating: (centre.x + half).rounded(.down)))
      guard first <= last else { continue }
      // exp of a quadratic along a row: each pixel's factor follows from the last by two multiplications.
      let dx0 = Double(first) - centre.x
      var value = amplitude * exp(-0.5 * (p * dx0 * dx0 + 2 * q * dx0 * dy + r * dy * dy))
      var step = exp(-(p * (dx0 + 0.5) + q * dy))
      let stepFactor = exp(-p)
      var dx = dx0
      for index in y * width + first...y * width + last {
        body(index, dx, dy, value)
        value *= step
        step *= stepFactor
        dx += 1
      }
    }
  }
}
