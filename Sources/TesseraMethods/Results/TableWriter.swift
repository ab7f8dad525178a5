import Foundation

/// Writes comma-separated tables: numbers rounded to a fixed number of decimals, empty where unknown, the same bytes
/// everywhere.
struct TableWriter {
  private(set) var text: String

  init(columns: [String]) { text = columns.joined(separator: ",") + "\n" }

  mutating func add(_ cells: [String]) { text += cells.joined(separator: ",") + "\n" }

  /// A number with at most `decimals` decimals; empty if it is not finite.
  static func number(_ value: Double, decimals: Int = 4) -> String {
    guard value.isFinite else { return "" }
    let scale = pow(10, Double(decimals))
    let rounded = (value * scale).rounded() / scale
    if rounded == rounded.rounded() && abs(rounded) < 1e15 { return String(Int(rounded)) }
    return "\(rounded)"
  }

  /// A number with six significant digits, for quantities whose unit is the file's own.
  static func significant(_ value: Double) -> String {
    guard value.isFinite else { return "" }
    guard value != 0 else { return "0" }
    let digits = 5 - Int(log10(abs(value)).rounded(.down))
    if digits > 300 { return "0" }
    let scale = pow(10, Double(digits))
    return number(scale.isFinite && scale > 0 ? (value * scale).rounded() / scale : value, decimals: max(0, digits))
  }

  /// A text as one cell: quoted where it holds a comma, a quote or a line break.
  static func cell(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  var data: Data { Data(text.utf8) }
}
