import Foundation
import TesseraNumerics

/// Sorts samples into classes without being told how many, weighing the layout and the features [H20, section
/// "active learning"; the statistics are our own].
///
/// The layout proposes: its dense islands are the first classes. The features decide, in units of their own noise: a
/// class is split where its members form two groups with a gap between them, and two classes are joined where no gap
/// lies between, so islands that the layout tore apart come together and motifs that it stacked come apart. What has
/// no gap anywhere stays one class, and the outcome says how much of the variance between samples the classes explain.
public struct ClassFinder: Sendable, Codable, Equatable {
  /// Two classes of equal size must lie this many standard deviations apart along the line that separates them best.
  public var separation = 4.0
  /// What is added to `separation` for each factor of ten between the sizes of both classes: far tails of a large class
  /// are not a rare one.
  public var rarityPenalty = 0.6
  /// A class has at least this many members.
  public var smallestClass = 6
  /// Between two classes the density falls to this share of the smaller one's, or less.
  public var valley = 0.5
  /// Differences below this share of a motif's norm are not told apart, however little noise there is: no model of an
  /// image is better.
  public var resolution = 0.01
  /// Most principal components kept.
  public var componentLimit = 24
  /// Rounds of splitting and joining.
  public var roundLimit = 12
  /// A finder with the standard thresholds.
  public init() {}

  /// Classes and what speaks for them.
  public struct Outcome: Sendable {
    /// One label per row of the features; 0 for rows that are not finite.
    public var classes: Classes
    /// Components that carry more than noise.
    public var components: Int
    /// Share of the variance between samples, noise taken off, that the classes explain, 0 ... 1; 1 where there is none.
    public var explained: Double
    /// Variance within classes beyond the noise, over the noise's own, summed over the components kept.
    public var excess: Double
    /// Standard deviation of the noise of a feature that was assumed, in feature units.
    public var noise: Double
  }

  /// - Parameters:
  ///   - features: one row per sample; rows with a value that is not finite get label 0.
  ///   - layout: one point per row; its islands are where the search starts.
  ///   - noise: standard deviation of a feature from the noise of the image alone; 0 if unknown. Where the smallest
  ///     eigenvalues of the features say more, they are believed.
  public func outcome(features: Matrix<Float>, layout: Layout, noise: Double = 0) throws -> Outcome {
    try require(
      separation > 2 && separation <= 1e6, setting("separation"), is: separation,
      mustBe: "above 2 and at most 1000000 standard deviations")
    try require(smallestClass >= 2, "smallest class", is: smallestClass, mustBe: "2 or more")
    let rows = (0..<features.rows).filter { features.row($0).allSatisfy(\.isFinite) }
    let known = features.selecting(rows: rows)
    guard rows.count >= 2 * smallestClass else {
      return single(rows, of: features.rows, noise: noise)
    }
    let table = WhitenedTable(known, noise: noise, resolution: resolution, componentLimit: componentLimit)
    guard table.components > 0 else { return single(rows, of: features.rows, noise: table.noise) }
    let start = try startingLabels(Layout(points: rows.map { layout.points[$0] }), table)
    var partition = Partition(table: table, labels: start, rule: self)
    for _ in 0..<roundLimit {
      let before = partition.labels
      partition.split()
      partition.refine()
      partition.join()
      partition.refine()
      if partition.labels == before { break }
    }
    let sure = try partition.soften()
    return outcome(partition, confidences: sure, rows: rows, of: features.rows)
  }

  /// Islands of the layout; what lies between them goes to the island whose mean features are nearest.
  private func startingLabels(_ layout: Layout, _ table: WhitenedTable) throws -> [Int] {
    var islands = HDBSCAN()
    islands.minimumSize = max(smallestClass, 10)
    islands.allowsSingleClass = true
    let labels = try islands.classes(of: layout).labels
    return labels.allSatisfy { $0 == 0 } ? labels : table.adoptingStrays(labels)
  }

  private func single(_ rows: [Int], of count: Int, noise: Double) -> Outcome {
    var labels = [Int](repeating: -1, count: count)
    for row in rows { labels[row] = 0 }
    return Outcome(classes: Classes(grouping: labels), components: 0, explained: 1, excess: 0, noise: noise)
  }

  private func outcome(_ partition: Partition, confidences sure: [Double], rows: [Int], of count: Int) -> Outcome {
    let table = partition.table
    var labels = [Int](repeating: -1, count: count)
    var confidence = [Double](repeating: 0, count: count)
    for (k, row) in rows.enumerated() {
      labels[row] = partition.labels[k]
      confidence[row] = sure[k]
    }
    let noiseTotal = Double(table.components)
    let within = max(0, partition.varianceWithin() - noiseTotal)
    let total = max(0, table.totalVariance - noiseTotal)
    return Outcome(
      classes: Classes(grouping: labels, confidence: confidence), components: table.components,
      explained: total > 0 ? max(0, 1 - within / total) : 1, excess: within / noiseTotal, noise: table.noise)
  }
}
