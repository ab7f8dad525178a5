import TesseraImaging
import TesseraMethods

/// What the screen needs of the commands: it offers what they offer, in the same words.
package struct ScreenTools: Sendable {
  /// Reads the image of a file.
  package var open: @Sendable (_ path: String) throws -> Micrograph
  /// The commands that the page runs, `analyze` first.
  package var commands: [ScreenCommand]
  /// Runs a command and writes its result folder.
  package var run: @Sendable (ScreenOrder, _ progress: @escaping Progress) throws -> ScreenOutcome
  /// What a person types in a terminal for the same result; `files` are options that name a file.
  package var commandLine:
    @Sendable (_ command: String, _ settings: [String: String], _ files: [String: String], _ input: String) -> String
  /// What a paper says of the result of a command in a folder.
  package var paragraph: @Sendable (_ command: String, _ folder: String) throws -> MethodsParagraph
  /// The sentence of an error, for the user of the page.
  package var sentence: @Sendable (any Error) -> String
  /// Tells the person at the terminal.
  package var warn: @Sendable (String) -> Void

  /// Called as each stage begins, with the share that is done, 0 ... 1; throws to stop.
  package typealias Progress = (_ stage: String, _ share: Double) throws -> Void

  package init(
    open: @escaping @Sendable (String) throws -> Micrograph, commands: [ScreenCommand],
    run: @escaping @Sendable (ScreenOrder, @escaping Progress) throws -> ScreenOutcome,
    commandLine: @escaping @Sendable (String, [String: String], [String: String], String) -> String,
    paragraph: @escaping @Sendable (String, String) throws -> MethodsParagraph,
    sentence: @escaping @Sendable (any Error) -> String, warn: @escaping @Sendable (String) -> Void
  ) {
    (self.open, self.commands, self.run) = (open, commands, run)
    (self.commandLine, self.paragraph) = (commandLine, paragraph)
    (self.sentence, self.warn) = (sentence, warn)
  }
}

/// A command that the page runs, as its help describes it.
package struct ScreenCommand: Sendable, Encodable {
  package var name, abstract: String
  /// Every setting.
  package var options: [ScreenOption]
  /// Whether columns can be given to it.
  package var takesColumns: Bool

  package init(name: String, abstract: String, options: [ScreenOption], takesColumns: Bool) {
    (self.name, self.abstract, self.options, self.takesColumns) = (name, abstract, options, takesColumns)
  }
}

/// A setting of a command as the page shows it.
package struct ScreenOption: Sendable, Encodable {
  /// Without dashes.
  package var name, group: String
  package var takesValue: Bool
  package var valueName: String?
  /// Nil: any value.
  package var choices: [String]?
  package var help: String
  package var `default`: String?

  package init(
    name: String, group: String, takesValue: Bool, valueName: String?, choices: [String]?, help: String,
    default: String?
  ) {
    (self.name, self.group, self.takesValue, self.valueName) = (name, group, takesValue, valueName)
    (self.choices, self.help, self.default) = (choices, help, `default`)
  }
}

/// A run of a command that is to be.
package struct ScreenOrder: Sendable {
  package var command: String
  package var micrograph: Micrograph
  /// Options by name, without dashes; those that take no value have an empty one.
  package var settings: [String: String]
  /// Paths of files that the server has written, by the option that takes them.
  package var files: [String: String]
  /// Where the result folder goes.
  package var folder: String
}

/// What a command says beside its folder.
package struct ScreenOutcome: Sendable {
  package var sentences: [String]
  package var warnings: [String]
  package init(sentences: [String], warnings: [String]) { (self.sentences, self.warnings) = (sentences, warnings) }
}
