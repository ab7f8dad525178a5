import ArgumentParser
import Foundation
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraServer

extension ScreenTools {
  /// The commands that the page runs.
  private static let types: [any ImageCommand.Type] = [
    AnalyzeCommand.self, SegmentCommand.self, StrainCommand.self, ParticlesCommand.self, MoireCommand.self,
  ]

  /// What the page offers is what the commands do, with the same options.
  ///
  /// - Parameter inputWords: what was typed to say how images are read.
  static func commands(reading image: SingleImageOptions, as inputWords: [String], threads: Int?) -> ScreenTools {
    return ScreenTools(
      open: { try image.micrograph(at: $0) }, commands: types.map { $0.screenCommand },
      run: { order, progress in
        try Workers.$limit.withValue(threads) { try type(of: order.command).run(order, progress: progress) }
      },
      commandLine: { command, settings, files, input in
        let options = settings.merging(files) { $1 }
        let words = ["tessera", command, input] + inputWords + Self.words(options)
        return words.map(Self.quoted).joined(separator: " ")
      }, paragraph: { try type(of: $0).paragraph(of: $1) },
      sentence: { OptionNames.put(in: ExitStatus.sentence(for: $0)) }, warn: { Messages.warning($0) })
  }

  private static func type(of command: String) throws -> any ImageCommand.Type {
    guard let type = types.first(where: { $0._commandName == command }) else {
      throw ParameterError("the page has no command \(command)")
    }
    return type
  }

  /// Options as words of a command line, in the order of their names.
  fileprivate static func words(_ options: [String: String]) -> [String] {
    options.sorted { $0.key < $1.key }.map { $1.isEmpty ? "--\($0)" : "--\($0)=\($1)" }
  }

  /// A word as a shell takes it.
  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=,:+@%".contains($0)) }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}

extension ImageCommand {
  /// The command as the page offers it, from its own description.
  fileprivate static var screenCommand: ScreenCommand {
    let description = try? CommandDescription(of: Self.self)
    let all = (description?.arguments ?? []).filter { screenNames.contains($0.preferredName?.name ?? "") }
    return ScreenCommand(
      name: _commandName, abstract: description?.abstract ?? "",
      options: all.compactMap { argument in
        guard let name = argument.preferredName?.name, name != givenColumns else { return nil }
        return ScreenOption(
          name: name, group: argument.sectionTitle ?? "More", takesValue: argument.kind == "option",
          valueName: argument.valueName, choices: argument.allValues, help: argument.abstract ?? "",
          default: argument.defaultValue)
      }, takesColumns: all.contains { $0.preferredName?.name == givenColumns })
  }

  /// The page has its own way to say which columns are known.
  private static var givenColumns: String { "sites" }

  /// The options that say how an image is analysed; a recipe and another result too, which say what is done to the classes.
  private static var screenNames: Set<String> {
    Set(EmbeddedCommand.settings(of: _commandName).keys.map { $0.replacing("_", with: "-") }).union(
      self == AnalyzeCommand.self ? ["recipe", "apply"] : [])
  }

  /// Runs the command as the page orders it.
  fileprivate static func run(_ order: ScreenOrder, progress: @escaping ScreenTools.Progress) throws -> ScreenOutcome {
    if let strange = order.settings.keys.sorted().first(where: { !screenNames.contains($0) || $0 == givenColumns }) {
      throw ParameterError("\(_commandName) has no setting \(strange)")
    }
    let words = ScreenTools.words(order.settings.merging(order.files) { $1 })
    guard let command = try TesseraCommand.parseAsRoot([_commandName, "image"] + words) as? Self else {
      throw ParameterError("\(_commandName) does not take these settings")
    }
    return try command.methodRun().outcome(of: order, progress: progress)
  }

  fileprivate static func paragraph(of folder: String) throws -> MethodsParagraph {
    try MethodsParagraph(Settings.self, folder: folder)
  }
}

extension MethodRun {
  fileprivate func outcome(of order: ScreenOrder, progress: @escaping ScreenTools.Progress) throws -> ScreenOutcome {
    let start = ContinuousClock.now
    let result = try result(on: order.micrograph) { try progress($0.rawValue, 0.8 * $1) }
    try progress(Stage.report.rawValue, 0.8)
    let (summary, addition) = try write(
      ResultFolder(result, input: order.micrograph.name), to: order.folder, since: start)
    return ScreenOutcome(
      sentences: (result.sentences + (addition.map { [$0] } ?? [])).map { $0 + "." },
      warnings: summary.warnings)
  }
}
