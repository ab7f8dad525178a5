import ArgumentParser
import TesseraFormats

/// `tessera read-hdf5`: the other end of a `ChildProcess`. The program starts it by itself; it is of no use to people.
struct ReadHDF5: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serves an HDF5 file to the process that starts it.",
    discussion: """
      The HDF5 library may crash on a damaged file. So it runs in a process of its own, and a crash costs a sentence.

      EXAMPLE
        tessera info scan.emd

      starts this command for scan.emd and talks to it through its standard input.
      """,
    shouldDisplay: false)

  @Argument(help: ArgumentHelp("The HDF5 file.", valueName: "file"))
  var file: String

  func run() { serveHDF5File(path: file) }
}
