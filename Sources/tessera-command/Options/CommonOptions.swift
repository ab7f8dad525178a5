import ArgumentParser
import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics

extension Preparation.Contrast: ExpressibleByArgument {}

/// `--quiet` and `--verbose`.
struct MessageOptions: ParsableArguments {
  @Flag(help: "Print results and errors only: no warnings, no progress.")
  var quiet = false

  @Flag(help: "Print each stage and the time that it took, on standard error.")
  var verbose = false

  func validate() throws {
    if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other; give one") }
  }

  var level: Messages.Level { quiet ? .quiet : verbose ? .verbose : .usual }
}

/// `--threads` and how much is said; `Program` runs a `ThreadedCommand` within these.
struct ThreadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Number of threads, 1 to 1024; results do not depend on the number. (default: all cores)", valueName: "n"))
  var threads: Int?

  @OptionGroup var messages: MessageOptions

  func validate() throws {
    guard let threads else { return }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads must be between 1 and 1024, but is \(threads)")
    }
  }

  /// Runs a command with these options; what it took is the last thing that `--verbose` says.
  func run(_ name: String, _ body: () throws -> Void) throws {
    Messages.level.withLock { $0 = messages.level }
    let start = ContinuousClock.now
    defer { Messages.detail("\(name): \(StageLog.text(ContinuousClock.now - start)) in all") }
    try Workers.$limit.withValue(threads, operation: body)
  }
}

/// A command that takes `--threads`.
protocol ThreadedCommand: ParsableCommand {
  var threads: ThreadOptions { get }
}

/// `--seed`: everything random draws from it.
struct SeedOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Random seed, a whole number of 0 or more; the same seed gives the same result. (default: 1)", valueName: "n"),
    transform: seedNumber(typed:))
  var seed: UInt64 = 1
}

/// `--output`, `--force` and `--json`.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, help: ArgumentHelp("File or folder to write the result to.", valueName: "path"),
    completion: .file())
  var output: String?

  @Flag(help: "Replace an existing result that Tessera wrote; other files in a result folder stay.")
  var force = false

  @Flag(help: "Print the result as one JSON value on standard output, and nothing else.")
  var json = false

  /// The result folder of one image: `--output`, or the image's name with `name` as its extension in the current folder.
  /// Several inputs get subfolders of `--output` named by the file, and the frames of `--each` subfolders `frame-N` of these.
  func folder(for image: ChosenImage, ofSeveral: Bool, named name: String) -> String {
    let folder =
      if let output {
        ofSeveral ? (output as NSString).appendingPathComponent(image.stem) : output
      } else {
        image.stem + "." + name
      }
    guard let frame = image.frame else { return folder }
    return (folder as NSString).appendingPathComponent("frame-\(frame)")
  }
}

/// `--output`, `--force` and `--json` of a command whose result is one table, which may go to standard output.
struct TableOutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Table to write; - prints it on standard output.", valueName: "path"),
    completion: .file())
  var output: String?

  @Flag(help: "Replace an existing table.")
  var force = false

  @Flag(help: "Print the result as one JSON value on standard output, and nothing else.")
  var json = false

  func validate() throws {
    guard isPrinted, json else { return }
    throw ValidationError("--output - and --json both print on standard output; leave out one")
  }

  /// Whether the table goes to standard output.
  var isPrinted: Bool { output == StandardOutput.name }
}

/// `--contrast`: whether atoms are bright (HAADF) or dark (ABF, BF).
struct ContrastOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Contrast of the atoms: bright (HAADF), dark (ABF, bright field) or auto (chosen from the image).",
      valueName: "name"))
  var contrast = Preparation.Contrast.auto
}
