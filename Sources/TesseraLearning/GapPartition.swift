import Foundation
import TesseraNumerics

/// Samples divided into classes that gaps separate.
struct GapPartition {
  /// One sample a row.
  private let samples: Matrix<Double>
  private let minimumSize: Int
  private let limit: Double
  /// The class of each sample, 0 ..< `count`; -1 for none.
  private(set) var labels: [Int]
  private(set) var confidence: [Double]
  private(set) var count: Int

  /// Classes that a class is compared with: the nearest ones.
  private static let compared = 12

  /// Joins islands without a gap between them; islands that a chain of others connects are one class.
  init(_ samples: Matrix<Double>, islands: Classes, minimumSize: Int, limit: Double) {
    (self.samples, self.minimumSize, self.limit) = (samples, minimumSize, limit)
    let pieces = islands.count > 0 ? islands.labels.map { $0 - 1 } : islands.labels.map { _ in 0 }
    (labels, count) = (pieces, max(1, islands.count))
    confidence = islands.confidence
    // The scatter within classes is known better once the pieces of a class are together: join again until it settles.
    for _ in 0..<5 {
      let before = labels
      relabel(pieces, count: max(1, islands.count), joining: joined(pieces, count: max(1, islands.count)))
      if labels == before { break }
    }
  }

  /// Gives every sample to a class, then splits and joins classes until gaps and classes agree.
  mutating func refine() throws {
    try assign()
    for _ in 0..<4 {
      let before = count
      try split()
      let pieces = labels
      relabel(pieces, count: count, joining: joined(pieces, count: count))
      if count == before { break }
      try assign()
    }
  }

  var classes: Classes { Classes(grouping: labels, confidence: confidence) }

  /// The largest gap density of two classes; 0 for one class.
  var weakestGap: Double {
    let groups = whitenedGroups(labels, count: count)
    var largest = 0.0
    for a in 0..<count {
      for b in 0..<a where groups[a].rows > 1 && groups[b].rows > 1 {
        largest = max(largest, gapDensity(between: groups[a], and: groups[b]))
      }
    }
    return largest
  }

  /// Part of the variance above the noise that lies between classes: the mean over the coordinates, each weighted by
  /// the square of its variance above the noise, so that many coordinates of hardly more than noise do not count.
  func explained(noise: Double) -> Double {
    let within = withinCovariance(labels, count: count)
    let mean = columnMean(samples)
    var (total, between) = (0.0, 0.0)
    for column in 0..<samples.columns {
      var square = 0.0
      for row in 0..<samples.rows { square += pow(samples[row, column] - mean[column], 2) }
      let excess = max(0, square / Double(samples.rows) - noise)
      total += excess * excess
      between += excess * max(0, excess - max(0, within[column, column] - noise))
    }
    return total > 0 ? between / total : 0
  }

  /// Joins the closest classes, or halves the widest, until there are `wanted` of them.
  mutating func adjust(to wanted: Int) throws {
    while count > wanted {
      let groups = whitenedGroups(labels, count: count)
      let means = groups.map(columnMean)
      var (least, pair) = (Double.infinity, (0, 1))
      for b in 0..<count {
        for a in 0..<b {
          // Ward's criterion: what joining adds to the scatter within classes.
          let (m, n) = (Double(groups[a].rows), Double(groups[b].rows))
          let cost = m * n / (m + n) * zip(means[a], means[b]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
          if cost < least { (least, pair) = (cost, (a, b)) }
        }
      }
      labels = labels.map { $0 == pair.1 ? pair.0 : $0 == count - 1 && pair.1 < count - 1 ? pair.1 : $0 }
      count -= 1
    }
    while count < wanted {
      let groups = groups(labels, count: count)
      let scatter = groups.map { group in
        zip(0..., columnMean(group)).reduce(0.0) { sum, pair in
          sum + (0..<group.rows).reduce(0) { $0 + pow(group[$1, pair.0] - pair.1, 2) }
        }
      }
      let widest = scatter.indices.max { scatter[$0] < scatter[$1] }!
      guard scatter[widest] > 0 else { return }
      let halves = try KMeans(count: 2).fit(groups[widest].map { Float($0) }, seed: 1).assignment
      let members = labels.indices.filter { labels[$0] == widest }
      for (index, member) in members.enumerated() where halves[index] == 1 { labels[member] = count }
      count += 1
    }
  }

  /// The most probable class of each sample in a mixture with one covariance matrix, starting from the labels.
  private mutating func assign() throws {
    var mixture = GaussianMixture(count: count, covariance: .tied)
    mixture.stepLimit = 30
    let fit = try mixture.fit(samples.map { Float($0) }, startingFrom: labels)
    let best = (0..<samples.rows).map { row in
      (0..<count).reduce(0) { fit.responsibilities[row, $1] > fit.responsibilities[row, $0] ? $1 : $0 }
    }
    confidence = best.enumerated().map { fit.responsibilities[$0, $1] }
    labels = best
    // A class that lost its samples to others is gone.
    let kept = (0..<count).filter { label in labels.contains(label) }
    labels = labels.map { kept.firstIndex(of: $0)! }
    count = kept.count
  }

  /// Halves classes at a gap along one of their own leading directions.
  private mutating func split() throws {
    for label in 0..<count {
      let members = labels.indices.filter { labels[$0] == label }
      guard members.count >= 4 * minimumSize else { continue }
      let own = samples.selecting(rows: members)
      let halves = try KMeans(count: 2).fit(own.map { Float($0) }, seed: 1).assignment
      let sides = [0, 1].map { side in members.indices.filter { halves[$0] == side } }
      guard sides.allSatisfy({ $0.count >= minimumSize }) else { continue }
      var pieces = labels
      for index in sides[1] { pieces[members[index]] = count }
      let whitening = whitening(of: withinCovariance(pieces, count: count + 1)).matrix
      let groups = sides.map { own.selecting(rows: $0).times(whitening) }
      if gapDensity(between: groups[0], and: groups[1]) < limit { (labels, count) = (pieces, count + 1) }
    }
  }

  private mutating func relabel(_ pieces: [Int], count pieceCount: Int, joining sets: [Int]) {
    labels = pieces.map { $0 < 0 ? -1 : sets[$0] }
    count = (sets.max() ?? 0) + 1
  }

  /// The set of each piece after joining pieces without a gap, numbered from 0 in order of first appearance. Directions
  /// are scaled by the scatter within the present labels.
  private func joined(_ pieces: [Int], count pieceCount: Int) -> [Int] {
    let whitening = whitening(of: withinCovariance(labels, count: count)).matrix
    let groups = groups(pieces, count: pieceCount).map { $0.times(whitening) }
    let means = groups.map(columnMean)
    let pairs = concurrentMap(count: pieceCount) { a -> [Int] in
      let near = (0..<pieceCount).filter { $0 != a }
        .map { b in (zip(means[a], means[b]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }, b) }
        .sorted { $0 < $1 }.prefix(Self.compared)
      return near.map(\.1).filter { groups[$0].rows > 1 && groups[a].rows > 1 }
        .filter { gapDensity(between: groups[a], and: groups[$0]) >= limit }
    }
    var sets = DisjointSets(pieceCount)
    for (a, others) in pairs.enumerated() {
      for b in others {
        let (first, second) = (sets.find(a), sets.find(b))
        if first != second { sets.join(min(first, second), max(first, second)) }
      }
    }
    var numbers: [Int: Int] = [:]
    return (0..<pieceCount).map { piece in
      let root = sets.find(piece)
      if let number = numbers[root] { return number }
      numbers[root] = numbers.count
      return numbers[root]!
    }
  }

  private func groups(_ pieces: [Int], count: Int) -> [Matrix<Double>] {
    var members = [[Int]](repeating: [], count: count)
    for (index, piece) in pieces.enumerated() where piece >= 0 { members[piece].append(index) }
    return members.map { samples.selecting(rows: $0) }
  }

  /// The groups in coordinates in which the scatter within them is equal in all directions.
  private func whitenedGroups(_ pieces: [Int], count: Int) -> [Matrix<Double>] {
    let whitening = whitening(of: withinCovariance(pieces, count: count)).matrix
    return groups(pieces, count: count).map { $0.times(whitening) }
  }

  /// Mean covariance within groups, weighted by their sizes.
  private func withinCovariance(_ pieces: [Int], count: Int) -> Matrix<Double> {
    let d = samples.columns
    var total = Matrix<Double>(rows: d, columns: d, filling: 0)
    var freedom = 0.0
    for group in groups(pieces, count: count) where group.rows > 1 {
      let mean = columnMean(group)
      var centred = group
      for row in 0..<group.rows { for column in 0..<d { centred[row, column] -= mean[column] } }
      let scatter = centred.gram
      for index in total.values.indices { total.values[index] += scatter.values[index] }
      freedom += Double(group.rows - 1)
    }
    let mean = (0..<d).reduce(0) { $0 + total[$1, $1] } / Double(d)
    for index in total.values.indices { total.values[index] /= max(1, freedom) }
    // Directions without any scatter would be scaled without bound.
    let floor = mean > 0 ? 1e-6 * mean / max(1, freedom) : 1
    for column in 0..<d { total[column, column] += floor }
    return total
  }
}

/// Mean of each column; zeros for no rows.
private func columnMean(_ table: Matrix<Double>) -> [Double] {
  (0..<table.columns).map { column in
    (0..<table.rows).reduce(0.0) { $0 + table[$1, column] } / Double(max(1, table.rows))
  }
}
