import Foundation
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// `sites.csv`: one row a column or vacant node; see docs/results-folder.md.
public struct SiteTable: Sendable {
  public var sites: Sites
  /// Standard errors in pixels; empty: none known.
  public var positionErrors: [Point] = []
  public var amplitudeErrors: [Double] = []
  public var classes: Classes?
  public var calibration: Calibration?

  public init(
    sites: Sites, positionErrors: [Point] = [], amplitudeErrors: [Double] = [], classes: Classes? = nil,
    calibration: Calibration? = nil
  ) {
    self.sites = sites
    (self.positionErrors, self.amplitudeErrors) = (positionErrors, amplitudeErrors)
    (self.classes, self.calibration) = (classes, calibration)
  }

  public static let columns = [
    "id", "x", "y", "x_nm", "y_nm", "amplitude", "sigma_major", "sigma_minor", "angle", "background", "class",
    "class_name", "confidence", "kind", "x_error", "y_error", "amplitude_error",
  ]

  /// The table; x and y in pixels, amplitudes in the image's units, the angle in radians.
  public var csv: Data {
    var table = TableWriter(columns: Self.columns)
    for (index, site) in sites.sites.enumerated() {
      let nm = calibration.map { $0.nanometres(site.position) } ?? Point(.nan, .nan)
      let label = classes?.labels[index] ?? 0
      let error = index < positionErrors.count ? positionErrors[index] : Point(.nan, .nan)
      table.add([
        String(index), TableWriter.number(site.position.x), TableWriter.number(site.position.y),
        TableWriter.number(nm.x, decimals: 6), TableWriter.number(nm.y, decimals: 6),
        TableWriter.significant(site.amplitude), TableWriter.number(site.sigmaMajor),
        TableWriter.number(site.sigmaMinor), site.sigmaMajor.isFinite ? TableWriter.number(site.angle) : "",
        TableWriter.significant(site.background), label > 0 ? String(label) : "",
        label > 0 ? TableWriter.cell(classes!.names[label - 1]) : "",
        label > 0 ? TableWriter.number(classes!.confidence[index]) : "", site.kind.rawValue,
        TableWriter.number(error.x), TableWriter.number(error.y),
        index < amplitudeErrors.count ? TableWriter.significant(amplitudeErrors[index]) : "",
      ])
    }
    return table.data
  }
}
