import TesseraNumerics

/// What lies between two groups of rows, seen along the direction that separates them best (Fisher's discriminant).
package struct Gap: Sendable {
  /// Distance of both means over the pooled standard deviation.
  package let separation: Double
  /// Density in the emptiest stretch between the means over the density in the middle of the sparser group: 0, an empty gap; about 1
  /// or more, none.
  package let valley: Double

  /// A window of a fifth of the way between the means, wide enough to hold rows of a sparse group and narrower than a gap that counts, is moved in so
  /// many steps over the middle three fifths: beyond these lie the groups themselves.
  private static let (windowsBetween, firstWindow, windowTravel, windowSteps) = (5.0, 0.2, 0.4, 6)
  /// Where means coincide, or a group has no middle, this keeps a density finite; in the units of the rows and of the density.
  private static let rounding = 1e-12

  /// - Parameters:
  ///   - difference: the mean of the second group less that of the first.
  ///   - scatter: the covariance within the groups, positive definite; where it is not, the difference itself is the direction.
  ///   - leastDeviation: what the standard deviation of a group along the direction is no less than, such as that of the noise.
  ///   - projected: for a direction, the sums Σ direction · values of each row of both groups.
  package init(
    difference: [Double], scatter: Matrix<Double>, leastDeviation: Double,
    projected: (_ direction: [Double]) -> (first: [Double], second: [Double])
  ) {
    let direction = scatter.solvedPositive(difference) ?? difference
    let length = dot(direction, direction).squareRoot()
    guard length > 0 else {
      (separation, valley) = (0, 1)
      return
    }
    let rows = projected(direction)
    let (first, second) = (Group(rows.first, length, leastDeviation), Group(rows.second, length, leastDeviation))
    let squares = first.weight * first.deviation * first.deviation + second.weight * second.deviation * second.deviation
    let pooled = (squares / (first.weight + second.weight)).squareRoot()
    separation = abs(second.mean - first.mean) / pooled
    // The gap runs from the nearer flank of one group to that of the other; its fifth with the fewest rows counts,
    // since groups of different width do not meet half way.
    let (low, high) = (min(first.mean, second.mean), max(first.mean, second.mean))
    let width = (high - low) / Self.windowsBetween
    var least = Double.infinity
    for step in 0...Self.windowSteps {
      let from = low + (high - low) * (Self.firstWindow + Self.windowTravel * Double(step) / Double(Self.windowSteps))
      let inside = first.count(from: from, width: width) + second.count(from: from, width: width)
      least = min(least, Double(inside) / max(width, Self.rounding))
    }
    valley = least / max(min(first.core, second.core), Self.rounding)
  }

  /// The places of a group along the direction.
  private struct Group {
    let places: [Double]
    let mean, deviation: Double

    init(_ sums: [Double], _ length: Double, _ leastDeviation: Double) {
      places = sums.map { $0 / length }
      (mean, deviation) = (Statistics.mean(places), max(leastDeviation, Statistics.deviation(places)))
    }

    var weight: Double { Double(places.count) }

    /// Density within a standard deviation of the mean.
    var core: Double { Double(places.count { abs($0 - mean) < deviation }) / (2 * deviation) }

    func count(from: Double, width: Double) -> Int { places.count { $0 >= from && $0 < from + width } }
  }
}
