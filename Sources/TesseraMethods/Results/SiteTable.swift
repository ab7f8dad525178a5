import Foundation
import TesseraFitting
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// `sites.csv`: one row per column or vacant node; see docs/results-folder.md.
public struct SiteTable: Sendable {
  /// The rows, in order.
  public var sites: Sites
  /// What the fit knows of the first sites; those behind have no fit.
  public var accuracies: [ColumnAccuracy] = []
  /// That a network gives the first sites, 0 ... 1; nil: none was asked, and the table has no such column.
  public var probabilities: [Double]?
  /// Class of each site; nil leaves class, name and confidence empty.
  public var classes: Classes?
  /// Numbers of the classes, where these are not 1, 2, ...
  package var classNumbers: [String]?
  /// What each site holds of its sublattice; nil: the table has no such columns. Empty, their fields are.
  public var occupancies: [NodeOccupancy?]?
  /// How well each site fits its own class; nil: the table has no such columns.
  public var outliers: ClassOutliers?
  /// Names of further columns, and their fields for each site.
  var extraColumns: [String] = []
  var extras: [[String]] = []
  /// Size of a pixel; nil leaves positions in nm empty.
  public var calibration: Calibration?
  /// Number of the first site, where these are a part of all.
  package var firstID = 0

  /// A table of sites; `accuracies` and `probabilities` belong to the first sites, `classes` to all of them.
  public init(
    sites: Sites, accuracies: [ColumnAccuracy] = [], probabilities: [Double]? = nil, classes: Classes? = nil,
    outliers: ClassOutliers? = nil, calibration: Calibration? = nil
  ) {
    (self.sites, self.accuracies, self.probabilities) = (sites, accuracies, probabilities)
    (self.classes, self.outliers, self.calibration) = (classes, outliers, calibration)
  }

  /// Those of every table. A table of columns that a network found has `probability` behind them, and a table of motifs
  /// `outlierColumns` behind these; one with patterns ends with `pattern`.
  public static let columns = [
    "id", "x", "y", "x_nm", "y_nm", "amplitude", "sigma_major", "sigma_minor", "angle", "background", "class",
    "class_name", "confidence", "kind", "x_error", "y_error", "amplitude_error",
    "sigma_error", "intensity", "intensity_error", "fit_quality", "fit_flag",
  ]

  /// Those of a table with occupancies: share of the sublattice's height, its error, and the probability of `kind`.
  public static let occupancyColumns = ["occupancy", "occupancy_error", "kind_probability"]
  /// Those of a table of motifs.
  public static let outlierColumns = ["fit_probability", "outlier_z", "outlier_q"]

  /// The table; x and y in pixels, amplitudes in the image's units, the angle in radians.
  public var csv: Data {
    var table = TableWriter(
      columns: Self.columns + (probabilities == nil ? [] : ["probability"])
        + (occupancies == nil ? [] : Self.occupancyColumns)
        + (outliers == nil ? [] : Self.outlierColumns) + extraColumns)
    for part in concurrentMap(chunksOf: 2048, of: sites.count, { rows($0) }) { table.add(rows: part) }
    return table.data
  }

  /// The rows without the names of the columns, to follow those of another part.
  package var csvRows: Data {
    var table = TableWriter()
    for part in concurrentMap(chunksOf: 2048, of: sites.count, { rows($0) }) { table.add(rows: part) }
    return table.data
  }

  private func rows(_ range: Range<Int>) -> TableWriter {
    var table = TableWriter()
    for index in range {
      let site = sites.sites[index]
      let nm = calibration.map { $0.nanometres(site.position) } ?? Point(.nan, .nan)
      let label = classes?.labels[index] ?? 0
      let known = index < accuracies.count ? accuracies[index] : nil
      var fields = [
        String(firstID + index), TableWriter.number(site.position.x), TableWriter.number(site.position.y),
        TableWriter.number(nm.x, decimals: 6), TableWriter.number(nm.y, decimals: 6),
        TableWriter.significant(site.amplitude), TableWriter.number(site.sigmaMajor),
        TableWriter.number(site.sigmaMinor), site.sigmaMajor.isFinite ? TableWriter.number(site.angle) : "",
        TableWriter.significant(site.background), label > 0 ? classNumbers?[label - 1] ?? String(label) : "",
        label > 0 ? TableWriter.cell(classes!.names[label - 1]) : "",
        label > 0 ? TableWriter.number(classes!.confidence[index]) : "", site.kind.rawValue,
        known.map { TableWriter.number($0.position.x) } ?? "", known.map { TableWriter.number($0.position.y) } ?? "",
        known.map { TableWriter.significant($0.amplitude) } ?? "",
        known.map { TableWriter.significant($0.sigma) } ?? "",
        TableWriter.significant(site.intensity), TableWriter.significant(site.intensityError),
        known.map { TableWriter.significant($0.quality) } ?? "", known?.flag?.rawValue ?? "",
      ]
      if let probabilities {
        fields.append(index < probabilities.count ? TableWriter.number(probabilities[index]) : "")
      }
      if let occupancies {
        let own = index < occupancies.count ? occupancies[index] : nil
        fields += [
          own.map { TableWriter.number($0.share) } ?? "", own.map { TableWriter.number($0.error) } ?? "",
          own.map { TableWriter.number($0.probability) } ?? "",
        ]
      }
      if let outliers {
        fields += [
          TableWriter.significant(outliers.fitProbabilities[index]),
          TableWriter.number(outliers.deviations[index], decimals: 2),
          TableWriter.significant(outliers.falseDiscoveryRates[index]),
        ]
      }
      if !extraColumns.isEmpty { fields += extras[index] }
      table.add(fields)
    }
    return table
  }
}
