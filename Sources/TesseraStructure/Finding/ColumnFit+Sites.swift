import Foundation
import TesseraFitting
import TesseraNumerics

extension ColumnFit.Outcome {
  /// The columns as sites, with the background at each.
  var sites: Sites {
    Sites(
      zip(columns, accuracies).map { column, accuracy in
        let axes = column.axes
        let x = min(max(Int(saturating: column.centre.x.rounded()), 0), background.width - 1)
        let y = min(max(Int(saturating: column.centre.y.rounded()), 0), background.height - 1)
        return Site(
          position: column.centre, amplitude: column.amplitude, sigmaMajor: axes.major, sigmaMinor: axes.minor,
          angle: axes.angle, background: Double(background[x, y]), intensity: column.volume,
          intensityError: accuracy.intensity, kind: background.excess(of: column.centre) > 0 ? .outside : .column)
      })
  }

  /// How far outside the image a listed column may be centred, in standard deviations: a fifteenth of its light falls
  /// on pixels from there.
  static let listedReach = 1.5
  /// The largest standard error of the place of a column listed outside, in standard deviations.
  static let listedError = 1.0 / 3

  /// Whether a column belongs in the list: its centre lies on a pixel that holds a measurement, or at most `reach` from one where
  /// what the image shows of it fixes both coordinates to `listedError`. People who label columns count those, too.
  func isListed(
    _ index: Int, in isMeasured: Raster<Bool>, sigma: Double, reach: Double = listedReach
  ) -> Bool {
    let (centre, error) = (columns[index].centre, accuracies[index].position)
    let excess = isMeasured.measuredExcess(of: centre, within: reach * sigma)
    return excess <= 0 || (excess <= reach * sigma && max(error.x, error.y) <= Self.listedError * sigma)
  }
}

extension ColumnFinder.Found {
  /// Adds columns whose heights alone were measured, at places that are foretold: their positions count as unknown.
  public mutating func add(_ columns: [Site], heightErrors: [Double]) {
    for (column, error) in zip(columns, heightErrors) {
      var accuracy = ColumnAccuracy.unknown
      accuracy.amplitude = error
      sites.sites.append(column)
      accuracies.append(accuracy)
      let reach = 5 * max(column.sigmaMajor, column.sigmaMinor)
      let gaussian = GaussianColumn(amplitude: column.amplitude, centre: column.position, sigma: column.sigmaMajor)
      let (x, y) = (column.position.x, column.position.y)
      // A column far outside the image changes none of its pixels.
      let rows = stride(
        from: max(0, Int(saturating: y - reach)), through: min(residual.height - 1, Int(saturating: y + reach)), by: 1)
      let pixels = stride(
        from: max(0, Int(saturating: x - reach)), through: min(residual.width - 1, Int(saturating: x + reach)), by: 1)
      for row in rows {
        for pixel in pixels {
          let square = (Point(Double(pixel), Double(row)) - gaussian.centre).squaredLength
          residual[pixel, row] -= Float(gaussian.amplitude * exp(-square / (2 * gaussian.sigma * gaussian.sigma)))
        }
      }
    }
  }
}
