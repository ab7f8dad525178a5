import ArgumentParser
import Foundation
import TesseraFormats
import TesseraLearning
import TesseraMethods
import TesseraStructure

extension AtomCounter.Spacing: ExpressibleByArgument {}
extension AtomCounter.Criterion: ExpressibleByArgument {}
extension AtomCounter.Evidence: ExpressibleByArgument {}

/// `tessera crystal`: grains, dislocations, displacements, bonds and planes.
struct CrystalCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "crystal",
    abstract: "Finds grains, dislocations, off-centre displacements, bond lengths and plane spacings.",
    discussion: """
      EXAMPLE
        tessera crystal scan.tif -o scan-crystal

      writes scan-crystal/ with report.html, grains.csv and grains.tif, dislocations.csv, displacements.csv, bonds.csv, \
      angles.csv, planes.csv and more; docs/crystal.md lists all and states the sign conventions. Without --output the \
      folder is NAME.tessera.
      """)

  @Argument(help: ArgumentHelp("The image file.", valueName: "image"))
  var input: String

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup(title: "Columns") var finding: FindingOptions

  @Option(help: ArgumentHelp("Sublattice that is displaced, by its letter. (default: chosen)", valueName: "letter"))
  var centre: String?

  @Option(help: ArgumentHelp("Sublattice that forms its cage. (default: chosen)", valueName: "letter"))
  var cage: String?

  @Flag(help: "Take the mean displacement of each grain off.")
  var removeMean = false

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Planes whose spacings are measured; may be repeated. (default: 1,0 and 0,1)", valueName: "h,k"))
  var planes: [Vector] = []

  @Option(
    help: ArgumentHelp(
      "Neighbouring columns turned by more are in two grains.", valueName: "degrees"))
  var largestTurn = 4.0

  @Flag(help: "Count the atoms of each column, too.")
  var count = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard largestTurn > 0 && largestTurn < 30 else {
      throw ValidationError("--largest-turn must be between 0 and 30 degrees, but is \(largestTurn)")
    }
    for plane in planes where plane.point.x != plane.point.x.rounded() || plane.point.y != plane.point.y.rounded() {
      throw ValidationError("--planes must be two whole numbers, such as 1,1")
    }
  }

  func run() throws {
    let start = ContinuousClock.now
    let folder = output.folder(for: ChosenImage(input: input), ofSeveral: false)
    try AtomicOutput.checkPlace(folder, replacing: output.force)
    var method = CrystalMethod()
    finding.apply(to: &method.preparation, &method.finder)
    method.displacement.centre = centre
    method.displacement.cage = cage
    method.displacement.removesMean = removeMean
    method.grainFinder.largestTurn = largestTurn * .pi / 180
    if !planes.isEmpty {
      method.planes = planes.map { PlaneSpacings(h: Int(clamping: $0.point.x), k: Int(clamping: $0.point.y)) }
    }
    method.counter = count ? AtomCounter() : nil
    let micrograph = try image.micrograph(at: input)
    let progress = ProgressBar()
    defer { progress.finish() }
    let result = try method.result(on: micrograph) { progress.report($0, $1) }
    let summary = try CrystalFolder(result, settings: method, input: input)
      .write(to: folder, replacing: output.force, since: start)
    progress.finish()
    for warning in result.warnings where !micrograph.warnings.contains(warning) {
      Messages.warning("\(micrograph.name): \(warning)")
    }
    if output.json { return try Messages.printJSON(summary) }
    let (grains, cores) = (summary.grains.count, summary.dislocations.count)
    print(
      "\(input): \(summary.columns) columns, \(grains) \(grains == 1 ? "grain" : "grains"), "
        + "\(cores) \(cores == 1 ? "dislocation" : "dislocations")")
    print("report: \(folder)/report.html")
  }
}

extension Int {
  /// The nearest whole number; the ends of the range for what lies beyond.
  fileprivate init(clamping value: Double) { self = Int(Swift.max(-1e6, Swift.min(1e6, value))) }
}
