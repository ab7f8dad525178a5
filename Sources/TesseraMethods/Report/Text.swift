import Foundation
import TesseraFigures
import TesseraNumerics

/// Numbers as text with a fixed number of decimals; `Number` (TesseraFigures) has those with significant digits.
enum Text {
  static func fixed(_ value: Double, _ decimals: Int) -> String { value.text(decimals: decimals) }

  /// A number with its standard error, to two digits of the error: `3.1004 ± 0.0011`.
  static func fixed(_ value: Double, error: Double) -> String {
    guard error > 0, error.isFinite else { return Number.short(value) }
    let decimals = max(0, min(9, 1 - Int(saturating: log10(error).rounded(.down))))
    return "\(fixed(value, decimals)) ± \(fixed(error, decimals))"
  }

  /// A vector: `(1.50, -2.00)`.
  static func fixed(_ point: Point, _ decimals: Int) -> String {
    "(\(fixed(point.x, decimals)), \(fixed(point.y, decimals)))"
  }
}
