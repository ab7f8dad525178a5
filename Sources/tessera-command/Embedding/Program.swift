import TesseraFormats
import TesseraNumerics

/// The program `tessera`.
package enum Program {
  /// Runs the command line; every error leaves through `ExitStatus`, so that each has its sentence and status.
  package static func run() {
    Memory.keepFreed()
    Messages.begin()
    ChildProcess.helper = ReadHDF5Command.helper
    do {
      var command = try TesseraCommand.parseAsRoot()
      let threads = (command as? any ThreadedCommand)?.threads.threads
      try Workers.$limit.withValue(threads) { try command.run() }
    } catch {
      ExitStatus.leave(with: error)
    }
  }
}
