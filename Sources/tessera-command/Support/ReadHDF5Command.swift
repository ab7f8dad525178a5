import ArgumentParser
import Foundation
import TesseraFormats

/// `tessera read-hdf5`: the other end of a `ChildProcess`, where `tessera-hdf5` is missing. Of no use to people.
struct ReadHDF5Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read-hdf5",
    abstract: "Serves an HDF5 file to the tessera process that starts this command.",
    discussion: """
      Damaged files can crash the HDF5 library, so HDF5 files are read in a separate process. tessera starts that process.

      EXAMPLE
        tessera info scan.emd

      starts tessera-hdf5, or this command if tessera-hdf5 is not installed beside tessera.
      """,
    shouldDisplay: false)

  @Argument(help: ArgumentHelp("HDF5 file to read.", valueName: "file"))
  var file: String

  func run() { serveHDF5File(path: file) }

  /// What reads HDF5 files for the command: `tessera-hdf5` beside it, which starts in a third of the time, or this
  /// command itself, so that a copy of the program without its helper reads them too.
  static var helper: [String] {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/"
    let lean = URL(fileURLWithPath: own).deletingLastPathComponent().appending(path: "tessera-hdf5").path
    return access(lean, X_OK) == 0 ? [lean] : ["/proc/self/exe", _commandName]
  }
}
