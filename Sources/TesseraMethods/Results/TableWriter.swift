import Foundation
import TesseraNumerics

/// Writes comma-separated tables: numbers rounded to a fixed number of decimals, empty where unknown, the same bytes
/// everywhere.
package struct TableWriter {
  package private(set) var text: String

  package init(columns: [String]) { text = columns.joined(separator: ",") + "\n" }

  /// Rows without a header, to be added to a table that has one.
  init() { text = "" }

  package mutating func add(_ cells: [String]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { text += "," }
      text += cell
    }
    text += "\n"
  }

  mutating func add(rows: TableWriter) { text += rows.text }

  /// A number with at most `decimals` decimals; empty if it is not finite.
  package static func number(_ value: Double, decimals: Int = 4) -> String {
    guard value.isFinite else { return "" }
    let scale = decimals < powersOfTen.count ? Double(powersOfTen[decimals]) : pow(10, Double(decimals))
    let whole = (value * scale).rounded()
    if abs(whole) < 1e15 && decimals < powersOfTen.count { return decimal(Int(whole), decimals: decimals) }
    let rounded = whole / scale
    if rounded == rounded.rounded() && abs(rounded) < 1e15 { return String(Int(rounded)) }
    return "\(rounded)"
  }

  private static let powersOfTen = (0...12).map { Int(pow(10, Double($0))) }

  /// `units` / 10^decimals, without zeros at the end: what Swift prints for it, but for numbers so small that it would
  /// write them with an exponent, which stay with `description`.
  private static func decimal(_ units: Int, decimals: Int) -> String {
    let scale = powersOfTen[decimals]
    var (whole, part) = abs(units).quotientAndRemainder(dividingBy: scale)
    if part == 0 { return String(units / scale) }
    if whole == 0 && part * 10_000 < scale { return "\(Double(units) / Double(scale))" }
    var length = decimals
    while part % 10 == 0 { (part, length) = (part / 10, length - 1) }
    return String(unsafeUninitializedCapacity: 24) { bytes in
      // Digits from the last to the first, at the end of the room, then moved to its start.
      var at = 24
      func put(_ byte: UInt8) {
        at -= 1
        bytes[at] = byte
      }
      for _ in 0..<length {
        put(48 + UInt8(part % 10))
        part /= 10
      }
      put(46)
      repeat {
        put(48 + UInt8(whole % 10))
        whole /= 10
      } while whole > 0
      if units < 0 { put(45) }
      for i in at..<24 { bytes[i - at] = bytes[i] }
      return 24 - at
    }
  }

  /// A number with six significant digits, for quantities whose unit is the file's own.
  static func significant(_ value: Double) -> String {
    guard value.isFinite else { return "" }
    guard value != 0 else { return "0" }
    let digits = 5 - Int(saturating: log10(abs(value)).rounded(.down))
    if digits > 300 { return "0" }
    let scale = (0..<powersOfTen.count).contains(digits) ? Double(powersOfTen[digits]) : pow(10, Double(digits))
    return number(scale.isFinite && scale > 0 ? (value * scale).rounded() / scale : value, decimals: max(0, digits))
  }

  /// A text as one cell: quoted where it holds a comma, a quote or a line break.
  static func cell(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  package var data: Data { Data(text.utf8) }
}
