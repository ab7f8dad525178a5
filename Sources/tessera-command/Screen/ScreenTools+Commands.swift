import ArgumentParser
import Foundation
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraServer

extension ScreenTools {
  /// What the page offers is what the commands do, with the same options.
  static func commands(reading image: InputOptions, threads: Int?) -> ScreenTools {
    return ScreenTools(
      open: { try image.micrograph(at: $0) }, options: AnalyzeCommand.screenOptions,
      analyse: { order, progress in
        try Workers.$limit.withValue(threads) { try AnalyzeCommand.run(order, progress: progress) }
      },
      sentence: { OptionNames.put(in: ExitStatus.sentence(for: $0)) }, warn: { Messages.warning($0) })
  }
}

extension AnalyzeCommand {
  /// Runs the command as the page orders it.
  fileprivate static func run(
    _ order: AnalysisOrder, progress: @escaping ScreenTools.Progress
  ) throws -> AnalysisOutcome {
    let known = Set(screenOptions.map(\.name))
    if let strange = order.settings.keys.sorted().first(where: { !known.contains($0) }) {
      throw ParameterError("analyze has no setting \(strange)")
    }
    var words = order.settings.sorted { $0.key < $1.key }.map { $1.isEmpty ? "--\($0)" : "--\($0)=\($1)" }
    if let sites = order.sites { words.append("--sites=\(sites)") }
    guard let command = try TesseraCommand.parseAsRoot(["analyze", "image"] + words) as? AnalyzeCommand else {
      throw ParameterError("analyze does not take these settings")
    }
    let start = ContinuousClock.now
    let result = try command.methodRun().result(on: order.micrograph) { try progress($0.rawValue, 0.8 * $1) }
    try progress(Stage.report.rawValue, 0.8)
    let summary = try ResultFolder(result, input: order.micrograph.name).write(to: order.folder, since: start)
    return AnalysisOutcome(
      sentences: result.sentences.map { $0 + "." }, warnings: summary.warnings.map { OptionNames.put(in: $0) })
  }

  /// The options that say how an image is analysed, from the command's own description.
  fileprivate static var screenOptions: [ScreenOption] {
    let settings = EmbeddedCommand.settings(of: _commandName)
    guard let description = try? CommandDescription(of: Self.self) else { return [] }
    return (description.arguments ?? []).compactMap { argument in
      guard let name = argument.preferredName?.name, settings[name.replacing("-", with: "_")] != nil,
        // The page has its own way to say which columns are known.
        name != "sites"
      else { return nil }
      return ScreenOption(
        name: name, group: argument.sectionTitle ?? "More", takesValue: argument.kind == "option",
        valueName: argument.valueName, choices: argument.allValues, help: argument.abstract ?? "",
        default: argument.defaultValue)
    }
  }
}
