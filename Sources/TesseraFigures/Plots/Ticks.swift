import Foundation
import TesseraNumerics

/// Round numbers along an axis.
struct Ticks: Sendable {
  let values: [Double]
  let labels: [String]

  /// Multiples of 1, 2 or 5 times a power of ten that lie in the range: the finest of at most `limit` of them, or two more
  /// where a single one would be left, which gives no scale.
  /// Source: Heckbert, "Nice numbers for graph labels", Graphics Gems (1990) 61.
  /// - Parameter isWhole: whether only whole numbers are ticks.
  init(covering range: ClosedRange<Double>, atMost limit: Int, isWhole: Bool = false) {
    let length = range.upperBound - range.lowerBound
    guard length > 0, length.isFinite, limit > 1 else {
      values = [range.lowerBound]
      labels = [Number.short(range.lowerBound)]
      return
    }
    var exponent = max(isWhole ? 0 : Int.min, Int(saturating: log10Floor(length / Double(limit))))
    var factors = [1.0, 2, 5].makeIterator()
    var finer: (values: [Double], exponent: Int)?
    func multiples(of step: Double) -> [Double] {
      let first = Int(saturating: (range.lowerBound / step - 1e-9).rounded(.up))
      let last = Int(saturating: (range.upperBound / step + 1e-9).rounded(.down))
      return first <= last ? (first...last).map { Double($0) * step } : []
    }
    while true {
      guard let factor = factors.next() else {
        exponent += 1
        factors = [1.0, 2, 5].makeIterator()
        continue
      }
      var found = (values: multiples(of: factor * pow10(exponent)), exponent: exponent)
      if found.values.count <= limit {
        if let finer, found.values.count < 2, finer.values.count <= limit + 2 { found = finer }
        values = found.values
        labels = values.map {
          Self.label($0, exponent: found.exponent, largest: max(abs(range.lowerBound), abs(range.upperBound)))
        }
        return
      }
      finer = found
    }
  }

  /// Whole powers of ten in a range of decimal logarithms, thinned until at most `limit` are left.
  init(decades range: ClosedRange<Double>, atMost limit: Int) {
    let first = Int(saturating: range.lowerBound.rounded(.up))
    let last = Int(saturating: range.upperBound.rounded(.down))
    let step = max(1, (max(0, last - first) + limit - 1) / limit)
    values = first <= last ? stride(from: first, through: last, by: step).map { Double($0) } : []
    let isPlain = values.allSatisfy { abs($0) <= 3 }
    labels = values.map {
      isPlain ? Number.short(pow10(Int(saturating: $0))) : "10" + Number.superscript(Int(saturating: $0))
    }
  }

  /// All labels of an axis have the same number of decimals, unless the numbers are very large or small; then as many digits as tell them apart.
  private static func label(_ value: Double, exponent: Int, largest: Double) -> String {
    let decimals = max(0, -exponent)
    if largest >= 1e6 || decimals > 5 {
      return Number.short(value, digits: max(3, Int(saturating: log10(largest).rounded(.down)) - exponent + 1))
    }
    if largest >= 10_000 { return Number.count(Int(saturating: value.rounded())) }
    let text = String(format: "%.\(decimals)f", abs(value) < 1e-12 * largest ? 0 : value)
    return text.replacingOccurrences(of: "-", with: "−")
  }

  var widestLabel: Double { labels.map { Font.tick.width(of: $0) }.max() ?? 0 }
}
