import ArgumentParser
import Foundation
import TesseraFormats
import TesseraMethods
import TesseraNumerics

/// `tessera batch`: one command on many files.
struct BatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Runs a command on many images and goes on where an earlier run was interrupted.",
    usage: "tessera batch <command> <input> ... --output <folder> [options of the command]",
    discussion: """
      EXAMPLE
        tessera batch analyze scans/*.tif -o results --pixel-size 0.0123nm

      writes a result folder per image (results/NAME), results/batch.csv (input, status, seconds, message and result of each), \
      results/batch.json (the same with all counts and their sums) and results/report.html (the numbers of all images beside each \
      other, how they change, which images are unlike the others). Inputs are files, folders (the images in them, without \
      subfolders) and patterns such as 'scans/*.dm4'. Two files of one name have the folders NAME and NAME-2.

      The same command again does what is missing: inputs whose result is whole, of the same file and of the same options, are \
      left as they are; those that failed or were interrupted, and files that changed, are done. Other options in the same folder \
      are refused; --force does all inputs again. A file that fails does not stop the others: the exit status is then 1, or that \
      of the command if all failed alike.

      Several runs share the work with --share 1/4 to 4/4, on one machine or on several that see the same disk; --slurm writes a job \
      array for a cluster. Each image is done by one run; what a killed run left is done when it is started again.

      Commands: \(ManyFiles.names.joined(separator: ", ")). All their options apply, except --each; see `tessera analyze --help`, \
      for example. docs/batch.md describes the files.
      """)

  @Argument(
    help: ArgumentHelp("Command to run on each image.", valueName: "command"), completion: .list(ManyFiles.names))
  var command: String

  @Option(
    help: ArgumentHelp(
      "Do only the k-th of n parts of the images, while other runs do theirs; 1/1 to 1000000/1000000.", valueName: "k/n"
    ),
    transform: BatchShare.init(typed:))
  var share: BatchShare?

  @Flag(
    help: ArgumentHelp(
      "Run nothing: enter what earlier jobs did, and write a job array for Slurm (slurm.sh in the folder) that does what is missing."
    ))
  var slurm = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of jobs of the array, 1 to 1000000. (default: one per image, at most 1000)", valueName: "n"))
  var tasks: Int?

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("Images, folders of images or patterns, and the options of the command.", valueName: "input"),
    completion: .file())
  var words: [String] = []

  func validate() throws {
    if slurm && share != nil {
      throw ValidationError("--slurm writes the jobs that have a --share each; give one of them")
    }
    if tasks != nil && !slurm {
      throw ValidationError("--tasks is the number of jobs of --slurm; give both, or --share k/n")
    }
    if let tasks, !(1...BatchShare.largest ~= tasks) {
      throw ValidationError("--tasks must be between 1 and \(BatchShare.largest), but is \(tasks)")
    }
  }

  func run() throws {
    let many = try ManyFiles(command, words, in: Self._commandName)
    if (slurm || share != nil) && many.command.output.force {
      throw ValidationError(
        "--force does not go with \(slurm ? "--slurm" : "--share"): a job that is started again would do everything again; name another "
          + "folder")
    }
    try many.command.threads.run(Self._commandName) { try run(many.command, many) }
  }

  private func run<Command: ImageCommand>(_ command: Command, _ many: ManyFiles) throws {
    var command = command
    command.inputs = try ImageFolder.files(of: command.inputs)
    try command.validate()
    let isForced = command.output.force
    let batch = try BatchFolder(at: many.output, options: many.options, anew: isForced, share: share)
    let jobs = try batch.jobs(for: command.inputs, anew: isForced)
    if slurm { return try writeJobs(for: jobs, of: batch, command, many) }
    var failures: [(input: String, error: any Error)] = []
    var shared: MethodRun<Command.Settings>?
    var (kept, elsewhere) = (0, 0)
    for (index, job) in jobs.enumerated() {
      switch try batch.claim(job) {
      case .complete: kept += 1
      case .elsewhere: elsewhere += 1
      case .free:
        if jobs.count > 1 { announce(index, of: jobs.count, job.input) }
        do { try command.run(job, in: batch, sharing: &shared) } catch { failures.append((job.input, error)) }
        batch.giveBack(job)
      }
    }
    // While others are at work, or some were killed, a report over all would be one over some.
    if try batch.finish(), share == nil || batch.record.hasEnded { try command.writeReport(over: batch) }
    if batch.otherCount > 0 {
      Messages.warning(
        "\(many.output): holds \(batch.otherCount) result\(batch.otherCount == 1 ? "" : "s") of other inputs that were made with other options; give these "
          + "inputs, too, or name another folder")
    }
    if command.output.json {
      try Messages.printJSON(batch.record)
    } else {
      say(jobs.count, kept: kept, elsewhere: elsewhere, failed: failures.count, many)
    }
    try report(failures, of: jobs.count)
  }

  private func say(_ count: Int, kept: Int, elsewhere: Int, failed: Int, _ many: ManyFiles) {
    let part = share.map { "part \($0.number) of \($0.count): " } ?? ""
    let before = kept > 0 ? " (\(kept) by an earlier run)" : ""
    let others = elsewhere > 0 ? "\(elsewhere) being done by another run, " : ""
    print(
      "\(part)\(count) image\(count == 1 ? "" : "s"): \(count - failed - elsewhere) done\(before), \(others)\(failed) failed -> "
        + "\(many.output)/\(BatchFolder.tableName)")
  }

  /// Enters what was done so far and writes the jobs for the rest.
  private func writeJobs<Command: ImageCommand>(
    for jobs: [BatchFolder.Job], of batch: BatchFolder, _ command: Command, _ many: ManyFiles
  ) throws {
    let count = tasks ?? min(batch.record.images.count, SlurmScript.usualTasks)
    let missing = Set(jobs.filter { !$0.isComplete }.map { $0.task(of: count) }).sorted()
    try batch.write()
    try command.writeReport(over: batch)
    let left = jobs.count { !$0.isComplete }
    if command.output.json { try Messages.printJSON(batch.record) }
    let sentence = "\(jobs.count) image\(jobs.count == 1 ? "" : "s"): \(jobs.count - left) done, \(left) to do"
    guard left > 0 else {
      if !command.output.json { print("\(sentence) -> \(many.output)/\(BatchFolder.tableName)") }
      return
    }
    let script = SlurmScript(
      words: [Self.program, Self._commandName, many.options.command] + many.wordsOfJobs, command: many.options.command,
      count: count, tasks: missing, threads: command.threads.threads ?? 1,
      place: FileManager.default.currentDirectoryPath)
    let path = try script.write(to: many.output)
    if !command.output.json {
      print(
        "\(sentence) in \(missing.count) job\(missing.count == 1 ? "" : "s"); submit \(missing.count == 1 ? "it" : "them"): sbatch \(path)"
      )
    }
  }

  /// Path of this program, which the jobs run.
  private static var program: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  }
}

extension BatchShare {
  /// `3/20`.
  init(typed text: String) throws {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1], let share = BatchShare(number, of: count)
    else {
      throw ValidationError(
        "--share is k/n, the k-th of n parts, with k from 1 to n and n at most \(Self.largest), but is \(text)")
    }
    self = share
  }
}
