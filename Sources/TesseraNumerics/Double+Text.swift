import Foundation

extension Double {
  /// The number with this many decimals, for sentences and tables: `0.30`. Zero has no sign.
  package func text(decimals: Int) -> String { Self.withoutSignOfZero(String(format: "%.\(decimals)f", self)) }

  /// The number in this many significant digits at most, for sentences: `0.3`, `1.2e+03`. Zero has no sign.
  package func text(digits: Int) -> String { Self.withoutSignOfZero(String(format: "%.\(digits)g", self)) }

  private static func withoutSignOfZero(_ text: String) -> String {
    text.hasPrefix("-") && text.allSatisfy { "-0.".contains($0) } ? String(text.dropFirst()) : text
  }
}
