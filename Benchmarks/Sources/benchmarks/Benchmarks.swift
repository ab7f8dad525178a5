import ArgumentParser
import Foundation
import TesseraLearning
import TesseraNumerics

@main struct Benchmarks: ParsableCommand {
  @Argument var file: String
  @Argument var rows: Int
  @Argument var columns: Int
  @Option var threads = 2
  @Option var rule = "batched"
  @Option var iterations = 160
  @Option var neighbours = 15
  @Option var metric = "correlation"
  @Option var output: String?
  @Option var repeats = 5
  @Option var seed: UInt64 = 1
  mutating func run() throws {
    Workers.count = threads
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    let values = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    let features = Matrix(rows: rows, columns: columns, values: values)
    var settings = ForceRelaxedLayout()
    settings.rule = .init(rawValue: rule)!
    settings.stages[0].iterations = iterations / 2
    settings.stages[1].iterations = iterations / 2
    settings.search.count = neighbours
    settings.search.metric = .init(rawValue: metric)!
    let clock = ContinuousClock()
    var layout = Layout(points: [])
    for _ in 0..<repeats {
      let t0 = clock.now
      let initial = try settings.initialLayout(of: features)
      let t1 = clock.now
      let table = try settings.search.table(of: features)
      let t2 = clock.now
      let graph = NeighbourGraph(table)
      let t3 = clock.now
      layout = try settings.movie(of: graph, from: initial, seed: seed).final
      let t4 = clock.now
      print("pca \(t1 - t0) knn \(t2 - t1) graph \(t3 - t2) layout \(t4 - t3) total \(t4 - t0) edges \(graph.ends.count)")
      print("rg \(initial.radiusOfGyration) -> \(layout.radiusOfGyration)")
    }
    for _ in 0..<2 {
      let t = clock.now
      let classes = try HDBSCAN().classes(of: layout)
      print("hdbscan \(clock.now - t) classes \(classes.count) sizes \(classes.sizes.prefix(12)) none \(classes.labels.count { $0 == 0 })")
    }
    if let output {
      let flat = layout.points.flatMap { [$0.x, $0.y] }
      try flat.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: output))
    }
  }
}
