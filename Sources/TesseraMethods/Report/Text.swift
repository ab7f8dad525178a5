import Foundation
import TesseraNumerics

/// Numbers as text with a fixed number of decimals; `Number` (TesseraFigures) has those with significant digits.
enum Text {
  static func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }

  /// A vector: `(1.50, -2.00)`.
  static func fixed(_ point: Point, _ decimals: Int) -> String {
    "(\(fixed(point.x, decimals)), \(fixed(point.y, decimals)))"
  }
}
