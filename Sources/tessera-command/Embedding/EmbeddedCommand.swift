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

  /// - Parameters:
  ///   - name: of the command, one of `names`.
  ///   - words: its options as on a command line, without inputs.
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
  /// - Parameters:
  ///   - micrograph: the image, with its calibration.
  ///   - threads: the most threads of one parallel loop, 1 or more; nil: one for each processor.
  ///   - folder: the result folder to write as well, with its report; nil: none. `sites` has none.
  ///   - replacing: whether an earlier result there gives way.
  ///   - progress: called as each stage of a method begins, with the share that is done; may throw to stop.
  package func answer(
    on micrograph: Micrograph, threads: Int?, folder: String? = nil, replacing: Bool = false,
    progress: @escaping (Stage, Double) throws -> Void
  ) throws -> Answer {
    try Workers.$limit.withValue(threads) {
      if let sites = command as? SitesCommand { return try sites.answer(on: micrograph) }
      guard let command = command as? any ImageCommand else { throw ParameterError("the command takes no image") }
      return try command.answer(on: micrograph, folder: folder, replacing: replacing, progress: progress)
    }
  }

  /// Runs a command on a file and writes its result folder, as `batch` does; an earlier result there gives way.
  ///
  /// - Parameters:
  ///   - input: the file, as the result states it.
  ///   - path: where the file is.
  ///   - folder: path of the result folder.
  ///   - threads: the most threads of one parallel loop, 1 or more; nil: one for each processor.
  ///   - progress: as of `answer`.
  package func write(
    _ input: String, at path: String, to folder: String, threads: Int?,
    progress: @escaping (Stage, Double) throws -> Void
  ) throws {
    guard let command = command as? any ImageCommand else {
      throw ParameterError("the command writes no result folder")
    }
    try Workers.$limit.withValue(threads) { try command.write(input, at: path, to: folder, progress: progress) }
  }

  /// The settings of a command: the name of each option that says how an image is analysed, and whether a value follows.
  ///
  /// - Parameters:
  ///   - name: of the command, one of `names`; another has no settings.
  ///   - files: whether it runs on files, so that how these are read is a setting, too, and so is what is said of all of them.
  package static func settings(of name: String, onFiles files: Bool = false) -> [String: Bool] {
    let others = files || name == SitesCommand._commandName ? notSettings : notSettings.subtracting(sequels)
    let left = files ? others.subtracting(sequels).subtracting(settingsOfFiles) : others
    let types: [any ParsableCommand.Type] = [SitesCommand.self] + ManyFiles.commands
    guard let type = types.first(where: { $0._commandName == name }) else { return [:] }
    let help = TesseraCommand.helpMessage(for: type, columns: 1000)
    var settings: [String: Bool] = [:]
    for line in help.split(separator: "\n") {
      guard let match = line.prefixMatch(of: /\ \ (?:-\w, )?--([a-z][a-z0-9-]*)( <)?/) else { continue }
      let option = String(match.1)
      if !left.contains(option) { settings[option.replacing("-", with: "_")] = match.2 != nil }
    }
    return settings
  }

  /// Options that say which image of a file is meant and how it is read, and what a run on several files says of them.
  private static let settingsOfFiles: Set = [
    "pixel-size", "dataset", "frame", "frames", "register", "scan-angles", "frame-pause", "camera", "frame-axis",
    "max-pixels", "report", "no-report", "track",
  ]

  /// Options that go on with a result; of `sites` they are about tiles.
  private static let sequels: Set = ["recipe", "apply"]

  /// Beside these, options that say where the result goes, or a map beside it, and how it is shown.
  private static let notSettings = settingsOfFiles.union(sequels).union([
    "each", "output", "map", "force", "json", "threads", "quiet", "verbose", "motifs", "tile", "help", "version",
  ])

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
    on micrograph: Micrograph, folder: String?, replacing: Bool,
    progress: @escaping (Stage, Double) throws -> Void
  ) throws -> EmbeddedCommand.Answer {
    let (start, run) = (ContinuousClock.now, try methodRun())
    if let folder { try AtomicOutput.checkPlace(folder, replacing: replacing, inputs: run.models.compactMap { $0 }) }
    let result = try run.result(on: micrograph.withSquarePixels(), progress: progress)
    let memory = MemoryFiles()
    try result.write(to: ResultFiles(inMemory: memory))
    let summary = ResultSummary(of: result, input: micrograph.name)
    var answer = EmbeddedCommand.Answer(
      summary: try JSONEncoder.forResults().encode(summary), files: memory.files,
      warnings: summary.warnings.map(EmbeddedCommand.named))
    guard folder != nil || run.afterwards != nil else { return answer }
    // What follows a result goes on with a folder of it.
    let scratch = try folder == nil ? OwnedFolder("result") : nil
    defer { scratch?.remove() }
    guard let place = folder ?? scratch?.url.appending(path: "result").path else { return answer }
    _ = try run.write(
      ResultFolder(result, input: micrograph.name, hasReport: folder != nil && run.hasReport), to: place,
      replacing: replacing, since: start)
    try answer.takeTexts(of: place)
    return answer
  }

  fileprivate func write(
    _ input: String, at path: String, to folder: String, progress: @escaping (Stage, Double) throws -> Void
  ) throws {
    var run = try methodRun()
    (run.output.force, run.output.json) = (true, true)
    try run.run(input, into: folder, reading: [path], telling: progress) { try image.micrograph(at: path) }
  }
}

extension EmbeddedCommand.Answer {
  private static let summaryName = "summary.json"

  /// Takes the tables, the JSON files and the summary of a result folder for those of the first result: what followed it changes no others.
  fileprivate mutating func takeTexts(of folder: String) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    where (name.hasSuffix(".csv") || name.hasSuffix(".json")) && name != FolderManifest.name {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
      if name == Self.summaryName {
        summary = data
      } else if let place = files.firstIndex(where: { $0.name == name }) {
        files[place].content = .bytes(data)
      } else {
        files.append(MemoryFiles.File(name: name, content: .bytes(data)))
      }
    }
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
