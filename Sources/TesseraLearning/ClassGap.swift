import Foundation
import TesseraNumerics

/// How empty the place between two groups of samples is.
///
/// Every sample is projected on the line from the mean of the other group to the mean of its own, the sample itself
/// left out of its mean: otherwise the noise that a sample lends to the mean of a small group would make it seem nearer
/// to its own. Both groups count alike, whatever their sizes. The gap is the density in the middle third of the way
/// between the means over the mean density on the whole way: 1 and more for halves of one group, 0.4 for two normal
/// groups 4 standard deviations apart, 0.2 at 5.
/// - Parameters:
///   - first: samples of one group, one a row, two or more; noise of equal variance in all columns.
///   - second: the same for the other group.
package func gapDensity(between first: Matrix<Double>, and second: Matrix<Double>) -> Double {
  let (a, b) = (GroupMean(first), GroupMean(second))
  let (left, right) = (a.places(of: first, against: b.mean), b.places(of: second, against: a.mean))
  // Mean distance of the groups from the boundary half-way between the means.
  let half = (Statistics.mean(left) + Statistics.mean(right)) / 2
  guard half > 0 else { return .infinity }
  func share(_ places: [Double], within part: Double) -> Double {
    (Double(places.count { abs($0) <= half * part }) + added * part) / (Double(places.count) + added)
  }
  let whole = share(left, within: 1) + share(right, within: 1)
  return 3 * (share(left, within: 1.0 / 3) + share(right, within: 1.0 / 3)) / whole
}

/// Samples added to each group, spread evenly over the way between the means: a dozen samples that leave the middle
/// empty by chance do not make a gap.
private let added = 4.0

private struct GroupMean {
  let mean: [Double]
  let count: Double

  init(_ samples: Matrix<Double>) {
    count = Double(samples.rows)
    var sum = [Double](repeating: 0, count: samples.columns)
    for row in 0..<samples.rows {
      for column in 0..<samples.columns { sum[column] += samples.values[row * samples.columns + column] }
    }
    mean = sum.map { [count] in $0 / count }
  }

  /// Signed distance of each sample from the plane half-way between the means, positive on its own side.
  func places(of samples: Matrix<Double>, against other: [Double]) -> [Double] {
    (0..<samples.rows).map { row in
      var (product, length) = (0.0, 0.0)
      for column in 0..<samples.columns {
        let x = samples.values[row * samples.columns + column]
        let own = count > 1 ? (count * mean[column] - x) / (count - 1) : mean[column]
        let direction = own - other[column]
        product += (x - (own + other[column]) / 2) * direction
        length += direction * direction
      }
      return length > 0 ? product / length.squareRoot() : 0
    }
  }
}
