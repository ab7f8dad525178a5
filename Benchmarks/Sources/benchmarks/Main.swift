import ArgumentParser
import TesseraNumerics

@main struct Benchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmarks",
    abstract: "Times the stages of Tessera over a range of sizes, and serves the comparisons in peers/.",
    subcommands: [
      Sweep.self, MomentSweep.self, NeighbourSweep.self, MotifTable.self, SiteTable.self, FitTable.self,
      ClassTable.self, ScoreTable.self, PatchReconstruction.self, PhaseTable.self, ColumnRefinement.self,
    ], defaultSubcommand: Sweep.self)

  static func main() {
    do {
      var command = try parseAsRoot()
      let threads = (command as? any ThreadedBenchmark)?.threads.threads
      try Workers.$limit.withValue(threads) { try command.run() }
    } catch {
      exit(withError: error)
    }
  }
}

/// A benchmark that runs on as many threads as it is told to.
protocol ThreadedBenchmark: ParsableCommand {
  var threads: Threads { get }
}

struct Threads: ParsableArguments {
  @Option(help: "Threads; all processors if left out.") var threads: Int?
}
