import ArgumentParser
import Foundation
import TesseraLearning
import TesseraNumerics

/// Times of each stage over a range of sizes, one line each.
struct Sweep: ThreadedBenchmark {
  static let configuration = CommandConfiguration(abstract: "Times each stage over a range of sizes (the default).")

  @OptionGroup var threads: Threads
  @Option(help: "The largest number of samples.") var largest = 20_000

  func run() throws {
    print("threads \(Workers.count)")
    for count in [1_207, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000] where count <= largest {
      try lines(count)
    }
  }

  private func lines(_ count: Int) throws {
    let features = blobs(count)
    var random = RandomSource(seed: 5)
    let basis = Matrix(rows: 66, columns: 66, values: (0..<66 * 66).map { _ in Float(random.gaussian()) })
    let settings = ForceRelaxedLayout()
    report("product with 66 x 66", count, fastest(5) { _ = features.times(basis) })
    let table = try settings.search.table(of: features)
    report(
      "15 nearest neighbours", count,
      try fastest(count > 20_000 ? 1 : 3) { _ = try settings.search.table(of: features) })
    report("graph", count, fastest(3) { _ = NeighbourGraph(table) })
    let graph = NeighbourGraph(table)
    let initial = try settings.initialLayout(of: features)
    let layout = try settings.movie(of: graph, from: initial, seed: 1).final
    report("layout, 160 sweeps", count, try fastest(3) { _ = try settings.movie(of: graph, from: initial, seed: 1) })
    report("HDBSCAN*", count, try fastest(3) { _ = try HDBSCAN().classes(of: layout) })
    report("k-means, 8 of 66", count, try fastest(1) { _ = try KMeans(count: 8).classes(of: features, seed: 1) })
    report(
      "mixture, 8 tied", count,
      try fastest(1) {
        _ = try GaussianMixture(count: 8, covariance: .tied).classes(of: features, seed: 1)
      })
  }

  private func fastest(_ runs: Int, _ work: () throws -> Void) rethrows -> Double {
    try (0..<runs).map { _ in try timed(work).seconds }.min()!
  }

  private func report(_ name: String, _ count: Int, _ seconds: Double) {
    print(
      name.padding(toLength: 24, withPad: " ", startingAt: 0), String(format: "%8d %10.1f ms", count, seconds * 1e3))
  }
}

/// Normally distributed classes in 66 dimensions, well apart.
func blobs(_ count: Int, classes: Int = 8) -> Matrix<Float> {
  var random = RandomSource(seed: 1)
  let centres = (0..<classes * 66).map { _ in random.gaussian() }
  let values = (0..<count * 66).map { Float(centres[$0 / 66 % classes * 66 + $0 % 66] + 0.3 * random.gaussian()) }
  return Matrix(rows: count, columns: 66, values: values)
}
