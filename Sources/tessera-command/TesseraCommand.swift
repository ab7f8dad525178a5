import ArgumentParser
import TesseraMethods

/// The command `tessera`: each subcommand parses, calls one method and writes.
struct TesseraCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tessera",
    abstract:
      "Analyses atomic-resolution electron micrographs: columns, motifs, defects, strain, grains and nanoparticles.",
    discussion: """
      EXAMPLE
        tessera analyze scan.tif --pixel-size 0.0123nm

      finds the columns of the image, classifies the motifs around the columns and writes the folder scan.tessera with a \
      report. `tessera demo` does the same with a simulated image; docs/commands.md describes every command.

      Exit status: \(ExitStatus.meanings.map { "\($0.status) \($0.words)" }.joined(separator: ", ")).
      """,
    version: TesseraVersion.current,
    subcommands: [
      DemoCommand.self, AnalyzeCommand.self, InfoCommand.self, ConvertCommand.self, SimulateCommand.self,
      SitesCommand.self, MotifsCommand.self, ClassesCommand.self, RelationsCommand.self, PatchesCommand.self,
      StrainCommand.self,
      CrystalCommand.self, CountCommand.self, SegmentCommand.self, ParticlesCommand.self, MoireCommand.self,
      PolygonsCommand.self, ProfileCommand.self, EvaluateCommand.self, LabelCommand.self, TrainCommand.self,
      BatchCommand.self,
      WatchCommand.self, GuiCommand.self,
      ReadHDF5Command.self, ManualCommand.self,
    ])
}
