import ArgumentParser
import TesseraMethods

/// `tessera classes lasso`.
struct LassoClassCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "lasso", abstract: "Divides a class by a polygon drawn on the layout.",
    discussion: """
      EXAMPLE
        tessera classes lasso scan.tessera 1 polygon.csv

      The table has the columns x and y: the corners of the polygon in the coordinates of layout.npy.
      """)

  @OptionGroup var options: TreeOptions
  @Argument(help: ArgumentHelp("Number or name of the class.", valueName: "class")) var number: String
  @Argument(
    help: ArgumentHelp("Table of the corners.", valueName: "polygon.csv"), completion: .file(extensions: ["csv"]))
  var polygon: String
  var threads: ThreadOptions { options.threads }

  func run() throws {
    try options.perform(
      .lasso(number, try TreeAction.corners(inTable: StandardInput.file(for: polygon))),
      unchanged: "the polygon holds all or none of class \(number); it stays as it is")
  }
}
