import ArgumentParser
import TesseraMethods

/// `tessera classes label`.
struct LabelClassesCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "label", abstract: "Sorts all sites by the classes given to a few of them.",
    discussion: """
      EXAMPLE
        tessera classes label scan.tessera few.csv

      The table has the columns id (the row of sites.csv, from 0) and class (a name, or the number of a class). The labels spread along the \
      nearest neighbours in the space of the features; confidence says how sure each site is. Sites that no label reaches are unknown, and so \
      are classes without a label that a gap divides from all labelled sites. The command ends with the sites whose label would tell most.
      """)

  @OptionGroup var options: TreeOptions
  @Argument(
    help: ArgumentHelp("Table of labels.", valueName: "few.csv"), completion: .file(extensions: ["csv"]))
  var table: String
  var threads: ThreadOptions { options.threads }

  func run() throws {
    let labels = try TreeAction.labels(inTable: StandardInput.file(for: table))
    let files = try options.perform(.label(labels), unchanged: "")
    guard !options.output.json, case .label(let labels)? = files.recipe.actions.last else { return }
    let method = TreeMethod(files.folder)
    let before = try method.tree(after: Array(files.recipe.actions.dropLast()))
    let questions = try method.spread(labels, over: before).outcome.questions
    if !questions.isEmpty {
      print("the labels of these sites would tell most: \(questions.map(String.init).joined(separator: ", "))")
    }
  }
}
