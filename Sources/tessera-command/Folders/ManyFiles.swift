import ArgumentParser
import Foundation
import TesseraFormats
import TesseraMethods

/// A command and its options as `batch` and `watch` take them: `analyze a.tif b.tif --scale 5 -o results`.
struct ManyFiles {
  /// The commands that can be run on many files.
  static let commands: [any ImageCommand.Type] = [
    AnalyzeCommand.self, MotifsCommand.self, StrainCommand.self, CrystalCommand.self, CountCommand.self,
    SegmentCommand.self, ParticlesCommand.self, MoireCommand.self, PolygonsCommand.self,
  ]

  static let names = commands.map { $0._commandName }

  /// As the command's own parser understands it.
  let command: any ImageCommand
  let options: BatchOptions
  /// `--output`.
  let output: String
  /// The words of other runs that do a part each: without the command, threads and JSON.
  let wordsOfJobs: [String]

  /// - Throws: what the command's own parser throws, or a `ValidationError` for what does not go with many files.
  init(_ name: String, _ words: [String], in caller: String) throws {
    guard Self.names.contains(name) else {
      throw ValidationError(
        "'\(name)' is no command that \(caller) can run; the first word after \(caller) is one of "
          + Self.names.joined(separator: ", "))
    }
    guard let command = try TesseraCommand.parseAsRoot([name] + words) as? any ImageCommand else {
      throw ValidationError("'\(name)' is no command that \(caller) can run")
    }
    guard !command.inputs.contains(StandardOutput.name) else {
      throw ValidationError(
        "\(caller) finds its files again in a later run, so it takes no standard input (-); name files or folders, or run "
          + "\(name) - alone")
    }
    guard let output = command.output.output else {
      throw ValidationError("\(caller) needs --output, the folder of all results: -o results, for example")
    }
    if command.image.each {
      throw ValidationError("\(caller) writes one result per file; leave out --each, or run \(name) on the stack alone")
    }
    (self.command, self.output) = (command, output)
    options = BatchOptions(command: name, words: Self.settings(among: words, inputs: command.inputs))
    wordsOfJobs = words.indices.filter { index in
      let isValue = index > 0 && words[index - 1] == "--threads"
      return !isValue && words[index] != "--threads" && words[index] != "--json"
        && !words[index].hasPrefix("--threads=")
    }.map { words[$0] }
  }

  /// The words that may change a result, `--scale=5` as `--scale 5`.
  private static func settings(among words: [String], inputs: [String]) -> [String] {
    var inputs = inputs[...]
    var settings: [String] = []
    var skipped = 0
    for word in words {
      if skipped > 0 {
        skipped -= 1
      } else if ["-o", "--output", "--threads"].contains(word) {
        skipped = 1
      } else if ["--force", "--json", "--quiet", "--verbose"].contains(word) || word.hasPrefix("--output=")
        || word.hasPrefix("--threads=")
      {
        continue
      } else if word == inputs.first {
        inputs.removeFirst()
      } else if word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
        settings += [String(word[..<equals]), String(word[word.index(after: equals)...])]
      } else {
        settings.append(word)
      }
    }
    return settings
  }
}

extension ImageCommand {
  /// Writes the report over all results of a batch, and what the command says of them together.
  func writeReport(over batch: BatchFolder) throws {
    let results = batch.results
    var sections: [ReportDocument.Section] = []
    let gathered = try methodRun().gathered
    if let gathered, !results.isEmpty { sections = try gathered.write(results, batch.path, true) }
    try batch.writeReport(sections: sections, leavingOut: gathered?.leftOut ?? [])
  }

  /// Runs the command on one input of a batch and enters what came of it.
  ///
  /// - Parameter shared: what all inputs have in common, such as patterns that are fitted once; nil before the first.
  /// - Throws: why the input failed, which has been entered; or that the folder of the batch cannot be written.
  func run(
    _ job: BatchFolder.Job, in batch: BatchFolder, sharing shared: inout MethodRun<Settings>?
  ) throws {
    let start = ContinuousClock.now
    do {
      var run = try shared ?? methodRun()
      shared = run
      try batch.begin(job, hasSequel: run.afterwards != nil)
      // The folder is the batch's own.
      run.output.force = true
      try run.run(job.input, into: batch.folder(of: job), reading: [job.input]) { try image.micrograph(at: job.input) }
      try batch.end(job, seconds: (ContinuousClock.now - start) / .seconds(1))
    } catch {
      try batch.fail(
        job, message: OptionNames.put(in: fact(ExitStatus.sentence(for: error), about: job.input)),
        exitStatus: ExitStatus.code(for: error), seconds: (ContinuousClock.now - start) / .seconds(1))
      throw error
    }
  }
}
