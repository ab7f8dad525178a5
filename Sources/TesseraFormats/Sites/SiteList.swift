import Foundation
import TesseraNumerics

/// Positions of atom columns as programs of the field exchange them.
///
/// Read are tables with columns `x` and `y` (this program's `sites.csv`, Atomap's, AtomSegNet's and ImageJ's exports,
/// `Peak#,X,Y`), tables of numbers without a header, and extended XYZ; written are extended XYZ, for ASE and OVITO, and plain
/// `x y` rows, which `numpy.loadtxt` and Atomap take.
public struct SiteList: Sendable, Equatable {
  /// What the positions are measured in.
  public enum Unit: Sendable, Equatable {
    /// Pixels; the centre of the first is (0, 0), y runs down.
    case pixel
    case nanometre
  }

  public var positions: [Point]
  public var unit: Unit
  /// Chemical symbols; as many as positions, or none.
  public var elements: [String]
  /// Class of each site, 0 where unknown; as many as positions, or none.
  public var classes: [Int]
  /// What had to be assumed.
  public var warnings: [String] = []

  public init(positions: [Point], unit: Unit, elements: [String] = [], classes: [Int] = []) {
    (self.positions, self.unit, self.elements, self.classes) = (positions, unit, elements, classes)
  }

  /// Reads a table of sites; throws a sentence if the file is none.
  ///
  /// A table that has both is read in nm if `prefersNanometres` is true, otherwise in pixels.
  public static func read(path: String, prefersNanometres: Bool = false) throws(FormatError) -> SiteList {
    let file = try FileBytes(path: path)
    guard file.count <= 1 << 30 else {
      throw FormatError(in: path, "is too long for a table of sites; split it")
    }
    let text = plainText(try file.bytes(at: 0, count: file.count))
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.trimmed.isEmpty && $0.first != "#" }
    guard let first = lines.first else { throw FormatError(in: path, "is empty; a table of sites has a row a site") }
    if let count = Int(first.trimmed), lines.count >= 2 { return try extendedXYZ(lines, count: count, path: path) }
    let separator: Character = [",", ";", "\t"].first { first.contains($0) } ?? " "
    if fields(of: first, separator).allSatisfy({ Double($0) != nil }) {
      return try plain(lines, separator, path: path)
    }
    return try table(lines, separator, prefersNanometres: prefersNanometres, path: path)
  }

  /// The same sites in nm; nil where they are in pixels and no pixel size is given.
  public func inNanometres(pixelSize: Double?) -> SiteList? {
    guard unit == .pixel else { return self }
    guard let pixelSize else { return nil }
    var scaled = self
    scaled.positions = positions.map { Point($0.x * pixelSize, $0.y * pixelSize) }
    scaled.unit = .nanometre
    return scaled
  }

  private static func fields(of line: Substring, _ separator: Character) -> [String] {
    let parts =
      separator == " "
      ? line.split(whereSeparator: \.isWhitespace) : line.split(separator: separator, omittingEmptySubsequences: false)
    return parts.map { $0.trimmed.trimmingCharacters(in: CharacterSet(charactersIn: "\"\u{FEFF}")) }
  }

  /// A header with names: x and y under one of the names in use.
  private static func table(
    _ lines: [Substring], _ separator: Character, prefersNanometres: Bool, path: String
  ) throws(FormatError) -> SiteList {
    let header = fields(of: lines[0], separator).map { $0.lowercased() }
    let column = { (names: [String]) in names.lazy.compactMap { header.firstIndex(of: $0) }.first }
    let pixels = (
      column(["x", "pos_x", "x_px", "x_position", "xm", "col"]),
      column(["y", "pos_y", "y_px", "y_position", "ym", "row"])
    )
    let lengths = (column(["x_nm", "x (nm)"]), column(["y_nm", "y (nm)"]))
    var list = SiteList(positions: [], unit: .pixel)
    var places: (x: Int, y: Int)?
    if let x = lengths.0, let y = lengths.1, prefersNanometres || pixels.0 == nil {
      places = (x, y)
      list.unit = .nanometre
    } else if let x = pixels.0, let y = pixels.1 {
      places = (x, y)
    }
    guard let places else {
      throw FormatError(
        in: path, "has no columns x and y (it has \(header.joined(separator: ", "))); name them in the first line")
    }
    let element = column(["element", "symbol", "species"])
    let label = column(["class", "phase", "label"])
    for (index, line) in lines.enumerated().dropFirst() {
      let row = fields(of: line, separator)
      guard row.count == header.count, let x = Double(row[places.x]), let y = Double(row[places.y]), x.isFinite,
        y.isFinite
      else {
        // A table with both may leave the nm empty where the scale is unknown.
        throw FormatError(
          in: path, "line \(index + 1) has no numbers under \(header[places.x]) and \(header[places.y])")
      }
      list.positions.append(Point(x, y))
      if let element { list.elements.append(row[element]) }
      if let label { list.classes.append(Int(row[label]) ?? 0) }
    }
    return list
  }

  /// Numbers without a header: x and y are the first two columns, or the second and third after a running number.
  private static func plain(
    _ lines: [Substring], _ separator: Character, path: String
  ) throws(FormatError) -> SiteList {
    var rows: [[Double]] = []
    for (index, line) in lines.enumerated() {
      let row = fields(of: line, separator).map { Double($0) ?? .nan }
      guard row.count >= 2, row.count == rows.first?.count ?? row.count, row.allSatisfy(\.isFinite) else {
        throw FormatError(in: path, "line \(index + 1) is no row of numbers like the others")
      }
      rows.append(row)
    }
    let isNumbered = rows[0].count >= 3 && rows.enumerated().allSatisfy { $1[0] == rows[0][0] + Double($0) }
    let first = isNumbered && rows.count > 1 ? 1 : 0
    var list = SiteList(positions: rows.map { Point($0[first], $0[first + 1]) }, unit: .pixel)
    list.warnings = ["names no columns: columns \(first + 1) and \(first + 2) are taken as x and y, in pixels"]
    return list
  }

  /// Source: ASE, ase.io.extxyz: a count, a comment, then a line an atom beginning with its symbol; lengths in Ångström.
  private static func extendedXYZ(_ lines: [Substring], count: Int, path: String) throws(FormatError) -> SiteList {
    guard count > 0, lines.count >= count + 2 else {
      throw FormatError(
        in: path, "promises \(count) atoms, but has \(max(0, lines.count - 2)) lines for them; copy it again")
    }
    var list = SiteList(positions: [], unit: .nanometre)
    for (index, line) in lines[2..<count + 2].enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count >= 3, let x = Double(words[1]), let y = Double(words[2]), x.isFinite, y.isFinite else {
        throw FormatError(in: path, "line \(index + 3) is no atom (symbol, x, y, z)")
      }
      list.positions.append(Point(x / 10, y / 10))
      list.elements.append(String(words[0]))
    }
    // Its y runs up, an image's down.
    let top = list.positions.map(\.y).max() ?? 0
    for index in list.positions.indices { list.positions[index].y = top - list.positions[index].y }
    return list
  }
}
