import ArgumentParser
import Foundation
import TesseraFormats
import TesseraLearning
import TesseraMethods
import TesseraNumerics
import TesseraStructure

/// `tessera classes`: the class tree of a result.
struct ClassesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classes",
    abstract: "Splits, merges and names the classes of a result of analyze or motifs.",
    discussion: """
      EXAMPLE
        tessera classes show scan.tessera
        tessera classes split scan.tessera 2 --features invariant --angular-orders 0,2,3
        tessera classes name scan.tessera 2.1 Se-vacancy
        tessera classes undo scan.tessera

      Classes are named by number or by name. A number keeps its meaning: the parts of class 2 are 2.1, 2.2, ..., a merged class has the next \
      free number. Every action is a line of recipe.json in the folder, and tables, summary.json and report are what replaying the recipe \
      on the first classes gives; those of the first classes are in first/. With --output a changed copy is written and the folder stays \
      as it is.
      """,
    subcommands: [
      ShowClassesCommand.self, SplitClassCommand.self, MergeClassesCommand.self, NameClassCommand.self,
      LassoClassCommand.self, LabelClassesCommand.self, UndoClassesCommand.self, ReviewClassesCommand.self,
      AutoClassesCommand.self, ApplyClassesCommand.self,
    ])
}

/// The folder, and where the changed one goes.
struct TreeOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("Result folder of analyze or motifs.", valueName: "result"), completion: .directory)
  var result: String

  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  /// Carries out one more action, or says that it changes nothing.
  @discardableResult
  func perform(_ action: TreeAction, unchanged: @autoclosure () -> String) throws -> TreeFiles {
    try change { folder in
      let method = TreeMethod(folder)
      var tree = try method.tree(after: folder.recipe.actions)
      let numbered = try method.numbered(action, in: tree)
      var recipe = folder.recipe
      if try method.apply(numbered, to: &tree) {
        recipe.actions.append(numbered)
      } else if !output.json {
        print(unchanged())
      }
      return TreeFiles(folder, recipe: recipe, tree: tree)
    }
  }

  /// Writes and shows what becomes of the folder. No other program changes it meanwhile, so that no action is lost.
  @discardableResult
  func change(_ files: (MotifFolder) throws -> TreeFiles) throws -> TreeFiles {
    // What is no folder is refused below, in a sentence.
    let lock = AtomicOutput.isFolder(result) ? try FolderLock(of: result, patience: Self.patience) : nil
    return try withExtendedLifetime(lock) {
      let files = try files(MotifFolder(path: result))
      if output.output != nil || files.recipe.actions != files.folder.recipe.actions {
        try files.write(to: output.output, replacing: output.force)
      }
      try TreeText(files).show(asJSON: output.json)
      return files
    }
  }

  /// Another action takes seconds, rarely a minute.
  private static let patience = 60.0
}

/// A folder that is looked at and stays as it is.
struct TreeInput: ParsableArguments {
  @Argument(help: ArgumentHelp("Result folder of analyze or motifs.", valueName: "result"), completion: .directory)
  var result: String
  @Flag(help: "Print the result as one JSON value on standard output, and nothing else.")
  var json = false
  @OptionGroup var threads: ThreadOptions
}

/// `tessera classes show`.
struct ShowClassesCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Lists the current classes and what was done to them.",
    discussion: """
      EXAMPLE
        tessera classes show scan.tessera
      """)

  @OptionGroup var input: TreeInput
  var threads: ThreadOptions { input.threads }

  func run() throws {
    let folder = try MotifFolder(path: input.result)
    let tree = try TreeMethod(folder).tree(after: folder.recipe.actions)
    try TreeText(TreeFiles(folder, recipe: folder.recipe, tree: tree)).show(asJSON: input.json)
  }
}

/// `tessera classes split`.
struct SplitClassCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "split", abstract: "Divides a class by the same routine on its members alone.",
    discussion: """
      EXAMPLE
        tessera classes split scan.tessera 2 --features invariant --angular-orders 0,2,3

      A class that no gap divides is left as it is, which is said; with --classes it is divided in any case.
      """)

  @OptionGroup var options: TreeOptions
  @Argument(help: ArgumentHelp("Number or name of the class.", valueName: "class")) var number: String

  @Option(
    help: ArgumentHelp(
      "Features of a motif: full (rotated copies of a motif are different motifs) or invariant (rotated copies are the same "
        + "motif). (default: as in the first run)", valueName: "form"))
  var features: ZernikeDescriptor.Form?

  @Option(
    help: ArgumentHelp(
      "Angular orders |q| of the Zernike moments to use, 0 to 40, such as 0,2,3. (default: as in the first run)",
      valueName: "list"), transform: NumberList.angularOrders(typed:))
  var angularOrders: NumberList?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Maximum radial order p of the Zernike moments, 1 to that of the first run. (default: that of the first run)",
      valueName: "p"))
  var maxOrder: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Patch size in pixels, an odd number from 5 to half the image; patches are cut anew from the image in the folder. (default: that of the first run)",
      valueName: "px"))
  var patchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Number of parts, 2 to 1000. (default: as many as are found)", valueName: "n"))
  var classes: Int?

  var threads: ThreadOptions { options.threads }

  func validate() throws {
    if let patchSize, !(5...9_999).contains(patchSize) || patchSize.isMultiple(of: 2) {
      throw ValidationError("--patch-size must be an odd number between 5 and 9999, but is \(patchSize)")
    }
    if let maxOrder, !(1...40).contains(maxOrder) {
      throw ValidationError("--max-order must be between 1 and 40, but is \(maxOrder)")
    }
    if let classes, !(2...1000).contains(classes) {
      throw ValidationError("--classes must be between 2 and 1000, but is \(classes)")
    }
  }

  func run() throws {
    let split = TreeSplit(
      features: features, angularOrders: angularOrders?.values.map { Int($0) }, maxOrder: maxOrder,
      patchSize: patchSize, classes: classes)
    try options.perform(
      .split(number, split), unchanged: "no gap divides class \(number); it stays as it is")
  }
}

/// `tessera classes merge`.
struct MergeClassesCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Joins classes to a new one.",
    discussion: """
      EXAMPLE
        tessera classes merge scan.tessera 3 4
      """)

  @OptionGroup var options: TreeOptions
  @Argument(help: ArgumentHelp("Numbers or names of two classes or more.", valueName: "class")) var numbers: [String]
  var threads: ThreadOptions { options.threads }

  func validate() throws {
    guard numbers.count >= 2 else { throw ValidationError("a merger needs two classes or more") }
  }

  func run() throws { try options.perform(.merge(numbers), unchanged: "") }
}

/// `tessera classes name`.
struct NameClassCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "name", abstract: "Names a class.",
    discussion: """
      EXAMPLE
        tessera classes name scan.tessera 4 Se-vacancy
      """)

  @OptionGroup var options: TreeOptions
  @Argument(help: ArgumentHelp("Number or name of the class.", valueName: "class")) var number: String
  @Argument(help: ArgumentHelp("The new name: one line of text, no number.", valueName: "name")) var name: String
  var threads: ThreadOptions { options.threads }

  func run() throws { try options.perform(.name(number, name), unchanged: "") }
}

/// `tessera classes undo`.
struct UndoClassesCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Takes back the last action, or all of them.",
    discussion: """
      EXAMPLE
        tessera classes undo scan.tessera
      """)

  @OptionGroup var options: TreeOptions
  @Flag(help: "Take back all actions.") var all = false
  var threads: ThreadOptions { options.threads }

  func run() throws {
    try options.change { folder in
      guard !folder.recipe.actions.isEmpty else {
        throw DataError("\(options.result): there is no action to take back")
      }
      let recipe = Recipe(actions: all ? [] : Array(folder.recipe.actions.dropLast()))
      return TreeFiles(folder, recipe: recipe, tree: try TreeMethod(folder).tree(after: recipe.actions))
    }
  }
}

/// `tessera classes auto`.
struct AutoClassesCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "auto", abstract: "Splits classes that mix motifs, until none does.",
    discussion: """
      EXAMPLE
        tessera classes auto scan.tessera

      Each class is tried with the features of the first run, with invariant ones, and with invariant ones of few angular orders. The splits that \
      were made are recorded; none is no error.
      """)

  @OptionGroup var options: TreeOptions
  var threads: ThreadOptions { options.threads }

  func run() throws {
    try options.change { folder in
      let method = TreeMethod(folder)
      var tree = try method.tree(after: folder.recipe.actions)
      let splits = try method.splitAll(&tree)
      if splits.isEmpty && !options.output.json { print("no gap divides any class") }
      return TreeFiles(folder, recipe: Recipe(actions: folder.recipe.actions + splits), tree: tree)
    }
  }
}
