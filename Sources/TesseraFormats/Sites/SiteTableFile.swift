import Foundation
import TesseraNumerics

/// A file with places and what stands beside them, whatever program wrote it: a table with a header, rows of numbers, or
/// extended XYZ. All become named columns.
package struct SiteTableFile: Sendable {
  /// Where the places are.
  package struct PlaceColumns: Sendable {
    var x, y: Int
    package var unit: SiteList.Unit
    /// The file's y runs up, an image's down.
    var isUpward: Bool
  }

  package let table: CSVTable
  /// What had to be assumed.
  package private(set) var warnings: [String] = []
  /// Nil unless the file is extended XYZ.
  private let atoms: ExtendedXYZ?
  /// The image that the places belong to, where the file says so.
  package var frame: SiteFrame? { atoms?.frame }

  private static let pixelNames = (
    x: ["x", "pos_x", "x_px", "x_position", "xm", "col"], y: ["y", "pos_y", "y_px", "y_position", "ym", "row"]
  )
  private static let lengthNames = (x: ["x_nm", "x (nm)"], y: ["y_nm", "y (nm)"])

  /// Reads a file; throws if it is no table.
  package init(path: String) throws(FormatError) {
    let file = try FileBytes(path: path)
    let head = try file.head(4096)
    if let format = FileFormat.all.first(where: { $0.name != "text" && $0.recognizes(head) }) {
      throw FormatError(
        in: path, "is an image (\(format.name)), not a table of sites; `tessera sites` finds the sites of an image")
    }
    guard file.count <= 1 << 30 else { throw FormatError(in: path, "is too long for a table of sites; split it") }
    let text = plainText(TextLines.plain(try file.bytes(at: 0, count: file.count)))
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.trimmed.isEmpty && $0.first != "#" }
    guard let first = lines.first else {
      throw FormatError(in: path, "is empty; a table of sites has one row per site")
    }
    if ExtendedXYZ.recognizes(lines) {
      let atoms = try ExtendedXYZ(lines, path: path)
      (table, self.atoms) = (atoms.table, atoms)
      return
    }
    atoms = nil
    let separator = Self.separator(of: first)
    if Self.fields(of: first, separator).allSatisfy({ Double($0) != nil }) {
      (table, warnings) = try Self.plain(lines, separator, path: path)
    } else if separator == " " {
      // A single column may hold words with spaces.
      let isSingle = Self.fields(of: first, separator).count == 1
      let rows = lines.map { isSingle ? [$0.trimmed] : Self.fields(of: $0, separator) }
      if let odd = rows.firstIndex(where: { $0.count != rows[0].count }) {
        throw FormatError(
          in: path, "row \(odd) has \(rows[odd].count) fields, the header \(rows[0].count); a table has equal rows")
      }
      table = CSVTable(header: rows[0], rows: Array(rows.dropFirst()), path: path)
    } else {
      let read = try CSVTable(lines.joined(separator: "\n"), path: path, separator: separator)
      table =
        separator == ","
        ? read : CSVTable(header: read.header, rows: read.rows.map { $0.map(Self.withDecimalPoint) }, path: path)
    }
  }

  /// The error of a table that stands where an image is needed.
  static func isNoImage(_ path: String) -> FormatError {
    FormatError(
      in: path, "is a table of sites, not an image; `tessera convert` writes it as .xyz, .cif, .csv or .txt")
  }

  /// Whether a header has names of columns with places.
  static func namesPlaces(_ header: [String]) -> Bool {
    let names = Set(header.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "\" ")).lowercased() })
    return [pixelNames, lengthNames].contains { known in
      known.x.contains(where: names.contains) && known.y.contains(where: names.contains)
    }
  }

  /// Whether the table names or implies columns with places.
  package var holdsPlaces: Bool { (try? placeColumns(prefersNanometres: false)) != nil }

  /// The columns of x and y. A table that has both lengths and pixels leaves lengths empty where the scale is unknown.
  package func placeColumns(prefersNanometres: Bool) throws(FormatError) -> PlaceColumns {
    func find(_ names: (x: [String], y: [String])) -> (x: Int, y: Int)? {
      guard let x = column(names.x), let y = column(names.y) else { return nil }
      return (x, y)
    }
    let pixels = find(Self.pixelNames)
    if let lengths = find(Self.lengthNames), prefersNanometres || pixels == nil,
      let sample = table.rows.first?[lengths.x], Double(sample) != nil
    {
      return PlaceColumns(x: lengths.x, y: lengths.y, unit: .nanometre, isUpward: atoms != nil)
    }
    guard let pixels else {
      throw FormatError(
        in: table.path,
        "has no columns x and y (it has \(table.header.joined(separator: ", "))); name them in the first line")
    }
    return PlaceColumns(x: pixels.x, y: pixels.y, unit: .pixel, isUpward: false)
  }

  /// Places farther out, in pixels or nm, are mistakes; a search among them would find all others in one spot.
  private static let farthest = 1e8

  /// Rows that hold a site; those whose `kind` is `vacant` or `outside` only if they are wanted.
  package func rows(withVacant: Bool, withOutside: Bool) -> [Int] {
    guard let kind = column(["kind"]) else { return Array(table.rows.indices) }
    return table.rows.indices.filter { row in
      switch table.rows[row][kind] {
      case "vacant": withVacant
      case "outside": withOutside
      default: true
      }
    }
  }

  /// Places of these rows; throws where a field is no number.
  package func positions(_ columns: PlaceColumns, rows: [Int]) throws(FormatError) -> [Point] {
    var places: [Point] = []
    places.reserveCapacity(rows.count)
    for row in rows {
      let fields = table.rows[row]
      guard let x = Double(fields[columns.x].trimmed), let y = Double(fields[columns.y].trimmed), x.isFinite, y.isFinite
      else {
        throw FormatError(
          in: table.path,
          "row \(row + 1) has no numbers under \(table.header[columns.x]) and \(table.header[columns.y])")
      }
      guard abs(x) <= Self.farthest, abs(y) <= Self.farthest else {
        throw FormatError(
          in: table.path,
          "row \(row + 1) lies at \(x), \(y), farther out than any image reaches; correct or remove the row")
      }
      places.append(Point(x, y))
    }
    if columns.isUpward, let atoms { return atoms.turned(places) }
    return places
  }

  /// The fields of the first of these columns that there is, row by row.
  package func words(_ names: [String]) -> [String]? { column(names).map { index in table.rows.map { $0[index] } } }

  /// Chemical symbols, row by row.
  package var elements: [String]? { words(["element", "symbol", "species"]) }

  private func column(_ names: [String]) -> Int? { names.lazy.compactMap { table.column($0) }.first }

  /// The one that the line has most of; a space where it has none.
  private static func separator(of line: Substring) -> Character {
    let counts = [Character](",;\t").map { separator in (separator, line.count { $0 == separator }) }
    let most = counts.max { $0.1 < $1.1 }
    // Decimal commas may outnumber what separates the fields.
    if let other = counts.dropFirst().first(where: { $0.1 > 0 }), line.allSatisfy({ !$0.isLetter }) { return other.0 }
    return most.map { $0.1 > 0 ? $0.0 : " " } ?? " "
  }

  /// A number with a decimal comma as one with a point; any other field as it is.
  private static func withDecimalPoint(_ field: String) -> String {
    guard field.contains(","), !field.contains("."), Double(field.trimmed.replacing(",", with: ".")) != nil else {
      return field
    }
    return field.trimmed.replacing(",", with: ".")
  }

  private static func fields(of line: Substring, _ separator: Character) -> [String] {
    let parts =
      separator == " "
      ? line.split(whereSeparator: \.isWhitespace) : line.split(separator: separator, omittingEmptySubsequences: false)
    let fields = parts.map { $0.trimmed.trimmingCharacters(in: CharacterSet(charactersIn: "\"\u{FEFF}")) }
    return separator == "," ? fields : fields.map(withDecimalPoint)
  }

  /// Numbers without a header: x and y are the first two columns, or the second and third after a running number.
  private static func plain(
    _ lines: [Substring], _ separator: Character, path: String
  ) throws(FormatError) -> (CSVTable, warnings: [String]) {
    var rows: [[String]] = []
    var numbers: [Double] = []
    for (index, line) in lines.enumerated() {
      let row = fields(of: line, separator)
      guard row.count >= 2, row.count == rows.first?.count ?? row.count,
        row.allSatisfy({ Double($0)?.isFinite ?? false })
      else { throw FormatError(in: path, "line \(index + 1) is not a row of numbers like the others") }
      rows.append(row)
      numbers.append(Double(row[0])!)
    }
    let isNumbered =
      rows[0].count >= 3 && rows.count > 1 && numbers.enumerated().allSatisfy { $1 == numbers[0] + Double($0) }
    let first = isNumbered ? 1 : 0
    var header = rows[0].indices.map { "column \($0 + 1)" }
    (header[first], header[first + 1]) = ("x", "y")
    return (
      CSVTable(header: header, rows: rows, path: path),
      ["names no columns: columns \(first + 1) and \(first + 2) are taken as x and y, in pixels"]
    )
  }
}
