import ArgumentParser
import TesseraFormats
import TesseraMethods

/// The command `tessera`: each subcommand parses, calls one method and writes.
@main
struct TesseraCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tessera",
    abstract: "Finds the motifs of an atomic-resolution micrograph, where each one sits, and how they combine.",
    version: Tessera.version,
    subcommands: [
      Demo.self, Analyze.self, Info.self, Convert.self, Simulate.self, SitesCommand.self, Motifs.self, Strain.self,
      CrystalCommand.self, CountCommand.self, ProfileCommand.self, Evaluate.self, ReadHDF5.self,
    ])

  /// Runs the command line; every error leaves through `ExitStatus`, so that each has its sentence and status.
  static func main() async {
    Memory.keepFreed()
    Messages.begin()
    ChildProcess.helper = ReadHDF5.helper
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
