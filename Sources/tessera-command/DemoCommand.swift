import ArgumentParser
import TesseraMethods
import TesseraSimulation

/// `tessera demo`: the main job on a simulated micrograph that is part of the program.
struct DemoCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Simulates a MoSe2 monolayer with vacancies, analyses it and writes a report.",
    discussion: """
      EXAMPLE
        tessera demo

      writes tessera-demo/report.html. The micrograph is 1,024 pixels square with 20 counts in its brightest pixel.
      """)

  @OptionGroup var output: OutputOptions
  @OptionGroup var seed: SeedOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let folder = output.output ?? "tessera-demo"
    let run = AnalysisRun(analysis: Analysis(), seed: seed.seed, output: output)
    let summary = try run.run("simulated MoSe2", into: folder) {
      var options = SimulationOptions()
      options.seed = seed.seed
      return try Simulation(specimen: "mose2", options: options).run().micrograph
    }
    if output.json { try Messages.printJSON(summary) }
  }
}
