import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension MotifResult {
  /// The answer first, then what it rests on.
  public func report() -> ReportDocument {
    var headline = ReportHeadline(
      columnCount: columnCount, vacantCount: vacantNodes.count, classes: classes, isDiscrete: isDiscrete)
    (headline.partialCount, headline.partialRange, headline.judgedCount) = (partialCount, partialRange, judgedCount)
    headline.patternCount = max(1, patternCount)
    var document = ReportDocument(title: micrograph.name, headline: headline.sentence)
    document.summary = [outliersChapter.sentence, headline.details, latticeSentence, strain?.spread.sentence ?? ""]
      .filter { !$0.isEmpty }.joined(separator: " ")
    document.facts = facts
    document.sections = sections
    return document
  }

  private var isDiscrete: Bool { structure.kind == .discrete }
  private var lengths: LengthText { LengthText(calibration: micrograph.calibration) }

  private var outliersChapter: OutliersChapter {
    OutliersChapter(
      micrograph: micrograph, sites: sites, classes: classes, outliers: outliers, patchSide: Double(patchSize))
  }

  private var sections: [ReportDocument.Section] {
    var motifs = MotifsChapter(
      classes: classes, calibration: micrograph.calibration, patches: patches, moments: moments, layout: layout,
      isDiscrete: isDiscrete)
    motifs.reason = structure.reason.asSentence
    motifs.counts = classCounts
    let rare = RareMotifsChapter(
      micrograph: micrograph, sites: sites, classes: classes, patchSide: Double(patchSize))
    let lattice = LatticeChapter(
      spectrum: spectrum, calibration: micrograph.calibration, basis: reciprocalBasis,
      ringFrequency: patchSizeEstimate.frequency, patchSide: patchSize, finding: latticeSentence)
    // What is there once comes first: nobody finds it in a table of thousands.
    var sections = [outliersChapter.section].compactMap { $0 }
    sections += [
      ColumnsChapter(
        micrograph: micrograph, sites: sites, classes: classes, layout: layout, burnedInLabels: prepared.labels
      ).section,
      motifs.section,
    ]
    if isDiscrete, let section = rare.section { sections.append(section) }
    sections.append(lattice.section)
    if let cells, let hierarchy, isDiscrete, !cells.types.isEmpty {
      sections.append(
        CellsChapter(micrograph: micrograph, cells: cells, hierarchy: hierarchy, classes: classes).section)
    }
    if let strain {
      sections +=
        StrainChapter(maps: [strain], reference: settings.strainReference, calibration: micrograph.calibration).sections
    }
    return sections
  }

  // MARK: Lattice

  /// g₁ and g₂ with gᵢ · aⱼ = δᵢⱼ, in cycles per pixel; empty without a lattice.
  private var reciprocalBasis: [Point] {
    guard let grid = lattice?.grid else { return [] }
    let area = grid.u.cross(grid.v)
    return [Point(grid.v.y, -grid.v.x) * (1 / area), Point(-grid.u.y, grid.u.x) * (1 / area)]
  }

  /// Lengths and angle of the unit cell.
  private var cell: (a: String, b: String, angle: String)? {
    guard let grid = lattice?.grid else { return nil }
    let (u, v) = (
      micrograph.calibration?.nanometres(grid.u) ?? grid.u, micrograph.calibration?.nanometres(grid.v) ?? grid.v
    )
    return (lengths(grid.u), lengths(grid.v), Text.fixed(atan2(abs(u.cross(v)), u.dot(v)) * 180 / .pi, 1) + "°")
  }

  private var latticeSentence: String {
    guard let grains, let lattice, let cell else { return "The columns share no lattice." }
    let (count, isSingle) = (lattice.basis.count, grains.grains.count == 1)
    return (isSingle ? "" : "The image shows \(grains.grains.count) grains. ")
      + "\(Number.percent(lattice.indexedShare)) of the columns lie \(isSingle ? "on one lattice" : "in the largest"): "
      + "a = \(cell.a), b = \(cell.b), \(cell.angle), \(count) column\(count == 1 ? "" : "s") per cell."
  }

  // MARK: Facts

  private var facts: [ReportDocument.Fact] {
    let calibration = micrograph.calibration
    var facts: [ReportDocument.Fact] = []
    let area = calibration.map {
      Double(micrograph.width) * $0.nanometresPerPixelX * Double(micrograph.height) * $0.nanometresPerPixelY
    }
    facts.append(
      .init(
        Number.count(columnCount), columnCount == 1 ? "column" : "columns",
        note: area.map { "\(Number.short(Double(columnCount) / $0, digits: 3)) per nm²" } ?? ""))
    if isDiscrete {
      let rare = classes.rare.count
      facts.append(
        .init(
          String(classes.count), classes.count == 1 ? "motif" : "motifs",
          note: rare == 0 ? "discrete" : "discrete, \(rare) rare"))
    } else {
      facts.append(.init("continuous", "motifs", note: "no separate classes"))
    }
    if let grains {
      let vacant = vacantNodes.count
      let occupied = zip(grains.nodes, sites.sites).count { $0 != nil && $1.kind != .outside }
      let nodes = max(1, occupied + vacant)
      facts.append(
        .init(
          Number.count(vacant), "vacant nodes",
          note: undecidedNodeCount > 0
            ? "\(Number.count(undecidedNodeCount)) more without a column, undecided"
            : vacant == 0
              ? "every node has a column" : "\(Number.percent(Double(vacant) / Double(nodes))) of all nodes"))
    }
    if let cell {
      facts.append(.init(cell.a, "lattice vector a", note: "b = \(cell.b), \(cell.angle)"))
    }
    facts.append(
      .init("\(patchSize)\u{A0}px", "patch", note: calibration == nil ? "" : lengths(Double(patchSize))))
    return facts
  }
}
