import ArgumentParser
import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics

/// `tessera profile`: intensities along a line.
struct ProfileCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Measures intensities along a line, averaged across the width of the line.",
    discussion: """
      EXAMPLE
        tessera profile scan.tif --from 20,40 --to 400,40 --width 12 -o profile.csv

      writes one row per sample: distance from the start, position, mean intensity and its standard error. The centre of the \
      first pixel is 0,0; x points right and y down. Without --output the table is NAME.profile.csv in the current folder; \
      --output - prints it.
      """)

  @Argument(help: ArgumentHelp("Image file to measure.", valueName: "image"), completion: .file())
  var input: String

  @OptionGroup(title: "Input") var image: SingleImageOptions

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Start of the line, in pixels.", valueName: "x,y"),
    transform: Vector.init(typed:))
  var from: Vector

  @Option(
    parsing: .unconditional, help: ArgumentHelp("End of the line, in pixels.", valueName: "x,y"),
    transform: Vector.init(typed:))
  var to: Vector

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Width of the line in pixels, 1 to 10000, over which intensities are averaged. (default: 1.0)",
      valueName: "pixels"), transform: number(1...10_000))
  var width = 1.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Distance between neighbouring samples in pixels, 0.000001 to 1000000; at most a million samples. (default: 1.0)",
      valueName: "pixels"), transform: number(1e-6...1e6))
  var step = 1.0

  @Option(help: ArgumentHelp("Also draw the profile to this PNG file.", valueName: "name.png"), completion: .file())
  var figure: String?

  @OptionGroup var output: TableOutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let path = output.output ?? "\(ChosenImage(input: input).stem).profile.csv"
    if !output.isPrinted { try checkTable(path) }
    if let figure, (figure as NSString).pathExtension.lowercased() != "png" {
      throw ValidationError("--figure is written as PNG, but the name is \(figure); name a .png file")
    }
    for path in [output.isPrinted ? nil : path, figure].compactMap({ $0 }) {
      try AtomicOutput.checkPlace(path, replacing: output.force, inputs: [input])
    }
    let log = StageLog(of: input)
    let micrograph = try log.run("read") { try image.storedMicrograph(at: input) }
    log.begin("profile")
    defer { log.finish() }
    var profile = LineProfile(from: from.point, to: to.point, width: width)
    profile.step = step
    let samples = try profile.samples(of: micrograph.pixels)
    guard samples.contains(where: { $0.count > 0 }) else {
      let (width, height) = (micrograph.pixels.width, micrograph.pixels.height)
      throw DataError(
        "\(micrograph.name): no place of the line holds a value; the image has \(width) x \(height) pixels, counted from 0,0"
      )
    }
    let warning = profile.warning(of: samples, in: micrograph.pixels)
    if let warning { Messages.warning("\(micrograph.name): \(warning)") }
    let table = ProfileTable(samples, of: micrograph)
    if output.isPrinted {
      StandardOutput.write(table.csv)
    } else {
      try AtomicOutput.file(at: path, replacing: output.force, contents: table.csv)
    }
    if let figure { try AtomicOutput.file(at: figure, replacing: output.force, contents: table.png()) }
    if output.json {
      try Messages.printJSON(
        Report(
          input: input, output: path, samples: samples.count, version: TesseraVersion.current,
          warnings: (micrograph.warnings + [warning].compactMap { $0 }).map(OptionNames.put)))
    } else if !output.isPrinted {
      print("\(input): \(samples.count) samples -> \(path)")
    }
  }

  private struct Report: Encodable {
    let input, output: String
    let samples: Int
    let version: String
    let warnings: [String]
  }
}
