import Foundation
import TesseraNumerics

/// A division of the rows of a table into classes, and the moves that improve it.
struct Partition: Sendable {
  let table: WhitenedTable
  /// One label per row, 0 ...
  private(set) var labels: [Int]
  private let rule: ClassFinder

  init(table: WhitenedTable, labels: [Int], rule: ClassFinder) {
    (self.table, self.rule) = (table, rule)
    let order = Set(labels).sorted()
    let rank = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    self.labels = labels.map { rank[$0]! }
  }

  var count: Int { (labels.max() ?? -1) + 1 }

  private func members() -> [[Int]] {
    var groups = [[Int]](repeating: [], count: count)
    for (row, label) in labels.enumerated() { groups[label].append(row) }
    return groups
  }

  // MARK: - Moves

  /// Splits every class that holds two groups with a gap between them; parts are tried again.
  mutating func split() {
    var next = count
    var open = members()
    while let group = open.popLast() {
      guard group.count >= 2 * rule.smallestClass, let parts = bestSplit(of: group) else { continue }
      for row in parts.second { labels[row] = next }
      next += 1
      open.append(parts.first)
      open.append(parts.second)
    }
  }

  /// Joins, closest first, the classes between which there is no gap; classes too small go to their nearest.
  mutating func join() {
    var groups = members().filter { !$0.isEmpty }
    groups.sort { ($0.count, -$0[0]) > ($1.count, -$1[0]) }
    var pairs: [PairKey: Double] = [:]
    func strength(_ a: Int, _ b: Int) -> Double {
      let gap = table.gap(between: groups[a], and: groups[b])
      let wanted = rule.lastingSeparation(groups[a].count, groups[b].count, components: table.components)
      let small = min(groups[a].count, groups[b].count) < rule.smallestClass
      if small { return -1 / (1 + gap.separation) }
      return gap.separation >= wanted && gap.valley <= rule.lastingValley ? .infinity : gap.separation - wanted
    }
    var alive = Array(groups.indices)
    for (k, a) in alive.enumerated() { for b in alive[..<k] { pairs[PairKey(a, b)] = strength(a, b) } }
    while alive.count > 1 {
      let weakest = pairs.filter { $0.value.isFinite }.min { ($0.value, $0.key) < ($1.value, $1.key) }
      guard let weakest else { break }
      let (a, b) = (weakest.key.low, weakest.key.high)
      groups[a] += groups[b]
      groups[a].sort()
      alive.removeAll { $0 == b }
      pairs = pairs.filter { $0.key.low != b && $0.key.high != b }
      for other in alive where other != a { pairs[PairKey(a, other)] = strength(a, other) }
    }
    for (label, k) in alive.enumerated() { for row in groups[k] { labels[row] = label } }
  }

  /// Gives rows to the class that explains them best, with one covariance for all classes (a mixture with hard labels),
  /// for a few steps. Classes that run empty disappear.
  mutating func refine() {
    for _ in 0..<8 {
      let groups = members().filter { $0.count > 0 }
      guard let model = SharedCovariance(groups, table) else { return }
      let updated = model.assignment(of: table)
      if updated == labels { break }
      labels = updated
    }
    self = Partition(table: table, labels: labels, rule: rule)
  }

  /// Gives rows to their most probable class of a mixture with soft edges and one covariance for all classes, and tells
  /// how probable each is.
  ///
  /// Hard labels draw a faint class's mean away from the boundary and cost it the members on the other side; where classes
  /// overlap, as motifs do at few counts, that moves the boundary. The number of classes stays: where one runs low, so do the
  /// hard labels.
  mutating func soften() throws -> [Double] {
    // Counting the classes takes a look at every row: once.
    let count = self.count
    guard count > 1 else { return [Double](repeating: 1, count: labels.count) }
    var mixture = GaussianMixture(count: count, covariance: .tied)
    mixture.stepLimit = 20
    let known = Matrix<Float>(
      rows: table.count, columns: table.components, values: table.values.values.map { Float($0) })
    let soft = try mixture.fit(known, startingFrom: labels).responsibilities
    let updated = (0..<soft.rows).map { row in (1..<count).reduce(0) { soft[row, $1] > soft[row, $0] ? $1 : $0 } }
    var sizes = [Int](repeating: 0, count: count)
    for label in updated { sizes[label] += 1 }
    if sizes.allSatisfy({ $0 >= rule.smallestClass }) { labels = updated }
    return labels.enumerated().map { soft[$0, $1] }
  }

  /// Sum over components of the variance within classes.
  func varianceWithin() -> Double {
    var sum = 0.0
    for group in members() {
      let mean = table.mean(of: group)
      for row in group { sum += table.squaredDistance(row, mean) }
    }
    return sum / Double(max(1, table.count - count))
  }

  // MARK: - Splitting one class

  /// Components whose variance exceeds that of the noise, 1, by less hold no two groups: two of equal size that are D apart add D² / 4, so that
  /// these would be less than one deviation of the noise apart.
  private static let leastVariance = 1.2
  /// Components that are tried, those of the largest variance first.
  private static let mostComponents = 4
  /// In squared distances: farther out than so many times the median lie a quarter of a Gaussian cloud of one component, and two in a thousand
  /// of one of ten.
  private static let remoteness = 3.0
  /// So many of the farthest rows are compared with one another, as many as a rare motif and the tail of a large class have together.
  private static let mostRemote = 400
  /// More rare motifs than this are found one split after the other.
  private static let mostPlaces = 3

  /// Two rows that differ by their noise alone lie 2 d apart in square on average, where d is the number of components. Those within twice that
  /// and three deviations of the noise are company: of one motif at least 98.5 % in any number of components.
  private var squaredReachOfCompany: Double { 4 * Double(table.components) + 9 }

  private func bestSplit(of group: [Int]) -> (first: [Int], second: [Int])? {
    let mean = table.mean(of: group)
    let covariance = table.covariance(of: group, about: mean)
    guard let (eigenvalues, vectors) = covariance.symmetricEigen() else { return nil }
    var starts: [(far: [Double], near: [Double])] = []
    for k in eigenvalues.indices.reversed().prefix(Self.mostComponents) where eigenvalues[k] > Self.leastVariance {
      let step = eigenvalues[k].squareRoot()
      let axis = (0..<table.components).map { vectors[$0, k] * step }
      starts.append((zip(mean, axis).map { $0 + $1 }, zip(mean, axis).map { $0 - $1 }))
    }
    starts += outlyingStarts(of: group, mean: mean, eigenvalues: eigenvalues, vectors: vectors).map { ($0, mean) }
    let pairs = starts
    let tries = concurrentMap(count: pairs.count) { k -> (score: Double, first: [Int], second: [Int])? in
      guard let (first, second) = twoMeans(group, pairs[k].far, pairs[k].near) else { return nil }
      let gap = table.gap(between: first, and: second)
      let surplus = gap.separation - rule.wantedSeparation(first.count, second.count, components: table.components)
      return surplus >= 0 && gap.valley <= rule.valley ? (surplus, first, second) : nil
    }
    return tries.compactMap { $0 }.max { $0.score < $1.score }.map { ($0.first, $0.second) }
  }

  /// Members far from the middle, in units of the class's own spread, that have company out there: where a rare motif
  /// would be. At most `mostPlaces` places.
  private func outlyingStarts(
    of group: [Int], mean: [Double], eigenvalues: [Double], vectors: Matrix<Double>
  ) -> [[Double]] {
    // Scaled by the spread of the bulk, so that a wide component does not hide a narrow one.
    let far = group.map { row -> Double in
      var sum = 0.0
      for k in eigenvalues.indices {
        var projection = 0.0
        for j in 0..<table.components { projection += vectors[j, k] * (table.values[row, j] - mean[j]) }
        sum += projection * projection / max(1, eigenvalues[k])
      }
      return sum
    }
    let typical = Statistics.median(far)
    var remote = zip(group, far).filter { $0.1 > Self.remoteness * typical }.sorted { ($0.1, -$0.0) > ($1.1, -$1.0) }
      .prefix(Self.mostRemote).map(\.0)
    var places: [[Double]] = []
    while places.count < Self.mostPlaces && remote.count >= rule.smallestClass {
      // The member with the most company.
      let squaredReach = squaredReachOfCompany
      let candidates = remote
      let company = concurrentMap(count: candidates.count) { a in
        let place = Array(table.values.row(candidates[a]))
        return candidates.filter { table.squaredDistance($0, place) < squaredReach }
      }
      guard let best = company.max(by: { $0.count < $1.count }), best.count >= rule.smallestClass else { break }
      places.append(table.mean(of: best))
      let taken = Set(best)
      remote.removeAll { taken.contains($0) }
    }
    return places
  }

  /// Two groups about two moving means; each row goes to the nearer, the smaller group's claim weighed by its size.
  private func twoMeans(_ group: [Int], _ a: [Double], _ b: [Double]) -> (first: [Int], second: [Int])? {
    var (first, second) = (a, b)
    var (one, two): ([Int], [Int]) = ([], [])
    for _ in 0..<20 {
      let before = one
      one = []
      two = []
      for row in group {
        if table.squaredDistance(row, first) < table.squaredDistance(row, second) {
          one.append(row)
        } else {
          two.append(row)
        }
      }
      guard one.count >= rule.smallestClass, two.count >= rule.smallestClass else { return nil }
      if one == before { break }
      first = table.mean(of: one)
      second = table.mean(of: two)
    }
    return (two, one)
  }
}

/// An unordered pair of indices.
private struct PairKey: Hashable, Comparable {
  let low, high: Int
  init(_ a: Int, _ b: Int) { (low, high) = (min(a, b), max(a, b)) }
  static func < (a: PairKey, b: PairKey) -> Bool { (a.low, a.high) < (b.low, b.high) }
}
