import ArgumentParser
import Foundation
import TesseraFormats
import TesseraImaging

extension Preparation.Contrast: ExpressibleByArgument {}

/// `--threads`; `main` runs a `ThreadedCommand` within this limit.
struct ThreadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Number of threads, 1 to 1024; results do not depend on the number. (default: all cores)", valueName: "n"))
  var threads: Int?

  func validate() throws {
    guard let threads else { return }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads must be between 1 and 1024, but is \(threads)")
    }
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

/// `--contrast`: whether atoms are bright (HAADF) or dark (ABF, BF).
struct ContrastOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Contrast of the atoms: bright (HAADF), dark (ABF, bright field) or auto (chosen from the image).",
      valueName: "name"))
  var contrast = Preparation.Contrast.auto
}
