import ArgumentParser
import TesseraFormats
import TesseraNumerics

/// The program `tessera`.
package enum Program {
  /// Runs the command line; every error leaves through `ExitStatus`, so that each has its sentence and status.
  package static func run() {
    Memory.keepFreed()
    Messages.begin()
    PackagedFonts.use()
    ChildProcess.helper = ReadHDF5Command.helper
    var kind: (any ParsableCommand.Type)?
    do {
      try CommandNames.checkHelp(of: CommandLine.arguments)
      var command = try TesseraCommand.parseAsRoot()
      kind = type(of: command)
      guard let threads = (command as? any ThreadedCommand)?.threads else { return try command.run() }
      try threads.run(type(of: command)._commandName) { try command.run() }
    } catch {
      ExitStatus.leave(with: error, from: kind)
    }
  }
}
