import ArgumentParser
import TesseraFormats
import TesseraMethods

/// The command `tessera`: each subcommand parses, calls one method and writes.
@main
struct TesseraCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tessera",
    abstract: "Finds the motifs of an atomic-resolution micrograph, where each one sits, and how they combine.",
    version: TesseraVersion.current,
    subcommands: [
      DemoCommand.self, AnalyzeCommand.self, InfoCommand.self, ConvertCommand.self, SimulateCommand.self,
      SitesCommand.self, MotifsCommand.self, StrainCommand.self,
      CrystalCommand.self, CountCommand.self, ProfileCommand.self, EvaluateCommand.self, ReadHDF5Command.self,
    ])

  /// Runs the command line; every error leaves through `ExitStatus`, so that each has its sentence and status.
  static func main() async {
    Memory.keepFreed()
    Messages.begin()
    ChildProcess.helper = ReadHDF5Command.helper
    do {
      var command = try parseAsRoot()
      if var waiting = command as? any AsyncParsableCommand {
        try await waiting.run()
      } else {
        try command.run()
      }
    } catch {
      ExitStatus.leave(with: error)
    }
  }
}
