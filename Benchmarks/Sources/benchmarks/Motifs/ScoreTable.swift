import ArgumentParser
import Foundation
import TesseraLearning
import TesseraNumerics

/// Sorts a table by k-means and scores it: the workflow of M22, Figs S7 and S12, for features and layouts alike.
struct ScoreTable: ThreadedBenchmark {
  static let configuration = CommandConfiguration(
    commandName: "scores", abstract: "Sorts a table by k-means and prints its scores as JSON.")

  @Argument(help: "A table of features, or a layout.") var table: String
  @Argument(help: "The true labels.") var labels: String
  @OptionGroup var threads: Threads
  @Option var seed: UInt64 = 1

  private struct Scores: Encodable {
    var adjustedMutualInformation, fowlkesMallows: Double
    /// With the true labels: with those found, a layout that collapses would score best.
    var silhouette: Double
    /// With the true labels, of a table of two columns.
    var daviesBouldin: Double?
  }

  func run() throws {
    let rows = try Table.floats(from: table)
    let truth = try Table.labels(from: labels)
    let found = try KMeans(count: Set(truth).count).classes(of: rows, seed: seed)
    let agreement = LabelScores(found.labels, truth: truth)
    let layout = Layout(points: rows.columns == 2 ? (0..<rows.rows).map { point(rows, $0) } : [])
    let scores = Scores(
      adjustedMutualInformation: agreement.adjustedMutualInformation, fowlkesMallows: agreement.fowlkesMallows,
      silhouette: rows.columns == 2 ? layout.silhouette(truth) : silhouette(of: squaredDistances(of: rows), truth),
      daviesBouldin: rows.columns == 2 ? layout.daviesBouldin(truth) : nil)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    print(String(decoding: try encoder.encode(scores), as: UTF8.self))
  }

  private func point(_ rows: Matrix<Float>, _ row: Int) -> Point { Point(Double(rows[row, 0]), Double(rows[row, 1])) }

  /// As `Layout.silhouette`, from squared distances in any number of dimensions.
  private func silhouette(of squares: Matrix<Float>, _ labels: [Int]) -> Double {
    let groups = Dictionary(grouping: labels.indices) { labels[$0] }
    let sum = labels.indices.reduce(0.0) { sum, index in
      let row = squares.row(index)
      let distances = groups.mapValues { members in
        members.reduce(0.0) { $0 + Double(row[row.startIndex + $1]).squareRoot() }
      }
      let own = labels[index]
      guard groups[own]!.count > 1 else { return sum }
      let inside = distances[own]! / Double(groups[own]!.count - 1)
      let outside = distances.filter { $0.key != own }.map { $0.value / Double(groups[$0.key]!.count) }.min() ?? inside
      return sum + (outside - inside) / max(inside, outside, .leastNormalMagnitude)
    }
    return sum / Double(labels.count)
  }
}
