import ArgumentParser
import Foundation
import TesseraLearning
import TesseraNumerics

/// The exact search of neighbours against the one in lists, on the same table in the same run.
struct NeighbourSweep: ThreadedBenchmark {
  static let configuration = CommandConfiguration(
    commandName: "neighbours", abstract: "Times the two searches of neighbours and tells what the faster one finds.")

  @OptionGroup var threads: Threads
  @Option(help: "A table as `sites` or `motifs` write it, instead of normally distributed classes.") var table: String?
  @Option(help: "Samples, separated by commas.") var sizes = "10000,20000,50000"
  @Option(help: "Classes that the samples fall into.") var classes = 8
  @Option(help: "Share of the neighbours that is aimed at.") var recall = NeighbourSearch().recall

  func run() throws {
    print("samples  metric           exact      lists  ratio  recall")
    if let table { return try line(Table.floats(from: table)) }
    for size in sizes.split(separator: ",").compactMap({ Int($0) }) { try line(blobs(size, classes: classes)) }
  }

  private func line(_ features: Matrix<Float>) throws {
    for metric in [NeighbourMetric.correlation, .euclidean] {
      var search = NeighbourSearch()
      (search.metric, search.recall) = (metric, recall)
      search.exactLimit = features.rows
      let exact = try timed { try search.table(of: features) }
      search.exactLimit = 0
      let lists = try timed { try search.table(of: features) }
      let name = metric.rawValue.padding(toLength: 12, withPad: " ", startingAt: 0)
      print(
        String(
          format: "%7d  %@ %7.2f s  %7.2f s  %5.1f   %.4f", features.rows, name, exact.seconds, lists.seconds,
          exact.seconds / lists.seconds, lists.result.recall(of: exact.result)))
    }
  }
}
