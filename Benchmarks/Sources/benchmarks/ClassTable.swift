import ArgumentParser
import Foundation
import TesseraLearning
import TesseraNumerics

/// Classes a table of features and scores them against the true labels.
struct ClassTable: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classes", abstract: "Classes a table of features and prints the scores as JSON.")

  @Argument(help: "NAME of NAME.features and NAME.labels.") var name: String
  @OptionGroup var threads: Threads
  @Option(help: "correlation or euclidean.") var metric = NeighbourMetric.correlation
  @Option(help: "Classes wanted; found if left out.") var count: Int?
  @Option var seed: UInt64 = 1

  private struct Scores: Encodable {
    var classes: Int
    var structure: String
    var islands: Int
    var dimensions: Int
    var explained: Double
    var weakestGap: Double?
    var adjustedMutualInformation: Double
    var silhouette: Double?  // None with one true class.
    var layoutThenKMeans: Double
    var seconds: Double
    var sizes: [Int]
  }

  func run() throws {
    threads.apply()
    let features = try Table.floats(from: name + ".features")
    let truth = try Table.labels(from: name + ".labels")
    var settings = ForceRelaxedLayout()
    settings.search.metric = metric
    let layout = try settings.layout(of: features, seed: seed)
    let run = try timed { try JointClassing(count: count).result(of: features, layout: layout, seed: seed) }
    let onLayout = try KMeans(count: Set(truth).count).classes(of: layout, seed: seed)
    let result = run.result
    let separation = layout.silhouette(truth)
    let scores = Scores(
      classes: result.classes.count, structure: result.structure.rawValue, islands: result.islandCount,
      dimensions: result.dimensions, explained: result.explained, weakestGap: result.weakestGap,
      adjustedMutualInformation: LabelScores(result.classes.labels, truth: truth).adjustedMutualInformation,
      silhouette: separation.isNaN ? nil : separation,
      layoutThenKMeans: LabelScores(onLayout.labels, truth: truth).adjustedMutualInformation, seconds: run.seconds,
      sizes: Array(result.classes.sizes.prefix(20)))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    print(String(decoding: try encoder.encode(scores), as: UTF8.self))
  }
}
