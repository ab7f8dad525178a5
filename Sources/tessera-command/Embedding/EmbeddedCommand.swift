import ArgumentParser
import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics

/// A command as programs in other languages run it: on an image in memory, with settings named as the options are
/// (`noise_threshold` is `--noise-threshold`), parsed and checked as those are.
package struct EmbeddedCommand {
  /// What a command found, in memory.
  package struct Answer: Sendable {
    /// What `summary.json` holds; of `sites` the same keys as its `--json`, as far as they are known without a file.
    package var summary: Data
    /// What the command writes into its result folder.
    package var files: [MemoryFiles.File]
    /// Sentences that the command prints.
    package var warnings: [String]
  }

  /// Commands that run on an image.
  package static let names = [SitesCommand._commandName] + ManyFiles.names

  private let command: any ThreadedCommand

  /// - Parameter words: as on a command line, without inputs.
  package init(_ name: String, words: [String]) throws {
    guard Self.names.contains(name),
      let command = try TesseraCommand.parseAsRoot([name, Self.input] + words) as? any ThreadedCommand
    else { throw ParameterError("'\(name)' is not one of the commands \(Self.names.joined(separator: ", "))") }
    self.command = command
  }

  /// Stands where a command line has the file.
  private static let input = "image"

  /// Runs the command on an image.
  ///
  /// - Parameter progress: called as each stage of a method begins, with the share that is done; may throw to stop.
  package func answer(
    on micrograph: Micrograph, threads: Int?, progress: @escaping (Stage, Double) throws -> Void
  ) throws -> Answer {
    try Workers.$limit.withValue(threads) {
      if let sites = command as? SitesCommand { return try sites.answer(on: micrograph) }
      guard let command = command as? any ImageCommand else { throw ParameterError("the command takes no image") }
      return try command.answer(on: micrograph, progress: progress)
    }
  }

  /// Runs a command on a file and writes its result folder, as `batch` does; an earlier result there gives way.
  ///
  /// - Parameters:
  ///   - input: as the result states it.
  ///   - path: where the file is.
  package func write(_ input: String, at path: String, to folder: String, threads: Int?) throws {
    guard let command = command as? any ImageCommand else {
      throw ParameterError("the command writes no result folder")
    }
    try Workers.$limit.withValue(threads) { try command.write(input, at: path, to: folder) }
  }

  /// The settings of a command: the name of each option that says how an image is analysed, and whether a value follows.
  package static func settings(of name: String) -> [String: Bool] {
    let types: [any ParsableCommand.Type] = [SitesCommand.self] + ManyFiles.commands
    guard let type = types.first(where: { $0._commandName == name }) else { return [:] }
    let help = TesseraCommand.helpMessage(for: type, columns: 1000)
    var settings: [String: Bool] = [:]
    for line in help.split(separator: "\n") {
      guard let match = line.prefixMatch(of: /\ \ (?:-\w, )?--([a-z][a-z0-9-]*)( <)?/) else { continue }
      let option = String(match.1)
      if !notSettings.contains(option) { settings[option.replacing("-", with: "_")] = match.2 != nil }
    }
    return settings
  }

  /// Options that say which image of a file is meant, where the result goes and how it is shown; and those that go on with a
  /// result folder.
  private static let notSettings: Set = [
    "pixel-size", "dataset", "frame", "frames", "each", "register", "scan-angles", "frame-pause", "camera",
    "frame-axis",
    "max-pixels",
    "output", "force", "json", "threads", "quiet", "verbose", "report", "no-report", "recipe", "apply", "motifs",
    "track", "tile",
    "help",
    "version",
  ]

  /// The sentence of an error, with settings named as in other languages, and the exit status that the command would have had.
  package static func sentence(for error: any Error) -> (text: String, status: Int32) {
    (named(ExitStatus.sentence(for: error)), ExitStatus.code(for: error))
  }

  /// The text with `--noise-threshold` as `noise_threshold`.
  package static func named(_ text: String) -> String {
    OptionNames.put(in: text).replacing(/--([a-z][a-z0-9-]*)/) { $0.1.replacing("-", with: "_") }
  }
}

extension ImageCommand {
  fileprivate func answer(
    on micrograph: Micrograph, progress: @escaping (Stage, Double) throws -> Void
  ) throws -> EmbeddedCommand.Answer {
    let result = try methodRun().result(on: micrograph.withSquarePixels(), progress: progress)
    let files = MemoryFiles()
    try result.write(to: ResultFiles(inMemory: files))
    let summary = ResultSummary(of: result, input: micrograph.name)
    return EmbeddedCommand.Answer(
      summary: try JSONEncoder.forResults().encode(summary), files: files.files,
      warnings: summary.warnings.map(EmbeddedCommand.named))
  }

  fileprivate func write(_ input: String, at path: String, to folder: String) throws {
    var run = try methodRun()
    (run.output.force, run.output.json) = (true, true)
    try run.run(input, into: folder, reading: [path]) { try image.micrograph(at: path) }
  }
}

extension SitesCommand {
  fileprivate func answer(on micrograph: Micrograph) throws -> EmbeddedCommand.Answer {
    let search = try search(in: micrograph.withSquarePixels())
    let files = MemoryFiles()
    try ResultFiles(inMemory: files).write(search.table.csv, as: "sites.csv")
    return EmbeddedCommand.Answer(
      summary: try JSONEncoder.forResults().encode(report(of: search, input: micrograph.name)), files: files.files,
      warnings: search.warnings.map(EmbeddedCommand.named))
  }
}
