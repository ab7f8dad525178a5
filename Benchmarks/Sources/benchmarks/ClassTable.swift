import ArgumentParser
import Foundation
import TesseraLearning
import TesseraNumerics

/// Classes a table of features and scores them against the true labels.
struct ClassTable: ThreadedBenchmark {
  static let configuration = CommandConfiguration(
    commandName: "classes", abstract: "Classes a table of features and prints the scores as JSON.")

  @Argument(help: "NAME of NAME.features and NAME.labels.") var name: String
  @OptionGroup var threads: Threads
  @Option(help: "correlation or euclidean.") var metric = NeighbourMetric.correlation
  @Option(help: "Classes wanted; found if left out.") var count: Int?
  @Option var seed: UInt64 = 1

  private struct Scores: Encodable {
    var adjustedMutualInformation: Double
    /// Of the layout, with the true labels; none with one true class.
    var silhouette: Double?
    var layoutThenKMeans: Double
    /// Radius of gyration after the first stage over that of the start, and after the second over that after the first.
    var firstStageGrowth, secondStageGrowth: Double
    /// Distance from the mean of the true class, root mean square and median, before the second stage over after it. A
    /// sample that lies with another class counts much in the former.
    var contraction, medianContraction: Double
    var seconds: Double
    var sizes: [Int]
  }

  func run() throws {
    let features = try Table.floats(from: name + ".features")
    let truth = try Table.labels(from: name + ".labels")
    var settings = ForceRelaxedLayout()
    settings.search.metric = metric
    let movie = try settings.movie(of: features, seed: seed)
    let layout = movie.final
    let frames = [try settings.initialLayout(of: features)] + movie.stageEnds
    let radii = frames.map(\.radiusOfGyration)
    let spreads = frames.map { $0.spread(within: truth) }
    let classes = try timed {
      if let count { return try ClassFitter(count: count).classes(of: features, layout: layout, seed: seed) }
      return try ClassFinder().outcome(features: features, layout: layout).classes
    }
    let onLayout = try KMeans(count: Set(truth).count).classes(of: layout, seed: seed)
    let separation = layout.silhouette(truth)
    let scores = Scores(
      adjustedMutualInformation: LabelScores(classes.result.labels, truth: truth).adjustedMutualInformation,
      silhouette: separation.isNaN ? nil : separation,
      layoutThenKMeans: LabelScores(onLayout.labels, truth: truth).adjustedMutualInformation,
      firstStageGrowth: radii[1] / radii[0], secondStageGrowth: radii[2] / radii[1],
      contraction: spreads[1] / spreads[2],
      medianContraction: medianSpread(frames[1], truth) / medianSpread(frames[2], truth), seconds: classes.seconds,
      sizes: Array(classes.result.sizes.prefix(20)))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    print(String(decoding: try encoder.encode(scores), as: UTF8.self))
  }

  /// Median distance of the points from the mean of their class.
  private func medianSpread(_ layout: Layout, _ labels: [Int]) -> Double {
    let members = Dictionary(grouping: layout.points.indices) { labels[$0] }
    return Statistics.median(
      members.sorted { $0.key < $1.key }.flatMap { _, rows in
        let mean = rows.reduce(.zero) { $0 + layout.points[$1] } / Double(rows.count)
        return rows.map { (layout.points[$0] - mean).length }
      })
  }
}
