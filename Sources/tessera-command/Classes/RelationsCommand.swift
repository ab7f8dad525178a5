import ArgumentParser
import Foundation
import TesseraFormats
import TesseraMethods

/// `tessera relations`: which defects lie where to which others.
struct RelationsCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "relations",
    abstract: "Finds the displacements at which defects lie more often than by chance, and what surrounds each.",
    discussion: """
      EXAMPLE
        tessera relations scan.tessera

      writes the folder scan.relations with relations.csv, shells.json, summary.json and report.html. The classes are the current ones, as \
      `classes` has left them. Chance places the defects of the image at random, each on its own sublattice; what a defect's patch makes \
      of its neighbours goes with it.
      """)

  @Argument(help: ArgumentHelp("Result folder of analyze or motifs.", valueName: "result"), completion: .directory)
  var result: String

  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let name = ((result as NSString).lastPathComponent as NSString).deletingPathExtension
    let path = output.output ?? "\(name).relations"
    let folder = try MotifFolder(path: result)
    try AtomicOutput.checkPlace(path, replacing: output.force, inputs: [result])
    let found = try RelationMethod().result(on: folder)
    let summary = try found.write(to: path, input: result, replacing: output.force)
    if output.json {
      try Messages.printJSON(summary)
    } else {
      for sentence in found.sentences { print(sentence) }
      print("result: \(path)")
    }
  }
}
