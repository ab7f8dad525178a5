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
struct CrystalCommand: ImageCommand {
  static let configuration = CommandConfiguration(
    commandName: "crystal",
    abstract: "Measures grains, dislocations, off-centre displacements, bond lengths and plane spacings.",
    discussion: """
      EXAMPLE
        tessera crystal scan.tif -o scan-crystal

      writes the folder scan-crystal with report.html, grains.csv, grains.tif, dislocations.csv, displacements.csv, bonds.csv, \
      angles.csv, planes.csv and more; docs/crystal.md describes the files and the sign conventions. Without --output the folder \
      is NAME.crystal.
      """)

  @Argument(help: ArgumentHelp("Image files to analyse.", valueName: "image"), completion: .file())
  var inputs: [String]

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup(title: "Columns") var finding: FindingOptions

  @Option(
    help: ArgumentHelp(
      "Letter of the sublattice whose displacement is measured; A is the brightest sublattice. (default: chosen from the "
        + "image)", valueName: "letter"), completion: .list(["A", "B", "C"]))
  var centre: String?

  @Option(
    help: ArgumentHelp(
      "Letter of the sublattice that forms the cage around each displaced column. (default: chosen from the image)",
      valueName: "letter"), completion: .list(["A", "B", "C"]))
  var cage: String?

  @Flag(help: "Subtract the mean displacement of each grain.")
  var removeMean = false

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Lattice planes whose spacings are measured, as two whole numbers between -6 and 6; may be repeated. (default: 1,0 and "
        + "0,1)", valueName: "h,k"), transform: Vector.planeIndices(typed:))
  var planes: [Vector] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Maximum rotation between neighbouring columns of one grain, in degrees; above 0 and below 30. "
        + "(default: \(short(GrainFinder().largestTurn * 180 / .pi)))",
      valueName: "degrees"), transform: number(above: 0, below: 30))
  var largestTurn = GrainFinder().largestTurn * 180 / .pi

  @Flag(help: "Also count the atoms of each column.")
  var count = false

  @OptionGroup(title: "Patterns") var patterns: PatternOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func methodRun() throws -> MethodRun<CrystalMethod> {
    var method = CrystalMethod()
    finding.apply(to: &method.preparation, &method.finder, &method.network)
    method.displacement.centre = centre
    method.displacement.cage = cage
    method.displacement.removesMean = removeMean
    method.patterns = patterns.patterns
    method.grainFinder.largestTurn = largestTurn * .pi / 180
    if !planes.isEmpty {
      method.planes = planes.map { PlaneSpacings(h: Int(clamping: $0.point.x), k: Int(clamping: $0.point.y)) }
    }
    method.counter = count ? AtomCounter() : nil
    return MethodRun(
      resultName: "crystal", output: output, columns: finding.columns, models: [finding.model, patterns.patterns.path]
    ) {
      [method] _ in
      method
    }
  }
}

extension Int {
  /// The nearest whole number; the ends of the range for what lies beyond.
  fileprivate init(clamping value: Double) { self = Int(Swift.max(-1e6, Swift.min(1e6, value))) }
}
