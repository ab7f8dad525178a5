import ArgumentParser
import TesseraMethods
import TesseraSimulation

/// `tessera demo`: the main job on a simulated micrograph that is part of the program.
struct DemoCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Simulates a MoSe2 monolayer with vacancies, analyses the image and writes a report.",
    discussion: """
      EXAMPLE
        tessera demo

      simulates an image of 1024 x 1024 pixels with 20 counts in the brightest pixel, analyses the image and writes the folder \
      tessera-demo; tessera-demo/report.html is the report. Another --seed gives another specimen.
      """)

  @OptionGroup var output: OutputOptions
  @OptionGroup var seed: SeedOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let summary = try MethodRun(resultName: "tessera", output: output, seed: seed.seed) { _ in MotifMethod() }
      .run("simulated MoSe2", into: output.output ?? "tessera-demo") {
        var options = SimulationOptions()
        options.seed = seed.seed
        return try Simulation(specimen: "mose2", options: options).run().micrograph
      }
    if output.json { try Messages.printJSON(summary) }
  }
}
