import Foundation
import TesseraNumerics

/// Numbers as text with a fixed number of decimals; `Number` (TesseraFigures) has those with significant digits.
enum Text {
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    let text = String(format: "%.\(decimals)f", value)
    // Zero has no sign.
    return text.hasPrefix("-") && text.allSatisfy { "-0.".contains($0) } ? String(text.dropFirst()) : text
  }

  /// A vector: `(1.50, -2.00)`.
  static func fixed(_ point: Point, _ decimals: Int) -> String {
    "(\(fixed(point.x, decimals)), \(fixed(point.y, decimals)))"
  }
}
