import Foundation
import TesseraImaging
import TesseraNumerics

/// Positions of atom columns as programs of the field exchange them.
///
/// Read are tables with columns `x` and `y` (this program's `sites.csv`, Atomap's, AtomSegNet's and ImageJ's exports,
/// `Peak#,X,Y`), tables of numbers without a header, and extended XYZ; written are extended XYZ and CIF, for ASE and OVITO,
/// tables with a header, and plain `x y` rows, which `numpy.loadtxt` and Atomap take.
public struct SiteList: Sendable, Equatable {
  /// What the positions are measured in.
  public enum Unit: Sendable, Equatable {
    /// Pixels; the centre of the first is (0, 0), y runs down.
    case pixel
    /// Nanometres from the centre of the first pixel; y runs down.
    case nanometre
  }

  /// One position for each site, in `unit`.
  public var positions: [Point]
  /// Unit of all positions.
  public var unit: Unit
  /// Chemical symbols; as many as positions, or none.
  public var elements: [String]
  /// Class of each site, 0 where unknown; as many as positions, or none.
  public var classes: [Int]
  /// The image that the sites belong to; nil where it is unknown.
  public var frame: SiteFrame?
  /// What had to be assumed.
  public var warnings: [String] = []

  /// A list of sites; `elements` and `classes` each hold one entry per position, or none.
  public init(positions: [Point], unit: Unit, elements: [String] = [], classes: [Int] = []) {
    (self.positions, self.unit, self.elements, self.classes) = (positions, unit, elements, classes)
  }

  /// Reads a table of sites; throws a sentence if the file is none. Rows whose `kind` is `vacant` hold no atom, and
  /// those whose `kind` is `outside` none of the image: both are left out.
  ///
  /// A table that has both is read in nm if `prefersNanometres` is true, otherwise in pixels.
  public static func read(path: String, prefersNanometres: Bool = false) throws(FormatError) -> SiteList {
    let table = try SiteTableFile(path: path)
    let columns = try table.placeColumns(prefersNanometres: prefersNanometres)
    let rows = table.rows(withVacant: false, withOutside: false)
    var list = SiteList(positions: try table.positions(columns, rows: rows), unit: columns.unit)
    if let element = table.elements { list.elements = rows.map { element[$0] } }
    if let labels = table.words(["class", "phase", "label"]) { list.classes = rows.map { Int(labels[$0]) ?? 0 } }
    (list.warnings, list.frame) = (table.warnings, table.frame)
    return list
  }

  /// The same sites in nm; nil where they are in pixels and neither a pixel size is given nor the frame has one.
  public func inNanometres(pixelSize: Double?) -> SiteList? { converted(to: .nanometre, pixelSize) }

  /// The same sites in pixels; nil where they are in nm and neither a pixel size is given nor the frame has one.
  public func inPixels(pixelSize: Double?) -> SiteList? { converted(to: .pixel, pixelSize) }

  /// - Parameter pixelSize: takes the place of that of the frame.
  private func converted(to unit: Unit, _ pixelSize: Double?) -> SiteList? {
    var result = self
    if let pixelSize { result.frame?.calibration = Calibration(nanometresPerPixel: pixelSize) }
    guard unit != self.unit else { return result }
    guard let scale = pixelSize.flatMap({ Calibration(nanometresPerPixel: $0) }) ?? frame?.calibration else {
      return nil
    }
    result.unit = unit
    result.positions = positions.map { place in
      if unit == .nanometre { return scale.nanometres(place) }
      let pixels = Point(place.x / scale.nanometresPerPixelX, place.y / scale.nanometresPerPixelY)
      // Without what binary fractions make of the digits: a millionth of a pixel is far below any precision.
      return frame == nil ? pixels : Point((pixels.x * 1e6).rounded() / 1e6, (pixels.y * 1e6).rounded() / 1e6)
    }
    return result
  }
}
