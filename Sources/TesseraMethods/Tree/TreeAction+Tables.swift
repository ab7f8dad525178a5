import TesseraFormats
import TesseraNumerics

extension TreeAction {
  /// The corners of a lasso, from a table with the columns `x` and `y` in layout coordinates.
  /// - Throws: `FormatError` where the file is none or has fewer than three rows.
  public static func corners(inTable path: String) throws -> [Point] {
    let table = try CSVTable(path: path)
    guard let x = table.column("x"), let y = table.column("y") else {
      throw FormatError(in: path, "lacks the columns x and y of a polygon in layout coordinates")
    }
    guard table.rows.count >= 3 else {
      throw FormatError(
        in: path, "has \(table.rows.count) row\(table.rows.count == 1 ? "" : "s"); a lasso needs three points or more")
    }
    return zip(try table.numbers(x), try table.numbers(y)).map { Point($0, $1) }
  }

  /// The classes that a person gave to a few sites, from a table with the columns `id` and `class`; rows without class are left out.
  /// - Throws: `FormatError` where the file is none or an id is no whole number.
  public static func labels(inTable path: String) throws -> [KnownLabel] {
    let table = try CSVTable(path: path)
    guard let id = table.column("id"), let name = table.column("class") else {
      throw FormatError(in: path, "lacks the columns id (the row of sites.csv) and class")
    }
    return try table.rows.enumerated().compactMap { row, fields in
      guard !fields[name].isEmpty else { return nil }
      guard let number = Int(fields[id]) else {
        throw FormatError(in: path, "row \(row + 1): \"\(fields[id])\" is no id of a site, a whole number")
      }
      return KnownLabel(id: number, name: fields[name])
    }
  }
}
