import Foundation
import TesseraNumerics

/// Spreads the labels of a few samples over all: neighbours in the space of the features have the same label more often than not.
///
/// Sources: D. Zhou et al., Learning with Local and Global Consistency, NIPS 16 (2004) 321, eq. 4; weights with a scale for each sample
/// after L. Zelnik-Manor & P. Perona, NIPS 17 (2005) 1601.
public struct LabelPropagation: Sendable, Codable, Equatable {
  /// Neighbours of a sample in the graph, 2 or more.
  public var neighbours = 10
  /// Share of a sample's label that comes from its neighbours, above 0 and below 1.
  public var share = 0.99
  /// Iterations in which labels spread to the next neighbours, 0 or more.
  public var rounds = 200
  /// Most principal components of the features.
  public var componentLimit = 24
  /// Propagation with the standard graph: 10 neighbours, and 99 % of a label from them.
  public init() {}

  /// Labels of all samples, how sure they are, and which samples to ask about next.
  public struct Outcome: Sendable, Equatable {
    /// 1 ... the number of classes; 0 where a sample is joined to no labelled one, where a gap divides its group from every labelled one,
    /// or where it has no features.
    public var labels: [Int]
    /// Share of the winning label in what reaches the sample, 0 ... 1; 0 without label.
    public var confidence: [Double]
    /// Samples whose label would tell most, the most useful first: one of every group without label, then those between two classes.
    public var questions: [Int]
  }

  /// - Parameters:
  ///   - features: one row per sample; rows that are not finite get no label.
  ///   - known: of each sample 1 ... `classCount`, or 0 where it is not known.
  ///   - classCount: number of classes, 1 or more.
  ///   - noise: standard deviation of a feature from the noise of the image alone.
  ///   - resolution: the noise counts as no less than this share of the root mean square norm of a row: no image is known better.
  ///   - groups: rows that are thought to be alike, such as the members of each class that was found without labels. A group without a known
  ///     label gets none where a gap divides it from all to which labels spread; each row is in one group at most.
  ///   - finder: says what a gap is.
  public func outcome(
    features: Matrix<Float>, known: [Int], classCount: Int, noise: Double, resolution: Double = 0.01,
    groups: [[Int]] = [], finder: ClassFinder = ClassFinder()
  ) throws -> Outcome {
    precondition(known.count == features.rows, "a label or 0 for each sample")
    let rows = (0..<features.rows).filter { features.row($0).allSatisfy(\.isFinite) }
    var result = Outcome(
      labels: [Int](repeating: 0, count: features.rows), confidence: [Double](repeating: 0, count: features.rows),
      questions: [])
    guard rows.count > neighbours, rows.contains(where: { known[$0] > 0 }) else {
      throw DataError("labels spread among \(neighbours + 1) sites with a patch or more, one of them labelled at least")
    }
    let table = WhitenedTable(
      features.selecting(rows: rows), noise: noise, resolution: resolution, componentLimit: componentLimit)
    guard table.components > 0 else {
      throw DataError("the sites are alike within the noise; labels cannot tell them apart")
    }
    let graph = try SampleGraph(table, neighbours: neighbours)
    let seeds = rows.map { known[$0] }
    let spread = spread(seeds, classCount, over: graph)
    let reached = graph.reached(from: seeds.indices.filter { seeds[$0] > 0 })
    var margins: [(place: Int, margin: Double)] = []
    for (place, row) in rows.enumerated() where reached[place] {
      let own = spread[place * classCount..<(place + 1) * classCount]
      let total = own.reduce(0, +)
      guard total > 0, let best = own.indices.max(by: { own[$0] < own[$1] }) else { continue }
      let second = own.indices.filter { $0 != best }.map { own[$0] }.max() ?? 0
      // What a person said stands.
      result.labels[row] = known[row] > 0 ? known[row] : best - own.startIndex + 1
      result.confidence[row] = known[row] > 0 ? 1 : own[best] / total
      if known[row] == 0 { margins.append((place, (own[best] - second) / total)) }
    }
    let places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
    let apart = strangers(
      among: groups.map { $0.compactMap { places[$0] } }, labels: rows.map { result.labels[$0] }, seeds, finder,
      in: table)
    for place in apart.joined() { (result.labels[rows[place]], result.confidence[rows[place]]) = (0, 0) }
    let isApart = Set(apart.joined())
    margins.removeAll { isApart.contains($0.place) }
    let middles = apart.map { table.middle(of: $0) }
    result.questions = (graph.middles(of: reached) + middles + unsure(margins, graph)).prefix(Self.questionLimit)
      .map { rows[$0] }
    return result
  }

  private static let questionLimit = 5
  /// A sample with a smaller margin between the two likeliest labels is worth asking for.
  private static let unsureMargin = 0.5

  /// The least sure samples, no two of them neighbours.
  private func unsure(_ margins: [(place: Int, margin: Double)], _ graph: SampleGraph) -> [Int] {
    var chosen: [Int] = []
    for (place, margin) in margins.sorted(by: { ($0.margin, $0.place) < ($1.margin, $1.place) }) {
      guard margin < Self.unsureMargin, chosen.count < Self.questionLimit else { break }
      if !chosen.contains(where: { graph.links[$0].contains { $0.to == place } }) { chosen.append(place) }
    }
    return chosen
  }

  /// Iterates F ← a S F + (1 − a) Y; classes with many labelled samples have no more say than others.
  private func spread(_ seeds: [Int], _ classCount: Int, over graph: SampleGraph) -> [Double] {
    var sizes = [Double](repeating: 0, count: classCount + 1)
    for seed in seeds { sizes[seed] += 1 }
    let start = seeds.flatMap { seed in (1...classCount).map { $0 == seed ? 1 / sizes[seed] : 0 } }
    var current = start
    for _ in 0..<rounds {
      let before = current
      current = concurrentMap(chunksOf: 512, of: seeds.count) { range in
        range.flatMap { place -> [Double] in
          var sum = (0..<classCount).map { (1 - share) * start[place * classCount + $0] }
          for link in graph.links[place] {
            for k in 0..<classCount { sum[k] += share * link.weight * before[link.to * classCount + k] }
          }
          return sum
        }
      }.flatMap { $0 }
    }
    return current
  }
}
