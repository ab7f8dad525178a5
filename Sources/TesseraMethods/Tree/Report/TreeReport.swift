import Foundation
import TesseraFigures
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// The report of a result whose classes have changed, from what its folder holds. What does not follow the classes is said by the
/// report of the first run, which stands in `first/`.
struct TreeReport {
  let folder: MotifFolder
  let tree: ClassTree
  let structure: TreeStructure
  let hierarchy: Hierarchy?
  let actions: [TreeAction]
  /// The image that was analysed.
  let image: Raster<Float>

  /// The page and its figures, by path in the folder.
  /// - Throws: `FormatError` where a table of the folder is damaged.
  func files() throws -> [ReportFile] { try document().files() }

  func document() throws -> ReportDocument {
    let classes = classes
    let summary = folder.summary
    let input = summary["input"]?.text ?? ""
    let micrograph = Micrograph(
      name: (input as NSString).lastPathComponent, pixels: image, calibration: folder.calibration)
    let sites = structure.places.sites
    let layout = Layout(points: try folder.layout())
    let vacant = structure.places.kinds.count { $0 == .vacant }
    var headline = ReportHeadline(
      columnCount: structure.places.columnCount, vacantCount: vacant, classes: classes, isDiscrete: true)
    headline.patternCount = max(1, folder.patternCount)
    let counts = summary["counts"]
    if let partial = counts?["partial"]?.integer {
      (headline.partialCount, headline.judgedCount) = (partial, counts?["filling_known"]?.integer)
      if let low = counts?["partial_low"]?.integer, let high = counts?["partial_high"]?.integer, low <= high {
        headline.partialRange = low...high
      }
    }
    let count = actions.count
    var document = ReportDocument(title: micrograph.name, headline: headline.sentence)
    document.summary =
      "The classes are those after \(count) action\(count == 1 ? "" : "s") on the classes of the first run. \(headline.details)"
    document.facts = [
      .init(Number.count(structure.places.columnCount), "columns"),
      .init(
        String(structure.leaves.count { $0.count.count > 0 }), "motifs",
        note: "after \(count) action\(count == 1 ? "" : "s")"),
      .init(Number.count(vacant), "vacant nodes"),
    ]
    document.warnings = summary["warnings"]?.items.compactMap { $0.text?.asSentence } ?? []
    document.footer = "Tessera \(TesseraVersion.current) · \(input)"
    var motifs = MotifsChapter(
      classes: classes, calibration: folder.calibration,
      averages: structure.leaves.map { folder.average(of: $0.members) }, layout: layout,
      moments: .init(of: folder.moments, members: structure.leaves.map(\.members)), isDiscrete: true)
    (motifs.numbers, motifs.counts) = (structure.numbers, structure.leaves.map(\.count))
    motifs.averagesAreOfMoments = true
    var columns = ColumnsChapter(
      micrograph: micrograph, sites: sites, classes: classes, layout: layout, numbers: structure.numbers)
    columns.note = " Grey: no classified site reaches there."
    document.sections = [
      columns.section,
      motifs.section,
      ClassTreeChapter(
        tree: tree, styles: Dictionary(uniqueKeysWithValues: zip(structure.numbers, classes.styles)), actions: actions
      ).section,
    ]
    let rare = RareMotifsChapter(
      micrograph: micrograph, sites: sites, classes: classes, patchSide: Double(folder.moments.side))
    if let section = rare.section { document.sections.append(section) }
    if let cells = structure.cells, let hierarchy, !cells.types.isEmpty {
      document.sections.append(
        CellsChapter(micrograph: micrograph, cells: cells, hierarchy: hierarchy, classes: classes).section)
    }
    document.sections.append(provenance(input: input))
    document.sections.append(ProvenanceChapter.section(of: try paragraph))
    return document
  }

  /// The current classes, largest first.
  private var classes: Classes {
    var classes = Classes(grouping: structure.labels)
    classes.labels = structure.labels
    (classes.names, classes.looks) = (structure.leaves.map(\.name), structure.leaves.map(\.look))
    classes.confidence = [Double](repeating: 0, count: structure.labels.count)
    for leaf in tree.leaves {
      for (member, sure) in zip(leaf.members, leaf.confidence) { classes.confidence[member] = sure }
    }
    return classes
  }

  private var paragraph: MethodsParagraph {
    get throws {
      let summary = folder.firstPaths["summary.json"] ?? "\(folder.path)/summary.json"
      return try MethodsParagraph(MotifMethod.self, folder: (summary as NSString).deletingLastPathComponent)
        .adding(actions)
    }
  }

  private func provenance(input: String) -> ReportDocument.Section {
    .init(
      "How it was made",
      [
        .paragraph(
          "Tessera \(TesseraVersion.current), input \(input), seed \(folder.seed). The actions are in recipe.json; carried out on "
            + "the classes of the first run, they give these classes again. The image is the sum of both pages of reconstruction.tif, "
            + "grey where no classified site reaches. Lattice, strain, outliers and parameters do not follow the classes; they are in "
            + "the report of the first run:"),
        .table(
          .init(
            columns: [.init("first run")],
            rows: [[.init("report of the first run", link: "\(MotifFolder.firstFolder)/report.html")]])),
        .list(["Cite Tessera, with the version above."] + MotifMethod.references),
      ])
  }
}
