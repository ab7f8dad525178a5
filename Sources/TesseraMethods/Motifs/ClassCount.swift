import TesseraLearning
import TesseraNumerics

/// How many sites a class has, and how surely: what `classes.csv` says behind the name.
package struct ClassCount {
  package var count: Int
  /// Share of the classified sites, 0 ... 1.
  package var fraction: Double
  /// Mean confidence of the members, 0 ... 1.
  package var confidence: Double
  /// Of 95 % for the number of members.
  package var interval: ClosedRange<Int>

  /// Of each class, from the confidence of its members.
  /// - Parameters:
  ///   - confidences: of the members of each class, 0 ... 1.
  ///   - squaredDistances: between the means of any two classes, in variances of the noise; nil where unknown.
  package static func all(_ confidences: [[Double]], squaredDistances: [[Double]]? = nil) -> [ClassCount] {
    let total = max(1, confidences.reduce(0) { $0 + $1.count })
    let intervals = CountIntervals.intervals(confidences, squaredDistances: squaredDistances)
    return zip(confidences, intervals).map { own, interval in
      ClassCount(
        count: own.count, fraction: Double(own.count) / Double(total),
        confidence: own.isEmpty ? 0 : Statistics.mean(own), interval: interval)
    }
  }

  static let columns = ["count", "fraction", "confidence", "count_low", "count_high"]

  var fields: [String] {
    [
      String(count), TableWriter.number(fraction, decimals: 6), TableWriter.number(confidence),
      String(interval.lowerBound), String(interval.upperBound),
    ]
  }
}

extension Classes {
  /// How many sites each class has, and how surely.
  /// - Parameters:
  ///   - features: by which the sites were sorted; nil where they are not known.
  ///   - noise: standard deviation of a feature.
  func counts(by features: Matrix<Float>? = nil, noise: Double = 0) -> [ClassCount] {
    let groups = count > 0 ? (1...count).map { members(of: $0) } : []
    return ClassCount.all(
      groups.map { $0.map { confidence[$0] } },
      squaredDistances: features.flatMap { CountIntervals.squaredDistances(of: groups, in: $0, noise: noise) })
  }
}

extension MotifFolder {
  /// How many sites each of some classes has, and how surely.
  package func counts(of leaves: [ClassTree.Node]) -> [ClassCount] {
    let descriptor = settings.descriptor
    return ClassCount.all(
      leaves.map(\.confidence),
      squaredDistances: CountIntervals.squaredDistances(
        of: leaves.map(\.members), in: descriptor.features(from: moments),
        noise: descriptor.leastNoiseShare * momentNoise))
  }
}
