import Foundation
import TesseraNumerics

/// 10 to the power of an integer, exactly rounded.
func pow10(_ exponent: Int) -> Double { Double("1e\(exponent)")! }

/// The largest integer whose power of ten is not above a positive value.
func log10Floor(_ value: Double) -> Double {
  guard value > 0, value.isFinite else { return 0 }
  let guess = Foundation.log10(value).rounded(.down)
  // The logarithm of 1000 may come out just below 3.
  return pow10(Int(saturating: guess) + 1) <= value * (1 + 1e-12) ? guess + 1 : guess
}

/// Numbers as readers like them, the same in every locale.
public enum Number {
  /// At most `digits` significant digits without trailing zeros; exponents only below 1e-4 and from 1e6.
  public static func short(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return "–" }
    guard value != 0 else { return "0" }
    let exponent = Int(saturating: log10Floor(abs(value)))
    if exponent < -4 || exponent >= 6 {
      let mantissa = trimmed(String(format: "%.\(max(0, digits - 1))f", value / pow10(exponent)))
      return "\(mantissa == "1" ? "" : mantissa + "·")10\(superscript(exponent))"
    }
    return trimmed(String(format: "%.\(max(0, digits - 1 - exponent))f", value)).replacingOccurrences(
      of: "-", with: "−")
  }

  /// With thousands apart: `12,345`.
  public static func count(_ value: Int) -> String {
    var digits = String(value.magnitude)
    var position = digits.count - 3
    while position > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: position))
      position -= 3
    }
    return (value < 0 ? "−" : "") + digits
  }

  /// A share as a percentage with a sensible number of digits: `0.4 %`, `12 %`; rare but present is never `0 %`, and
  /// almost all is never `100 %`.
  /// The space does not break.
  public static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "–" }
    let percent = 100 * share
    if percent > 0 && percent < 0.01 { return "< 0.01\u{A0}%" }
    if percent > 99 && percent < 100 {
      return percent < 99.95 ? String(format: "%.1f\u{A0}%%", percent) : "> 99.9\u{A0}%"
    }
    return (percent == 0 || percent >= 10 ? String(format: "%.0f", percent) : short(percent, digits: 2))
      + "\u{A0}%"
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var result = Substring(text)
    while result.last == "0" { result.removeLast() }
    if result.last == "." { result.removeLast() }
    return String(result)
  }

  /// An integer in raised digits: `⁻¹²`.
  static func superscript(_ exponent: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return (exponent < 0 ? "⁻" : "")
      + String(String(exponent.magnitude).compactMap(\.wholeNumberValue).map { digits[$0] })
  }
}
