import ArgumentParser
import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods

/// `tessera profile`: intensities along a line.
struct ProfileCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Intensities along a line, averaged across its width.",
    discussion: """
      EXAMPLE
        tessera profile scan.tif --from 20,40 --to 400,40 --width 12 -o profile.csv

      writes one row a sample: distance from the start, place, mean and its standard error. Without --output the table \
      goes to NAME.profile.csv in the current folder.
      """)

  @Argument(help: ArgumentHelp("The image file.", valueName: "image"))
  var input: String

  @OptionGroup(title: "Input") var image: InputOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Start of the line, in pixels.", valueName: "x,y"))
  var from: Vector

  @Option(parsing: .unconditional, help: ArgumentHelp("End of the line, in pixels.", valueName: "x,y"))
  var to: Vector

  @Option(help: ArgumentHelp("Width that is averaged.", valueName: "pixels"))
  var width = 1.0

  @Option(help: ArgumentHelp("Distance of the samples.", valueName: "pixels"))
  var step = 1.0

  @Option(help: ArgumentHelp("Draw the profile, too.", valueName: "name.png"))
  var figure: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let name = ((input as NSString).lastPathComponent as NSString).deletingPathExtension
    let path = output.output ?? "\(name).profile.csv"
    for path in [path, figure].compactMap({ $0 }) { try AtomicOutput.checkPlace(path, replacing: output.force) }
    let micrograph = try image.micrograph(at: input)
    var profile = LineProfile(from: from.point, to: to.point, width: width)
    profile.step = step
    let samples = try profile.samples(of: micrograph.pixels)
    let table = ProfileTable(samples, of: micrograph)
    try AtomicOutput.file(at: path, replacing: output.force, contents: table.csv)
    if let figure { try AtomicOutput.file(at: figure, replacing: output.force, contents: table.png()) }
    if output.json {
      try Messages.printJSON(
        Report(input: input, output: path, samples: samples.count, version: TesseraVersion.current))
    } else {
      print("\(input): \(samples.count) samples -> \(path)")
    }
  }

  private struct Report: Encodable {
    let input, output: String
    let samples: Int
    let version: String
  }
}
