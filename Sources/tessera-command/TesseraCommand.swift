import ArgumentParser
import TesseraFormats
import TesseraMethods
import TesseraNumerics

/// The command `tessera`: each subcommand parses, calls one method and writes.
@main
struct TesseraCommand: ParsableCommand {
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
  static func main() {
    Memory.keepFreed()
    Messages.begin()
    ChildProcess.helper = ReadHDF5Command.helper
    do {
      var command = try parseAsRoot()
      let threads = (command as? any ThreadedCommand)?.threads.threads
      try Workers.$limit.withValue(threads) { try command.run() }
    } catch {
      ExitStatus.leave(with: error)
    }
  }
}
