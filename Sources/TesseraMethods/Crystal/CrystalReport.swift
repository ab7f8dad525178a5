import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension CrystalResult {
  /// Grains first, then what departs from them.
  public func report() -> ReportDocument {
    let (count, cores) = (grains.grains.count, dislocations.count)
    var document = ReportDocument(
      title: micrograph.name,
      headline:
        "\(Number.count(finding.sites.columnCount)) columns in \(count == 1 ? "one grain" : "\(count) grains"), "
        + (cores == 0 ? "no dislocation." : "\(cores) dislocation\(cores == 1 ? "" : "s")."))
    document.facts = facts
    document.sections = [grainSection, dislocationSection]
    document.sections += displacements.prefix(4).map { DisplacementChapter(result: self, map: $0).section }
    document.sections.append(bondSection)
    if spacings.contains(where: { !$0.isEmpty }) { document.sections.append(planeSection) }
    if let counts {
      document.sections.append(CountChapter(micrograph: micrograph, sites: finding.sites, result: counts).section)
    }
    return document
  }

  private var facts: [ReportDocument.Fact] {
    var facts: [ReportDocument.Fact] = []
    for (k, grain) in grains.grains.prefix(4).enumerated() {
      let (u, v) = (grain.lattice.grid.u, grain.lattice.grid.v)
      facts.append(
        .init(
          length(u), grains.grains.count == 1 ? "shortest vector" : "grain \(k + 1)",
          note: "other \(length(v)), " + Text.fixed(atan2(abs(u.cross(v)), u.dot(v)) * 180 / .pi, 2) + "°"))
    }
    return facts
  }

  private var length: LengthText { LengthText(calibration: micrograph.calibration) }

  // MARK: Grains

  private var grainStyles: [ClassStyle] {
    let names = grains.grains.enumerated().map { k, grain in
      "grain \(k + 1), " + Text.fixed(grain.orientation * 180 / .pi, 1) + "°"
    }
    var styles = ClassStyle.styles(names: names, counts: grains.grains.map(columnCount))
    guard grainsDifferOnWheel else { return styles }
    for (k, grain) in grains.grains.enumerated() { styles[k].color = .onWheel(grain.orientation / grain.period) }
    return styles
  }

  /// The part of the wheel that two colours must lie apart to be told from each other side by side.
  private static let leastTurn = 1.0 / 24

  /// Whether the angles of all grains have colours of their own. The sides of a twin may share the shortest lattice vector, and so the angle.
  private var grainsDifferOnWheel: Bool {
    let turns = grains.grains.map { $0.orientation / $0.period }.sorted()
    guard let first = turns.first, let last = turns.last, turns.count > 1 else { return true }
    return zip(turns, turns.dropFirst()).allSatisfy { $1 - $0 >= Self.leastTurn } && first + 1 - last >= Self.leastTurn
  }

  private var grainSection: ReportDocument.Section {
    let grains = self.grains.grains
    var figure = ImageFigure(micrograph, summary: "Columns coloured by the orientation of their grain")
    figure.dimming = 0.3
    figure.width = 640
    figure.legend = Array(grainStyles.prefix(16))
    let markers = SiteMarkers(points: finding.sites.positions, labels: self.grains.labels, styles: grainStyles)
    let rows = grains.enumerated().map { k, grain -> [ReportDocument.Table.Cell] in
      let turn = k == 0 ? "" : Text.fixed(grain.misorientation(to: grains[0]), 2)
      return [
        .init("\(k + 1)", value: Double(k + 1), style: grainStyles[k]),
        .init(Number.count(columnCount(of: grain)), value: Double(columnCount(of: grain))),
        .init(Text.fixed(grain.orientation * 180 / .pi, 2), value: grain.orientation),
        .init(turn, value: Double(turn)), .init(length(grain.lattice.grid.u)), .init(length(grain.lattice.grid.v)),
        .init(
          zip(grain.lattice.basisLetters, grain.lattice.basis).sorted { $0.0 < $1.0 }.map {
            "\($0.0) \(Text.fixed($0.1, 2))"
          }.joined(separator: ", ")),
      ]
    }
    return .init(
      "Grains",
      [
        .figure(
          .init(
            "grains", title: "Grains by orientation",
            caption: grainsDifferOnWheel
              ? "Colour goes once around the wheel from 0° to \(Number.short((grains.first?.period ?? 0) * 180 / .pi))°, "
                + "the turn that carries the lattice onto itself. Columns without colour are in no grain."
              : "Each grain has a colour of its own, since the angles of some are alike. Columns without colour are in no grain.",
            figure.adding(markers).drawing())),
        .table(
          .init(
            columns: [
              .init("grain", isNumeric: true), .init("columns", isNumeric: true),
              .init("orientation (°)", isNumeric: true),
              .init("turned against grain 1 (°)", isNumeric: true),
              .init("u"), .init("v"), .init("columns of a cell (u, v)"),
            ], rows: rows)),
        .paragraph(
          "The orientation is the angle of the shortest lattice vector from +x towards +y (down), reduced by the turns "
            + "of the lattice; grains that share that vector, such as the sides of a twin, have one orientation though they are turned against "
            + "each other. The turn against grain 1 is the least that carries one lattice onto the other. "
            + "Sublattices are labelled A, B, C in order of decreasing brightness."
        ),
      ])
  }

  // MARK: Dislocations

  private var dislocationSection: ReportDocument.Section {
    let cores = dislocations
    guard !cores.isEmpty else {
      return .init(
        "Dislocations",
        [.paragraph("Every Burgers circuit within a grain closes: there is no perfect dislocation in the image.")])
    }
    var figure = ImageFigure(micrograph, summary: "Dislocations with their Burgers vectors")
    figure.dimming = 0.25
    figure.width = 640
    let spacing = grains.grains.first.map { $0.lattice.grid.v.length } ?? 10
    var arrows = ArrowField(origins: cores.map(\.position), vectors: cores.map(\.burgers))
    arrows.calibration = micrograph.calibration
    // An arrow of one lattice vector should be seen in an image of hundreds.
    arrows.magnification = max(1, 0.05 * Double(micrograph.width) / spacing)
    let marks = CircleMarks(
      points: cores.map(\.position), radius: 1.5 * spacing, captions: cores.indices.map { "\($0)" })
    let rows = cores.enumerated().map { k, core -> [ReportDocument.Table.Cell] in
      [
        .init("\(k)", value: Double(k)), .init(Text.fixed(core.position.x, 0), value: core.position.x),
        .init(Text.fixed(core.position.y, 0), value: core.position.y),
        .init(Text.fixed(core.positionError, 0), value: core.positionError), .init("\(core.grain)"),
        .init("[\(core.u) \(core.v)]"), .init(length(core.burgers)),
        .init(Text.fixed(core.burgers.angle * 180 / .pi, 1), value: core.burgers.angle),
      ]
    }
    return .init(
      "Dislocations",
      [
        .figure(
          .init(
            "dislocations", title: "Cores and Burgers vectors",
            caption: "Arrows start at the cores and are not to image scale; see the arrow key.",
            figure.adding(marks).adding(arrows).drawing())),
        .table(
          .init(
            columns: [
              .init("number", isNumeric: true), .init("x (px)", isNumeric: true), .init("y (px)", isNumeric: true),
              .init("± (px)", isNumeric: true), .init("grain"), .init("b [u v]"), .init("|b|"),
              .init("direction (°)", isNumeric: true),
            ], rows: rows)),
        .paragraph(
          "The circuit runs clockwise as seen on the screen (from +x towards +y), right-handed about a line that points "
            + "away from the viewer; it is closed in the image, and b leads from its finish to its start in the perfect "
            + "lattice (FS/RH). Only the part of b in the image plane is seen. Partial dislocations, and those of "
            + "grain boundaries, are not sought."),
      ])
  }

  // MARK: Bonds and planes

  private var bondSection: ReportDocument.Section {
    let survey = survey
    let unit = micrograph.calibration?.meanNanometresPerPixel
    var rows: [[ReportDocument.Table.Cell]] = []
    var figures: [ReportDocument.Figure] = []
    for (k, pair) in survey.pairs.enumerated() {
      let bonds = survey.bonds.filter { $0.pair == k }
      guard bonds.count > 1 else { continue }
      let lengths = bonds.map { bond in
        micrograph.calibration.map { $0.nanometres(bond.vector).length } ?? bond.length
      }
      let errors = bonds.map(\.error).filter(\.isFinite)
      let angles = survey.angles.filter { $0.pair == k }.map { $0.value * 180 / .pi }
      let decimals = unit == nil ? 3 : 5
      rows.append([
        .init(pair.name), .init(Number.count(bonds.count), value: Double(bonds.count)),
        .init(Text.fixed(Statistics.mean(lengths), decimals), value: Statistics.mean(lengths)),
        .init(Text.fixed(Statistics.deviation(lengths), decimals), value: Statistics.deviation(lengths)),
        .init(errors.isEmpty ? "–" : Text.fixed(Statistics.median(errors) * (unit ?? 1), decimals)),
        .init(angles.isEmpty ? "–" : Text.fixed(Statistics.mean(angles), 2)),
        .init(angles.isEmpty ? "–" : Text.fixed(Statistics.deviation(angles), 2)),
      ])
      if figures.count < 6 {
        let histogram = HistogramFigure(
          values: lengths, title: "\(pair.name) (\(LengthText.unit(isCalibrated: unit != nil)))",
          summary: "Lengths of \(pair.name) bonds")
        figures.append(
          .init("bonds-\(pair.name)", title: "\(pair.name) bonds", caption: "Projected lengths.", histogram.drawing()))
      }
    }
    let name = LengthText.unit(isCalibrated: unit != nil)
    return .init(
      "Bonds between first neighbours", isFolded: false,
      [
        .table(
          .init(
            columns: [
              .init("pair"), .init("bonds", isNumeric: true), .init("mean length (\(name))", isNumeric: true),
              .init("standard deviation", isNumeric: true), .init("error of one, from noise", isNumeric: true),
              .init("mean angle at the first (°)", isNumeric: true), .init("standard deviation (°)", isNumeric: true),
            ], rows: rows)),
        .row(figures),
        .paragraph(
          "Lengths and angles are projections along the beam. Where the deviation exceeds the error of one bond, the "
            + "crystal, the scan or the specimen's tilt adds to the noise; an image alone does not say which."),
      ])
  }

  private var planeSection: ReportDocument.Section {
    let calibration = micrograph.calibration
    let unit = calibration?.meanNanometresPerPixel ?? 1
    let figures = zip(planes, spacings).filter { !$0.1.isEmpty }.prefix(4).map { planes, spacings in
      let colors = ClassStyle.styles(names: (0..<max(1, grains.grains.count)).map { "grain \($0 + 1)" })
      let curves = Set(spacings.map(\.grain)).sorted().prefix(6).map { grain in
        LineFigure.Curve(
          name: "grain \(grain)",
          points: spacings.filter { $0.grain == grain }.map { Point(Double($0.plane), $0.value * unit) },
          color: colors[grain - 1].color)
      }
      let figure = LineFigure(
        curves: Array(curves), x: Axis("plane"),
        y: Axis("distance to the next (\(LengthText(calibration: calibration).unit))"),
        summary: "Spacing of the planes (\(planes.h) \(planes.k))")
      return ReportDocument.Figure(
        "planes-\(planes.h)-\(planes.k)".replacing("--", with: "-m"), title: "Planes (\(planes.h) \(planes.k))",
        caption: "Mean distance of the columns of one plane from those of the next; planes.csv has the errors.",
        figure.drawing())
    }
    return .init("Plane spacings", [.row(Array(figures))])
  }
}
