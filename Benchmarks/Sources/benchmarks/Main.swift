import ArgumentParser
import TesseraNumerics

@main struct Benchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmarks",
    abstract: "Times the stages of Tessera over a range of sizes, and serves the comparisons in peers/.",
    subcommands: [
      Sweep.self, MomentSweep.self, NeighbourSweep.self, MotifTable.self, SiteTable.self, FitTable.self,
      ClassTable.self, PhaseTable.self, ColumnRefinement.self,
    ], defaultSubcommand: Sweep.self)
}

struct Threads: ParsableArguments {
  @Option(help: "Threads; all processors if left out.") var threads: Int?
  func apply() { if let threads { Workers.count = threads } }
}
