import TesseraImaging
import TesseraLearning
import TesseraNetworks
import TesseraNumerics

/// How good a forest of defects is: on micrographs that were held back, and out of bag.
struct DefectAssessment: Sendable {
  var classes: [ParticleClass]
  var outOfBag: (shares: [[Double]], labels: [Int])
  var held: (probabilities: [[Double]], labels: [Int], micrographs: [Int])
  /// Fall of the share of right answers out of bag without each feature.
  var importance: [(name: String, fall: Double)]

  init(
    classes: [ParticleClass], outOfBag: ([[Double]], [Int]), held: ([[Double]], [Int], [Int]),
    importance: [(String, Double)]
  ) {
    (self.classes, self.importance) = (classes, importance.map { (name: $0.0, fall: $0.1) })
    self.outOfBag = (outOfBag.0, outOfBag.1)
    self.held = (held.0, held.1, held.2)
  }

  /// Rows: true class; columns: answer.
  func confusion(of answers: [[Double]], _ labels: [Int]) -> [[Int]] {
    var table = [[Int]](repeating: [Int](repeating: 0, count: classes.count), count: classes.count)
    for (answer, label) in zip(answers, labels) where answer.contains(where: { $0 > 0 }) {
      table[label][answer.largest] += 1
    }
    return table
  }

  var heldConfusion: [[Int]] { confusion(of: held.probabilities, held.labels) }

  static func meanRecall(_ table: [[Int]]) -> Double {
    let recalls = table.enumerated().compactMap { label, row -> Double? in
      let all = row.reduce(0, +)
      return all > 0 ? Double(row[label]) / Double(all) : nil
    }
    return Statistics.mean(recalls)
  }

  /// Share of right answers: classes count as often as they occur, as in [P21].
  static func accuracy(_ table: [[Int]]) -> Double {
    let all = table.joined().reduce(0, +)
    return all > 0 ? Double(table.indices.reduce(0) { $0 + table[$1][$1] }) / Double(all) : 0
  }

  /// The interval of 95 % of the mean of the recalls: the wider of two. One draws micrographs with replacement, as particles of one resemble
  /// each other; it says nothing where all answers are right, or of few micrographs. The other is that of the numbers of particles.
  func interval(seed: UInt64, count: Int = 400) -> (low: Double, high: Double) {
    let drawn = bootstrap(seed: seed, count: count)
    let counts = heldConfusion.enumerated().map { (count: $1[$0], all: $1.reduce(0, +)) }.filter { $0.all > 0 }
    guard !counts.isEmpty else { return drawn }
    let counted = Statistics.meanShareInterval(counts)
    return (min(drawn.low, counted.low), max(drawn.high, counted.high))
  }

  /// Mean of the recalls of samples of the micrographs drawn with replacement.
  private func bootstrap(seed: UInt64, count: Int) -> (low: Double, high: Double) {
    var groups: [Int: [Int]] = [:]
    for (index, micrograph) in held.micrographs.enumerated() { groups[micrograph, default: []].append(index) }
    let all = groups.keys.sorted().map { groups[$0]! }
    let values = concurrentMap(count: count) { number -> Double in
      var random = RandomSource(seed: seed, stream: UInt64(number))
      let rows = all.flatMap { _ in all[random.index(below: all.count)] }
      return Self.meanRecall(confusion(of: rows.map { held.probabilities[$0] }, rows.map { held.labels[$0] }))
    }
    return (Statistics.quantile(values, 0.025), Statistics.quantile(values, 0.975))
  }

  var scores: [String: Double] {
    let (table, bag) = (heldConfusion, confusion(of: outOfBag.shares, outOfBag.labels))
    let interval = interval(seed: 1)
    let top = zip(held.probabilities, held.labels).map { (probability: $0.max() ?? 0, isTrue: $0.largest == $1) }
    var scores = [
      "mean_recall": Self.meanRecall(table), "mean_recall_low": interval.low, "mean_recall_high": interval.high,
      "accuracy": Self.accuracy(table), "out_of_bag_mean_recall": Self.meanRecall(bag),
      "out_of_bag_accuracy": Self.accuracy(bag),
      "regions_held": Double(held.labels.count), "regions_trained": Double(outOfBag.labels.count),
      "calibration_error": expectedCalibrationError(of: top.map(\.probability), areTrue: top.map(\.isTrue)),
    ]
    for (label, row) in table.enumerated() {
      let all = row.reduce(0, +)
      if all > 0 { scores["recall_\(classes[label].rawValue)"] = Double(row[label]) / Double(all) }
    }
    return scores
  }
}
