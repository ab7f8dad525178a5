import ArgumentParser
import TesseraMethods
import TesseraStructure

/// `tessera polygons`: polygonal units, their fillings, codes and entropy.
struct PolygonsCommand: ImageCommand {
  static let configuration = CommandConfiguration(
    commandName: "polygons",
    abstract: "Finds the polygons of a net of columns, what fills them, and how filled ones are arranged.",
    discussion: """
      EXAMPLE
        tessera simulate pom --phase 0.25 -o oxide.tif
        tessera polygons oxide.tif -o oxide-polygons

      writes the folder oxide-polygons with units.csv (each polygon: place, number of sides, empty, V or filled), codes.csv (how \
      often each arrangement of four and of sixteen polygons occurs), sites.csv, summary.json and report.html. It is made for \
      polyoxometalates seen along their channels; any net of columns with polygons of four or more sides will do. \
      docs/polygons.md describes the method. Without --output the folder is NAME.polygons.
      """)

  @Argument(help: ArgumentHelp("Image files to analyse.", valueName: "image"), completion: .file())
  var inputs: [String]

  @Option(
    help: ArgumentHelp(
      "Number of sides of the polygons, 4 to \(PolygonFinder.mostSides), or all. Codes are those of the commonest kind.",
      valueName: "n|all"), completion: .list(["all"]), transform: SideCount.init(typed:))
  var sides = SideCount.all

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup(title: "Columns") var finding: FindingOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var seed: SeedOptions
  @OptionGroup var threads: ThreadOptions

  func methodRun() throws -> MethodRun<PolygonMethod> {
    var method = PolygonMethod()
    finding.apply(to: &method.preparation, &method.finder, &method.network)
    method.polygons.sides = sides.count
    return MethodRun(
      resultName: "polygons", output: output, columns: finding.columns, models: [finding.model], seed: seed.seed
    ) { [method] _ in method }
  }
}

/// `--sides all` or a number.
struct SideCount: Sendable {
  /// Nil: all.
  let count: Int?
  static let all = SideCount(count: nil)

  private init(count: Int?) { self.count = count }

  init(typed text: String) throws {
    guard text != "all" else {
      count = nil
      return
    }
    guard let number = Int(text), (4...PolygonFinder.mostSides).contains(number) else {
      throw ValidationError("all or a whole number between 4 and \(PolygonFinder.mostSides) is needed")
    }
    count = number
  }
}
