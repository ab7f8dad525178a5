import ArgumentParser
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

      Commands: \(ManyFiles.names.joined(separator: ", ")). All their options apply, except --each; see `tessera analyze --help`, \
      for example. docs/batch.md describes the files.
      """)

  @Argument(
    help: ArgumentHelp("Command to run on each image.", valueName: "command"), completion: .list(ManyFiles.names))
  var command: String

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("Images, folders of images or patterns, and the options of the command.", valueName: "input"),
    completion: .file())
  var words: [String] = []

  func run() throws {
    let many = try ManyFiles(command, words, in: Self._commandName)
    try many.command.threads.run(Self._commandName) { try run(many.command, many) }
  }

  private func run<Command: ImageCommand>(_ command: Command, _ many: ManyFiles) throws {
    var command = command
    command.inputs = try ImageFolder.files(of: command.inputs)
    try command.validate()
    let (isForced, isJSON) = (command.output.force, command.output.json)
    let batch = try BatchFolder(at: many.output, options: many.options, anew: isForced)
    let jobs = batch.jobs(for: command.inputs, anew: isForced)
    var failures: [(input: String, error: any Error)] = []
    var shared: MethodRun<Command.Settings>?
    for (index, job) in jobs.enumerated() where !job.isComplete {
      if jobs.count > 1 { announce(index, of: jobs.count, job.input) }
      do { try command.run(job, in: batch, sharing: &shared) } catch { failures.append((job.input, error)) }
    }
    try batch.write()
    try command.writeReport(over: batch)
    if isJSON {
      try Messages.printJSON(batch.record)
    } else {
      let kept = jobs.count { $0.isComplete }
      let before = kept > 0 ? " (\(kept) by an earlier run)" : ""
      print(
        "\(jobs.count) image\(jobs.count == 1 ? "" : "s"): \(jobs.count - failures.count) done\(before), "
          + "\(failures.count) failed -> \(many.output)/\(BatchFolder.tableName)")
    }
    try report(failures, of: jobs.count)
  }
}
