import ArgumentParser
import Foundation
import TesseraFormats
import TesseraImaging

/// `--threads`; `main` runs a `ThreadedCommand` within this limit.
struct ThreadOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Threads to use; results never depend on it. (default: all cores)", valueName: "n"))
  var threads: Int?

  func validate() throws {
    guard let threads else { return }
    guard threads >= 1 else { throw ValidationError("--threads must be 1 or more, but is \(threads)") }
  }
}

/// A command that takes `--threads`.
protocol ThreadedCommand: ParsableCommand {
  var threads: ThreadOptions { get }
}

/// `--seed`: everything random draws from it.
struct SeedOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Seed of everything random; the same seed gives the same result.", valueName: "n"))
  var seed: UInt64 = 1
}

/// `--output`, `--force` and `--json`.
struct OutputOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: ArgumentHelp("File or folder for the result.", valueName: "path"))
  var output: String?

  @Flag(help: "Replace a result that exists.")
  var force = false

  @Flag(help: "Print one JSON value on standard output, and nothing else.")
  var json = false

  /// The result folder of one image: `--output`, or `NAME.tessera` in the current folder. Several inputs get subfolders of
  /// `--output` named by the file, and the frames of `--each` subfolders `frame-N` of these.
  func folder(for image: ChosenImage, ofSeveral: Bool) -> String {
    let folder =
      if let output {
        ofSeveral ? (output as NSString).appendingPathComponent(image.stem) : output
      } else {
        image.stem + ".tessera"
      }
    guard let frame = image.frame else { return folder }
    return (folder as NSString).appendingPathComponent("frame-\(frame)")
  }
}

/// How the contrast of an image is to be taken.
enum ContrastChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto, bright, dark
}

/// `--contrast`: whether atoms are bright (HAADF) or dark (ABF, BF).
struct ContrastOptions: ParsableArguments {
  @Option(help: "Whether atoms are bright (HAADF) or dark (ABF, bright field).")
  var contrast = ContrastChoice.auto
}

/// A pixel size as it is typed: `0.0123nm`, `12.3pm`, `0.123A`; a bare number is nm.
struct PixelSize: ExpressibleByArgument, Sendable {
  let nanometres: Double

  init?(argument: String) {
    let text = argument.trimmingCharacters(in: .whitespaces)
    let number = text.prefix { $0.isNumber || ".+-".contains($0) || $0 == "e" || $0 == "E" }
    let unit = text.dropFirst(number.count).trimmingCharacters(in: .whitespaces)
    let factors = ["": 1, "nm": 1, "pm": 1e-3, "a": 0.1, "å": 0.1, "angstrom": 0.1, "um": 1e3, "µm": 1e3, "μm": 1e3]
    guard let value = Double(number), let factor = factors[unit.lowercased()] else { return nil }
    guard value > 0, value.isFinite else { return nil }
    nanometres = value * factor
  }
}
