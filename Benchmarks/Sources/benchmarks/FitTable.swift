import ArgumentParser
import Foundation
import TesseraLearning
import TesseraNumerics

/// Lays out and classes a table of features; the numbers a comparison needs come back as JSON.
struct FitTable: ThreadedBenchmark {
  static let configuration = CommandConfiguration(
    commandName: "fit", abstract: "Lays out a table of features and prints the times as JSON.")

  @Argument(help: "A table as `motifs` writes it.") var input: String
  @OptionGroup var threads: Threads
  @Option(help: "batched or sequential.") var rule = ForceRelaxedLayout.Rule.batched
  @Option(help: "correlation or euclidean.") var metric = NeighbourMetric.correlation
  @Option(help: "Neighbours a sample.") var neighbours = 15
  @Option(help: "Sweeps, half of them in each stage.") var iterations = 160
  @Option(help: "Runs, of which the fastest counts.") var repeats = 1
  @Option var seed: UInt64 = 1
  @Option(help: "Where the layout goes.") var output: String?

  func run() throws {
    let features = try Table.floats(from: input)
    var settings = ForceRelaxedLayout()
    settings.rule = rule
    settings.search.metric = metric
    settings.search.count = neighbours
    for stage in 0..<2 { settings.stages[stage].iterations = iterations / 2 }
    var best: [String: Double] = [:]
    var layout = Layout(points: [])
    for _ in 0..<max(1, repeats) {
      let initial = try timed { try settings.initialLayout(of: features) }
      let table = try timed { try settings.search.table(of: features) }
      let graph = timed { NeighbourGraph(table.result, combining: settings.weights) }
      let movie = try timed { try settings.movie(of: graph.result, from: initial.result, seed: seed) }
      layout = movie.result.final
      let classes = try timed { try HDBSCAN().classes(of: layout) }
      let fit = initial.seconds + table.seconds + graph.seconds + movie.seconds
      let times = [
        "initial": initial.seconds, "neighbours": table.seconds, "graph": graph.seconds, "layout": movie.seconds,
        "fit": fit, "hdbscan": classes.seconds,
      ]
      if fit < best["fit"] ?? .infinity { best = times }
      best["classes"] = Double(classes.result.count)
    }
    if let output {
      try Table.write(layout.table.values, rows: layout.points.count, to: output)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    print(String(decoding: try encoder.encode(best), as: UTF8.self))
  }
}

// The library knows no argument parser, and this program ends with this file.
// swift-format-ignore: AvoidRetroactiveConformances
extension ForceRelaxedLayout.Rule: @retroactive ExpressibleByArgument {}
// swift-format-ignore: AvoidRetroactiveConformances
extension NeighbourMetric: @retroactive ExpressibleByArgument {}
