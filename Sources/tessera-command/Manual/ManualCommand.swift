import ArgumentParser
import Foundation
import TesseraFormats

/// `tessera manual`: writes the manual pages, for `make docs`. Of no use to people.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "Writes the manual pages of all commands into a folder.",
    discussion: """
      EXAMPLE
        tessera manual .build/docs

      writes tessera.1 and a page for each command.
      """,
    shouldDisplay: false)

  @Argument(help: ArgumentHelp("Folder for the pages.", valueName: "folder"), completion: .directory)
  var folder: String

  func run() throws {
    try AtomicOutput.makeFolder(at: folder)
    for page in try ManualPage.all() {
      let path = (folder as NSString).appendingPathComponent(page.name + ".1")
      try AtomicOutput.file(at: path, replacing: true, contents: Data(page.text.utf8))
    }
  }
}
