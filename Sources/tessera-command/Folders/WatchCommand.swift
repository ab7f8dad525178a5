import ArgumentParser
import Foundation
import TesseraFormats
import TesseraMethods
import TesseraNumerics

/// `tessera watch`: one command on the files of a folder as they arrive.
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Runs a command on the images of a folder as they arrive, until it is stopped.",
    usage:
      "tessera watch <command> <folder> --output <folder> [--interval <seconds>] [--settle <seconds>] [options of the command]",
    discussion: """
      EXAMPLE
        tessera watch analyze /microscope/today -o results --pixel-size 0.0123nm

      does with each image that appears in /microscope/today what batch does: a result folder per image, results/batch.csv and \
      results/batch.json. A file is left alone until its size and its time have not changed for --settle seconds, so that no \
      half-written file is read; each whole file is done once, and again if it changes. Subfolders are not entered. Ctrl-C or \
      SIGTERM ends the command with status 0; started again, it goes on where it was. docs/batch.md says more.

      Commands: \(ManyFiles.names.joined(separator: ", ")). All their options apply, except --each and --json.
      """)

  @Argument(
    help: ArgumentHelp("Command to run on each image.", valueName: "command"), completion: .list(ManyFiles.names))
  var command: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Time between two looks at the folder in seconds, 0.05 to 86400.", valueName: "seconds"),
    transform: number(0.05...86_400))
  var interval = 2.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Time in seconds for which size and time of a file must stay the same before it is read, 0 to 86400.",
      valueName: "seconds"), transform: number(0...86_400))
  var settle = 10.0

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("Folder in which images appear, and the options of the command.", valueName: "folder"),
    completion: .directory)
  var words: [String] = []

  func run() throws {
    let many = try ManyFiles(command, words, in: Self._commandName)
    try many.command.threads.run(Self._commandName) { try watch(many.command, many) }
  }

  private func watch<Command: ImageCommand>(_ command: Command, _ many: ManyFiles) throws {
    guard command.inputs.count == 1 else {
      throw ValidationError("watch looks at one folder, but there are \(command.inputs.count) names; give one folder")
    }
    if command.output.json || command.output.force {
      throw ValidationError("--json and --force do not go with watch, which has no end; leave them out")
    }
    let source = command.inputs[0]
    _ = try ImageFolder.images(in: source)
    let batch = try BatchFolder(at: many.output, options: many.options)
    try batch.write()
    Messages.statusWhenStopped.withLock { $0 = 0 }
    print("watching \(source) -> \(many.output)/\(BatchFolder.tableName)")
    fflush(nil)
    var shared: MethodRun<Command.Settings>?
    var arrivals = Arrivals(settle: settle)
    var (isAway, hasNews) = (false, false)
    var reporting = Pacing(least: Self.leastBetweenReports, share: Self.shareOfReports)
    while true {
      let look = ContinuousClock.now
      var isBehind = false
      do {
        for file in arrivals.ready(among: try ImageFolder.images(in: source)) where arrivals.take(file) {
          if try work(on: file, command, batch, sharing: &shared) { hasNews = true }
          // While the command works, others arrive; the folder is looked at as often as without work.
          isBehind = ContinuousClock.now - look > .seconds(interval)
          if isBehind { break }
        }
        isAway = false
      } catch let error as FormatError where error.kind == .missing {
        // A share that is away for a while.
        if !isAway { Messages.warning("\(error)") }
        isAway = true
      }
      try batch.writeIfDue()
      if hasNews && reporting.isDue {
        try reporting.measure { try command.writeReport(over: batch) }
        hasNews = false
      }
      if !isBehind { Thread.sleep(forTimeInterval: interval) }
    }
  }

  /// The report is of all images, so that writing it takes the longer the more there are: at most so often (in seconds), and at most so
  /// much of the time.
  private static let (leastBetweenReports, shareOfReports) = (2.0, 0.05)

  /// Runs the command on a file unless that is done. A failure is said and entered; it does not end the watch.
  ///
  /// - Returns: whether it was to be done.
  private func work<Command: ImageCommand>(
    on file: String, _ command: Command, _ batch: BatchFolder, sharing shared: inout MethodRun<Command.Settings>?
  ) throws -> Bool {
    guard let job = try batch.jobs(for: [file]).first, !job.isComplete, !batch.hasFailed(job) else { return false }
    do { try command.run(job, in: batch, sharing: &shared) } catch {
      guard batch.isFailure(job) else { throw error }
      Messages.error(ExitStatus.sentence(for: error))
    }
    fflush(nil)
    return true
  }
}

/// The files of a folder that somebody else writes: which of them have stopped changing.
struct Arrivals {
  /// In seconds.
  let settle: Double
  /// Of each file, its size and time when it was looked at first, when that was, and whether it has been taken.
  private var files: [String: (glance: FileStamp.Glance, since: ContinuousClock.Instant, isTaken: Bool)] = [:]

  init(settle: Double) { self.settle = settle }

  /// The files that have not changed for the time of `settle` and have not been taken since they changed last.
  mutating func ready(among paths: [String]) -> [String] {
    let now = ContinuousClock.now
    let present = Set(paths)
    files = files.filter { present.contains($0.key) }
    return paths.filter { path in
      guard let glance = FileStamp.Glance(of: path) else { return false }
      if files[path]?.glance != glance { files[path] = (glance, now, false) }
      guard let file = files[path] else { return false }
      return !file.isTaken && now - file.since >= .seconds(settle)
    }
  }

  /// Takes a file that was ready; false where it changed or went since.
  mutating func take(_ path: String) -> Bool {
    guard let file = files[path], FileStamp.Glance(of: path) == file.glance else { return false }
    files[path]?.isTaken = true
    return true
  }
}
