import Foundation
import TesseraNumerics

/// Finds which classes stand in which relation: "a site of class 2 lies 13 pixels to the right of one of class 1, more often
/// than by chance". Needs no lattice. Source: M22, Figs 1H, 3E and 5E.
public struct PairRelations: Sendable, Codable, Equatable {
  /// Longest displacement in units of the typical distance between neighbouring sites; above 1.
  public var reach = 2.2
  /// Shuffles of the labels that say what chance would give, 10 or more.
  public var permutations = 60
  /// A relation is as many standard deviations, or more, above chance.
  public var significance = 4.0
  /// Displacements and relations of fewer pairs are left out.
  public var smallestCount = 5
  /// Relations up to 2.2 spacings that stand four standard deviations above shuffled labels.
  public init() {}

  /// Sites of one class at one displacement from sites of another.
  public struct Relation: Sendable, Codable, Equatable {
    /// Classes of the two sites, 1 or more.
    public var from, to: Int
    /// From site to site, in pixels.
    public var displacement: Point
    /// Number of pairs, and the mean number when labels are shuffled.
    public var count: Int
    /// Mean number of pairs over the shuffles.
    public var expected: Double
    /// Standard deviations of the shuffled number between both.
    public var significance: Double
    /// Share of the sites of class `from` that have such a partner, 0 ... 1.
    public var share: Double
  }

  /// By class `from`, then length of the displacement in steps of a tenth of the spacing, then its angle, then class `to`.
  ///
  /// O(pairs permutations). The same seed gives the same relations, on any number of threads.
  /// - Parameters:
  ///   - positions: of the sites, in pixels; finite.
  ///   - labels: the class of each site, 1 or more; sites with 0 are left out.
  ///   - seed: of the shuffles of the labels: equal seeds give equal relations.
  public func relations(
    among positions: [Point], labels: [Int], seed: UInt64
  ) throws(ParameterError) -> [Relation] {
    try require(reach > 1, "pair relations: reach", is: reach, mustBe: "above 1")
    try require(permutations >= 10, "pair relations: permutations", is: permutations, mustBe: "10 or more")
    try require(smallestCount >= 1, "pair relations: smallest count", is: smallestCount, mustBe: "1 or more")
    precondition(positions.count == labels.count)
    let used = labels.indices.filter { labels[$0] > 0 }
    let spacing = PlanarIndex(used.map { positions[$0] }).sampledSpacing
    guard spacing > 0 else { return [] }
    let classes = used.map { labels[$0] - 1 }
    let classCount = (classes.max() ?? 0) + 1
    let peaks = DisplacementPeaks(
      among: used.map { positions[$0] }, reach: reach * spacing, spacing: spacing, smallestCount: smallestCount)
    let cells = peaks.displacements.count * classCount * classCount

    @Sendable func counts(_ classes: [Int]) -> [Int] {
      var table = [Int](repeating: 0, count: cells)
      for pair in peaks.pairs {
        let row = Int(pair.peak) * classCount + classes[Int(pair.from)]
        table[row * classCount + classes[Int(pair.to)]] += 1
      }
      return table
    }
    let observed = counts(classes)
    let shuffled = concurrentMap(count: permutations) { number in
      var source = RandomSource(seed: seed, stream: UInt64(number))
      var shuffled = classes
      for last in stride(from: shuffled.count - 1, to: 0, by: -1) {
        shuffled.swapAt(last, source.index(below: last + 1))
      }
      return counts(shuffled)
    }
    var sizes = [Int](repeating: 0, count: classCount)
    for label in classes { sizes[label] += 1 }

    var found: [Relation] = []
    for from in 0..<classCount {
      for (peak, displacement) in peaks.displacements.enumerated() {
        for to in 0..<classCount {
          let cell = (peak * classCount + from) * classCount + to
          guard observed[cell] >= smallestCount else { continue }
          let chance = shuffled.map { Double($0[cell]) }
          let expected = Statistics.mean(chance)
          // Rare pairs scatter as a Poisson law, which few shuffles may miss.
          let deviation = max(Statistics.deviation(chance), expected.squareRoot(), 0.5)
          let distance = (Double(observed[cell]) - expected) / deviation
          guard distance >= significance else { continue }
          found.append(
            Relation(
              from: from + 1, to: to + 1, displacement: displacement, count: observed[cell], expected: expected,
              significance: distance, share: min(1, Double(observed[cell]) / Double(sizes[from]))))
        }
      }
    }
    return found
  }
}
