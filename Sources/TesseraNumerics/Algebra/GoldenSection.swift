import Foundation

/// The minimum of a function of one variable, which must have a single one in the range: each step leaves the part, 0.618 of the range, in which
/// the smaller of two values lies, and asks for one value more.
///
/// Source: Kiefer, Proc. Am. Math. Soc. 4 (1953) 502.
package struct GoldenSection: Sendable {
  /// Where the minimum is sought.
  package var range: ClosedRange<Double>
  /// The search ends where the rest of the range is no longer than this; positive.
  package var tolerance: Double

  /// A search in a range; the parameters are the properties of the same names.
  package init(_ range: ClosedRange<Double>, tolerance: Double) {
    (self.range, self.tolerance) = (range, tolerance)
  }

  private static let ratio = (5.0.squareRoot() - 1) / 2

  /// The middle of what is left of the range.
  package func minimum(of function: (Double) -> Double) -> Double {
    let ratio = Self.ratio
    var (low, high) = (range.lowerBound, range.upperBound)
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    var (atLeft, atRight) = (function(left), function(right))
    while high - low > tolerance {
      if atLeft < atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - ratio * (high - low)
        atLeft = function(left)
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + ratio * (high - low)
        atRight = function(right)
      }
    }
    return (low + high) / 2
  }
}
