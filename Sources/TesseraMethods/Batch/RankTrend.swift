import Foundation
import TesseraNumerics

/// Whether numbers rise or fall with their place in a series, by their order alone.
///
/// Sources: the test of Mann, Econometrica 13 (1945) 245, and Kendall, with the variance of tied values (Hollander & Wolfe, Nonparametric
/// Statistical Methods, 8.1); the slope of Sen, J. Am. Stat. Assoc. 63 (1968) 1379.
package struct RankTrend: Sendable {
  /// The median of the slopes between all pairs, per step.
  package let slope: Double
  /// Two-sided: of numbers in random order the share that would seem to rise or fall so much.
  package let p: Double

  /// With fewer values the normal law is no good one of the statistic, and a trend is hardly to be seen at all.
  package static let fewest = 8

  /// More values are averaged in equal groups of neighbours first: the pairs of so many are counted in a second.
  private static let most = 2000

  /// - Returns: nil for fewer than eight values.
  package init?(of all: [Double]) {
    guard all.count >= Self.fewest else { return nil }
    let group = (all.count + Self.most - 1) / Self.most
    let values = stride(from: 0, to: all.count / group * group, by: group).map {
      Statistics.mean(Array(all[$0..<$0 + group]))
    }
    var (sign, slopes) = (0.0, [Double]())
    slopes.reserveCapacity(values.count * (values.count - 1) / 2)
    for i in values.indices {
      for j in values.indices[(i + 1)...] {
        let rise = values[j] - values[i]
        sign += rise > 0 ? 1 : rise < 0 ? -1 : 0
        slopes.append(rise / Double(j - i))
      }
    }
    func term(_ n: Double) -> Double { n * (n - 1) * (2 * n + 5) }
    let ties = Dictionary(values.map { ($0, 1.0) }, uniquingKeysWith: +).values.sorted()
    let variance = (term(Double(values.count)) - ties.reduce(0) { $0 + term($1) }) / 18
    slope = Statistics.median(slopes) / Double(group)
    // The statistic moves in steps of two: half of one is taken off.
    p = variance > 0 ? min(1, erfc(max(0, abs(sign) - 1) / (2 * variance).squareRoot())) : 1
  }
}
