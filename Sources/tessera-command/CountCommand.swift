import ArgumentParser
import Foundation
import TesseraFormats
import TesseraMethods
import TesseraStructure

/// `tessera count`: the atoms of each column.
struct CountCommand: ImageCommand {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "Counts the atoms of each column from the integrated intensity of the column.",
    discussion: """
      EXAMPLE
        tessera simulate wedge --dose 10000 -o wedge.tif
        tessera count wedge.tif -o wedge-count

      writes the folder wedge-count with counts.csv (one row per column: number of atoms and its probability), components.csv, \
      orders.csv, summary.json and report.html. The specimen must consist of one kind of column. Without --output the folder is \
      NAME.count.
      """)

  @Argument(help: ArgumentHelp("Image files to analyse.", valueName: "image"), completion: .file())
  var inputs: [String]

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup(title: "Columns") var finding: FindingOptions

  @Option(
    help: ArgumentHelp(
      "Dependence of the intensity on the number of atoms: proportional, curved (the increase per atom changes), "
        + "free (no relation assumed) or auto.", valueName: "name"))
  var spacing = AtomCounter.Spacing.auto

  @Option(
    help: ArgumentHelp(
      "Evidence for the number of atoms: histogram (intensities alone, De Backer et al. 2013), neighbours (also the "
        + "thickness of neighbouring columns) or auto (neighbours if neighbouring columns have similar thickness).",
      valueName: "name"))
  var evidence = AtomCounter.Evidence.auto

  @Option(
    help: ArgumentHelp(
      "Criterion that selects the number of thicknesses: icl or bic (histogram), plic (neighbours) or auto.",
      valueName: "name"))
  var criterion = AtomCounter.Criterion.auto

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Maximum number of thicknesses to consider, 2 to 200.", valueName: "n"))
  var largestCount = AtomCounter().largestCount

  @Flag(
    help: "Use one width for all thicknesses, as in the literature, instead of a width that grows with the intensity.")
  var commonWidth = false

  @Option(
    help: ArgumentHelp(
      "Table of the cross-sections of columns of 1, 2, 3, ... atoms (CSV): atoms, and cross_section_A2, cross_section_nm2 (for an image in "
        + "fractions of the incident beam, with its pixel size) or intensity (sums of pixel values).", valueName: "file"
    ),
    completion: .file())
  var library: String?

  @Option(
    help: ArgumentHelp(
      "A column whose atoms are known: its id in counts.csv and their number, such as 12=3. It scales the library, or gives the "
        + "cross-section of one atom.", valueName: "id=n"),
    transform: KnownColumn.init(typed:))
  var known: KnownColumn?

  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func methodRun() throws -> MethodRun<CountMethod> {
    var method = CountMethod()
    finding.apply(to: &method.preparation, &method.finder, &method.network)
    (method.counter.spacing, method.counter.criterion) = (spacing, criterion)
    (method.counter.evidence, method.counter.largestCount) = (evidence, largestCount)
    method.counter.hasCountingNoise = !commonWidth
    method.library = try library.map { try CrossSectionLibrary(path: $0) }
    method.reference = known
    return MethodRun(resultName: "count", output: output, columns: finding.columns, models: [finding.model]) {
      [method] _ in
      method
    }
  }
}

extension KnownColumn {
  init(typed text: String) throws {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let column = parts[0], let atoms = parts[1], column >= 0, (1...200).contains(atoms) else {
      throw ValidationError("a known column is its id, an equals sign and 1 to 200 atoms, such as 12=3")
    }
    self.init(column: column, atoms: atoms)
  }
}
