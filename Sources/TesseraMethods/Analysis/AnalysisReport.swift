import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// The report of an analysis: the answer first, then what it rests on.
public struct AnalysisReport: Sendable {
  public var result: AnalysisResult
  public var settings: Analysis
  /// The input as the user typed it.
  public var input: String
  /// Of the program.
  public var version: String

  public init(of result: AnalysisResult, settings: Analysis = Analysis(), input: String, version: String) {
    (self.result, self.settings, self.input, self.version) = (result, settings, input, version)
  }

  /// `report.html` and the figures, ready to be written.
  public func files() -> [ReportFile] { document.files() }

  public var document: ReportDocument {
    let headline = ReportHeadline(
      columnCount: columnCount, vacantCount: vacantCount, classes: result.classes, isDiscrete: isDiscrete)
    var document = ReportDocument(title: result.micrograph.name, headline: headline.sentence)
    document.summary = [headline.details, latticeSentence].filter { !$0.isEmpty }.joined(separator: " ")
    document.facts = facts
    document.warnings = result.warnings.map(Self.sentence)
    document.footer = "Tessera \(version) · \(input)"
    document.sections = sections
    return document
  }

  private var sections: [ReportDocument.Section] {
    let (micrograph, classes) = (result.micrograph, result.classes)
    var motifs = MotifsChapter(
      classes: classes, calibration: micrograph.calibration, patches: patches, moments: result.moments,
      layout: result.layout, isDiscrete: isDiscrete)
    motifs.reason = Self.sentence(result.structure.reason)
    let rare = RareMotifsChapter(
      micrograph: micrograph, sites: result.sites, classes: classes, patchSide: Double(result.patchSide))
    let lattice = LatticeChapter(
      spectrum: result.spectrum, calibration: micrograph.calibration, basis: reciprocalBasis,
      ringFrequency: result.patchSize.frequency, patchSide: result.patchSide, finding: latticeSentence)
    var sections = [
      ColumnsChapter(
        micrograph: micrograph, sites: result.sites, classes: classes, burnedInLabels: result.prepared.labels
      ).section, motifs.section,
    ]
    if isDiscrete, let section = rare.section { sections.append(section) }
    sections.append(lattice.section)
    if let cells = result.cells, let hierarchy = result.hierarchy, isDiscrete, !cells.types.isEmpty {
      sections.append(
        CellsChapter(micrograph: micrograph, cells: cells, hierarchy: hierarchy, classes: classes).section)
    }
    if let strain = result.strain {
      sections +=
        StrainChapter(
          maps: [strain], reference: settings.strainReference, calibration: micrograph.calibration
        ).sections
    }
    if let record = micrograph.registration { sections.append(FramesChapter(record).section) }
    let provenance = ProvenanceChapter(
      choices: result.choices, timings: result.timings, input: input, version: version, seed: result.seed)
    return sections + provenance.sections
  }

  private var isDiscrete: Bool { result.structure.kind == .discrete }
  private var vacantCount: Int { result.sites.sites.count { $0.kind == .vacant } }
  private var columnCount: Int { result.sites.count - vacantCount }

  /// Cuts of the image that was analysed, its slow background taken off.
  private var patches: Patches {
    let (image, background) = (result.prepared.image, result.finding.background)
    let flat = Raster(
      width: image.width, height: image.height, values: zip(image.values, background.values).map { $0 - $1 })
    return Patches(
      of: flat, around: result.sites.positions, side: result.patchSide, measured: result.prepared.isMeasured)
  }

  // MARK: Lattice

  /// g₁ and g₂ with gᵢ · aⱼ = δᵢⱼ, in cycles a pixel; empty without a lattice.
  private var reciprocalBasis: [Point] {
    guard let grid = result.lattice?.grid else { return [] }
    let area = grid.u.cross(grid.v)
    return [Point(grid.v.y, -grid.v.x) * (1 / area), Point(-grid.u.y, grid.u.x) * (1 / area)]
  }

  /// Lengths and angle of the unit cell, in nm where the micrograph is calibrated.
  private var cell: (a: String, b: String, angle: Double)? {
    guard let grid = result.lattice?.grid else { return nil }
    let calibration = result.micrograph.calibration
    let (u, v) = (calibration?.nanometres(grid.u) ?? grid.u, calibration?.nanometres(grid.v) ?? grid.v)
    func length(_ vector: Point) -> String {
      calibration == nil ? String(format: "%.1f\u{A0}px", vector.length) : String(format: "%.3f\u{A0}nm", vector.length)
    }
    return (length(u), length(v), atan2(abs(u.cross(v)), u.dot(v)) * 180 / .pi)
  }

  private var latticeSentence: String {
    guard let lattice = result.lattice, let cell else { return "The columns share no lattice." }
    let count = lattice.basis.count
    let grains = result.grains.map { "The image shows \($0.grains.count) grains. " } ?? ""
    let place = result.grains == nil ? "on one lattice" : "in the largest"
    return grains
      + "\(Number.percent(lattice.indexedShare)) of the columns lie \(place): a = \(cell.a), b = \(cell.b), "
      + String(format: "%.1f°, ", cell.angle) + "\(count) column\(count == 1 ? "" : "s") a cell."
  }

  // MARK: Facts

  private var facts: [ReportDocument.Fact] {
    let calibration = result.micrograph.calibration
    var facts: [ReportDocument.Fact] = []
    let area = calibration.map {
      Double(result.micrograph.width) * $0.nanometresPerPixelX * Double(result.micrograph.height)
        * $0.nanometresPerPixelY
    }
    facts.append(
      .init(
        Number.count(columnCount), columnCount == 1 ? "column" : "columns",
        note: area.map { "\(Number.short(Double(columnCount) / $0, digits: 3)) per nm²" } ?? ""))
    if isDiscrete {
      let rare = result.classes.rare.count
      facts.append(
        .init(
          String(result.classes.count), result.classes.count == 1 ? "motif" : "motifs",
          note: rare == 0 ? "discrete" : "discrete, \(rare) rare"))
    } else {
      facts.append(.init("continuous", "motifs", note: "no separate classes"))
    }
    if let lattice = result.lattice {
      let occupied = (result.grains?.nodes ?? lattice.nodes).count { $0 != nil }
      let nodes = max(1, occupied + vacantCount)
      facts.append(
        .init(
          Number.count(vacantCount), "vacant nodes",
          note: vacantCount == 0
            ? "every node has a column" : "\(Number.percent(Double(vacantCount) / Double(nodes))) of all"))
    }
    if let cell {
      facts.append(.init(cell.a, "lattice vector a", note: "b = \(cell.b), " + String(format: "%.1f°", cell.angle)))
    }
    let width = calibration.map {
      Number.short(Double(result.patchSide) * $0.meanNanometresPerPixel, digits: 3) + "\u{A0}nm"
    }
    facts.append(.init("\(result.patchSide)\u{A0}px", "patch", note: width ?? ""))
    return facts
  }

  /// With a capital letter and a full stop.
  static func sentence(_ text: String) -> String {
    guard let first = text.first else { return text }
    // Names of files and parameters keep their case.
    let begins =
      text.prefix { $0 != " " }.contains(where: { ".:=_-/".contains($0) })
      ? text : first.uppercased() + text.dropFirst()
    return begins.hasSuffix(".") ? begins : begins + "."
  }
}
