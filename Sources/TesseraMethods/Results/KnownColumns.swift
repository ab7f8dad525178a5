import TesseraFitting
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Columns that were found before, with what is known of them.
public struct KnownColumns: Sendable {
  /// Positions in pixels and, where they are known, heights (NaN otherwise).
  public var sites: Sites
  /// Standard errors of x and y in pixels, not finite for a column whose place is not to be trusted; empty where none are
  /// known.
  public var positionErrors: [Point]
  /// Number and name of each column's class, as `class` and `class_name` of a table; empty where none are known.
  public var classLabels, classNames: [String]

  /// Columns with what is known of them; every list that is not empty has one element per site.
  public init(
    sites: Sites, positionErrors: [Point] = [], classLabels: [String] = [], classNames: [String] = []
  ) {
    (self.sites, self.positionErrors) = (sites, positionErrors)
    (self.classLabels, self.classNames) = (classLabels, classNames)
  }

  /// Reads a table of columns.
  ///
  /// Of the `sites.csv` of a result folder, with `x` and `y` in pixels, it takes `x_error`, `y_error`, `fit_flag`,
  /// `amplitude`, `class`, `class_name` and `kind` too, as far as the table has them. Vacant nodes are left out, and the
  /// error of a column that the border cuts counts as unknown (`ColumnFinder.Found.trustedErrors`). Of other tables it takes
  /// the positions alone, in pixels or in nm.
  ///
  /// - Parameters:
  ///   - path: of the table.
  ///   - calibration: of the image, for positions in nm; nil: unknown.
  /// - Throws: `FormatError` where the file is no such table, `DataError` where it holds nm and the image has no pixel size.
  public init(tableAt path: String, calibration: Calibration? = nil) throws {
    let list = try SiteList.read(path: path)
    if list.unit == .nanometre {
      guard let calibration else {
        throw DataError(
          "\(path): contains positions in nm, but the image has no pixel size; give \(setting("pixel size"))")
      }
      let scale = Point(1 / calibration.nanometresPerPixelX, 1 / calibration.nanometresPerPixelY)
      self.init(sites: Sites(list.positions.map { Site(position: $0 * scale) }))
    } else if let table = try? CSVTable(path: path), let x = table.column("x"), let y = table.column("y") {
      try self.init(table, x: x, y: y)
    } else {
      self.init(sites: Sites(list.positions.map { Site(position: $0) }))
    }
  }

  private init(_ table: CSVTable, x: Int, y: Int) throws {
    let kind = table.column("kind")
    let isColumn = table.rows.map { kind == nil || $0[kind!] != Site.Kind.vacant.rawValue }
    let (xs, ys) = (try table.numbers(x), try table.numbers(y))
    let rows = table.rows.indices.filter { isColumn[$0] }
    /// The fields of a column by name, as they stand.
    func fields(_ name: String) -> [String] {
      table.column(name).map { column in rows.map { table.rows[$0][column] } } ?? []
    }
    let heights = fields("amplitude")
    let (errorX, errorY) = (fields("x_error"), fields("y_error"))
    let isCut = fields("fit_flag").map { $0 == ColumnAccuracy.Flag.border.rawValue }
    self.init(
      sites: Sites(
        rows.enumerated().map { index, row in
          Site(position: Point(xs[row], ys[row]), amplitude: heights.isEmpty ? .nan : Double(heights[index]) ?? .nan)
        }),
      positionErrors: errorX.isEmpty || errorY.isEmpty
        ? []
        : errorX.indices.map { index in
          !isCut.isEmpty && isCut[index]
            ? Point(.nan, .nan) : Point(Double(errorX[index]) ?? .nan, Double(errorY[index]) ?? .nan)
        },
      classLabels: fields("class"), classNames: fields("class_name"))
  }

  /// The same, with columns centred outside an image marked as such, whatever a table says or leaves out.
  func placed(in image: Raster<Float>) -> KnownColumns {
    var placed = self
    for index in placed.sites.sites.indices where image.excess(of: placed.sites[index].position) > 0 {
      placed.sites[index].kind = .outside
    }
    return placed
  }

  /// The columns whose class has this name or number.
  func members(ofClass name: String) -> [Int] {
    sites.sites.indices.filter { index in
      (index < classNames.count && classNames[index] == name)
        || (index < classLabels.count && classLabels[index] == name)
    }
  }
}
