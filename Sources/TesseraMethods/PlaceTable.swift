import TesseraFormats
import TesseraNumerics

/// The places of a table with columns x and y (in any case), in pixels.
struct PlaceTable {
  let places: [Point]
  /// Row of the table that each place comes from.
  let rows: [Int]

  static func isPlaced(_ table: CSVTable) -> Bool { table.column("x") != nil && table.column("y") != nil }

  /// - Parameter withVacant: whether rows whose `kind` is `vacant` take part.
  init(_ table: CSVTable, withVacant: Bool) throws {
    guard let x = table.column("x"), let y = table.column("y") else {
      throw DataError(
        "\(table.path): has no columns x and y; it has \(table.header.joined(separator: ", "))")
    }
    let (xs, ys) = (try table.numbers(x), try table.numbers(y))
    let kind = table.column("kind")
    rows = table.rows.indices.filter { row in withVacant || kind.map { table.rows[row][$0] != "vacant" } ?? true }
    places = rows.map { Point(xs[$0], ys[$0]) }
  }
}
