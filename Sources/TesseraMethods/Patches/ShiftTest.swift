import Foundation
import TesseraNumerics
import TesseraStructure

/// Joins classes of patches that show one motif, cut elsewhere or changed gradually.
///
/// The edges of a patch cut a crystal differently wherever it lies, and that is part of its spectrum; where there is little noise, patches of one
/// crystal gather in classes by it. So members of two classes are shifted onto one another (`ShiftedCorrelation`): where they are two motifs,
/// pairs of one class are more alike than pairs of both.
public struct ShiftTest: Sendable, Codable, Equatable {
  /// So many members of each class are compared first, 3 or more, and so many where these do not part them.
  public var samples = [12, 32]
  /// Standard errors by which pairs of one class are more alike than pairs of both.
  public var leastSignificance = 3.0
  /// The same as a share of their correlation: less is left by shifts that are no whole pixels.
  public var leastDifference = 0.0025
  /// Classes that differ by this share more are asked whether one changes gradually into the other.
  public var plainDifference = 0.03
  /// Each class is compared with so many others, those whose mean features are nearest.
  public var neighbours = 3
  /// A test with the standard thresholds.
  public init() {}

  /// Members of each of two classes nearest to the other, by which a gradual change shows.
  private static let boundary = 8

  /// Labels in which classes that are one motif have one number; -1 stays.
  /// - Parameters:
  ///   - labels: one for each patch, from 0, -1 for none.
  ///   - features: one row for each patch.
  ///   - correlation: of the same patches.
  func joined(_ labels: [Int], features: Matrix<Float>, correlation: ShiftedCorrelation) -> [Int] {
    var groups = Set(labels).subtracting([-1]).sorted().map { label in labels.indices.filter { labels[$0] == label } }
    var areTwo: Set<[[Int]]> = []
    while groups.count > 1 {
      let means = groups.map { features.mean(ofRows: $0) }
      var sets = DisjointSets(groups.count)
      for (a, b) in nearPairs(of: means) where !areTwo.contains([groups[a], groups[b]]) {
        if isOne(groups[a], groups[b], means: (means[a], means[b]), features, correlation) {
          sets.unite(a, b)
        } else {
          areTwo.insert([groups[a], groups[b]])
        }
      }
      let united = Dictionary(grouping: groups.indices) { sets.find($0) }
      guard united.count < groups.count else { break }
      groups = united.values.map { $0.flatMap { groups[$0] }.sorted() }.sorted { $0[0] < $1[0] }
    }
    var result = [Int](repeating: -1, count: labels.count)
    for (label, members) in groups.enumerated() { for member in members { result[member] = label } }
    return result
  }

  private func nearPairs(of means: [[Double]]) -> [(Int, Int)] {
    var pairs: Set<[Int]> = []
    for a in means.indices {
      let near = means.indices.filter { $0 != a }.sorted {
        (Statistics.squaredDistance(means[a], means[$0]), $0) < (Statistics.squaredDistance(means[a], means[$1]), $1)
      }
      for b in near.prefix(neighbours) { pairs.insert([min(a, b), max(a, b)]) }
    }
    return pairs.sorted { $0.lexicographicallyPrecedes($1) }.map { ($0[0], $0[1]) }
  }

  private func isOne(
    _ a: [Int], _ b: [Int], means: ([Double], [Double]), _ features: Matrix<Float>, _ correlation: ShiftedCorrelation
  ) -> Bool {
    for size in samples {
      let (difference, error) = difference(Self.sample(size, of: a), Self.sample(size, of: b), correlation)
      if difference > leastDifference && difference > leastSignificance * error {
        return difference > plainDifference && isGradual(a, b, means: means, features, correlation)
      }
      if size >= max(a.count, b.count) { break }
    }
    return true
  }

  /// By how much pairs of one class are more alike than pairs of both, as a share of the correlation of these, with its standard error, which is
  /// found by leaving out one patch after the other.
  func difference(
    _ a: [Int], _ b: [Int], _ correlation: ShiftedCorrelation
  ) -> (difference: Double, error: Double) {
    let all = a + b
    let pairs = all.indices.flatMap { i in (0..<i).map { (i, $0) } }
    let values = correlation.values(of: pairs.map { (all[$0.0], all[$0.1]) })
    // Sums over pairs within a, within b and between, in all and with each patch.
    var total = SIMD3<Double>.zero
    var own = [SIMD3<Double>](repeating: .zero, count: all.count)
    for ((i, j), value) in zip(pairs, values) {
      let kind = i < a.count ? 0 : j >= a.count ? 1 : 2
      total[kind] += value
      own[i][kind] += value
      own[j][kind] += value
    }
    func difference(_ sums: SIMD3<Double>, _ m: Double, _ n: Double) -> Double {
      let between = sums[2] / (m * n)
      let within = (sums[0] / (m * (m - 1) / 2) + sums[1] / (n * (n - 1) / 2)) / 2
      return (within - between) / max(abs(between), 1e-3)
    }
    let (m, n) = (Double(a.count), Double(b.count))
    let without = all.indices.map { i in
      difference(total - own[i], i < a.count ? m - 1 : m, i < a.count ? n : n - 1)
    }
    let spread = Statistics.deviation(without)
    return (difference(total, m, n), spread * (m + n - 1) / (m + n).squareRoot())
  }

  /// Whether members of two classes beside the other are as like members of it as of their own.
  private func isGradual(
    _ a: [Int], _ b: [Int], means: ([Double], [Double]), _ features: Matrix<Float>, _ correlation: ShiftedCorrelation
  ) -> Bool {
    func nearest(_ members: [Int], to mean: [Double]) -> [Int] {
      let distances = Dictionary(
        uniqueKeysWithValues: members.map { ($0, features.squaredDistance(ofRow: $0, from: mean)) })
      return Array(members.sorted { (distances[$0]!, $0) < (distances[$1]!, $1) }.prefix(Self.boundary))
    }
    let (beside, other) = (nearest(a, to: means.1), nearest(b, to: means.0))
    let between = correlation.values(of: beside.flatMap { i in other.map { (i, $0) } }).max() ?? -1
    // On both sides: members of one alone may hide what parts them, shifted to where little of it is in common.
    return [beside, other].allSatisfy { side in
      between
        >= Statistics.median(
          side.map { i in correlation.values(of: side.filter { $0 != i }.map { (i, $0) }).max() ?? 1 })
    }
  }

  private static func sample(_ size: Int, of members: [Int]) -> [Int] {
    guard members.count > size else { return members }
    return (0..<size).map { members[$0 * members.count / size] }
  }
}
