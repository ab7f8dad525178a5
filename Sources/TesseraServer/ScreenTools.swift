import TesseraImaging

/// What the screen needs of the commands: it offers what they offer, in the same words.
package struct ScreenTools: Sendable {
  /// Reads the image of a file.
  package var open: @Sendable (_ path: String) throws -> Micrograph
  /// Every setting of an analysis.
  package var options: [ScreenOption]
  /// Runs an analysis and writes its result folder.
  package var analyse: @Sendable (AnalysisOrder, _ progress: @escaping Progress) throws -> AnalysisOutcome
  /// The sentence of an error, for the user of the page.
  package var sentence: @Sendable (any Error) -> String
  /// Tells the person at the terminal.
  package var warn: @Sendable (String) -> Void

  /// Called as each stage begins, with the share that is done, 0 ... 1; throws to stop.
  package typealias Progress = (_ stage: String, _ share: Double) throws -> Void

  package init(
    open: @escaping @Sendable (String) throws -> Micrograph, options: [ScreenOption],
    analyse: @escaping @Sendable (AnalysisOrder, @escaping Progress) throws -> AnalysisOutcome,
    sentence: @escaping @Sendable (any Error) -> String, warn: @escaping @Sendable (String) -> Void
  ) {
    (self.open, self.options, self.analyse) = (open, options, analyse)
    (self.sentence, self.warn) = (sentence, warn)
  }
}

/// A setting of an analysis as the page shows it.
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

/// An analysis that is to be run.
package struct AnalysisOrder: Sendable {
  package var micrograph: Micrograph
  /// Options by name, without dashes; those that take no value have an empty one.
  package var settings: [String: String]
  /// Path of a table of known columns; nil: they are found.
  package var sites: String?
  /// Where the result folder goes.
  package var folder: String
}

/// What an analysis says beside its folder.
package struct AnalysisOutcome: Sendable {
  package var sentences: [String]
  package var warnings: [String]
  package init(sentences: [String], warnings: [String]) { (self.sentences, self.warnings) = (sentences, warnings) }
}
