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
  package static func all(_ confidences: [[Double]]) -> [ClassCount] {
    let total = max(1, confidences.reduce(0) { $0 + $1.count })
    return zip(confidences, CountIntervals.intervals(confidences)).map { own, interval in
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
  package var counts: [ClassCount] {
    var confidences = [[Double]](repeating: [], count: count)
    for (label, sure) in zip(labels, confidence) where label > 0 { confidences[label - 1].append(sure) }
    return ClassCount.all(confidences)
  }
}
