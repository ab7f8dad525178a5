import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// The report of polygonal units: where they are and what fills them; then how they are arranged (`WindowChapter`).
struct PolygonChapter {
  let result: PolygonResult

  private var micrograph: Micrograph { result.micrograph }
  private var units: [PolygonalUnit] { result.net.units }
  private var fillings: [PolygonalUnit.Filling] { PolygonalUnit.Filling.allCases }

  static func color(of filling: PolygonalUnit.Filling?) -> Color {
    switch filling {
    case .empty: Color(0x0072B2)
    case .partly: Color(0x56E0E0)
    case .filled: Color(0xE69F00)
    case nil: .neutral
    }
  }

  private func style(of filling: PolygonalUnit.Filling) -> ClassStyle {
    ClassStyle(
      name: filling.rawValue, count: units.count { $0.filling == filling }, color: Self.color(of: filling),
      marker: .pentagon)
  }

  private var present: [PolygonalUnit.Filling] { fillings.filter { kind in units.contains { $0.filling == kind } } }

  var document: ReportDocument {
    let shares = present.map { kind in
      "\(Number.percent(Double(units.count { $0.filling == kind }) / Double(units.count))) \(kind.rawValue)"
    }
    var document = ReportDocument(
      title: micrograph.name,
      headline: "\(Number.count(units.count)) polygons: "
        + (shares.isEmpty ? "none could be measured" : shares.joined(separator: ", ")))
    document.facts = [.init(Number.count(units.count), "polygons", note: result.kinds)]
    if let entropy = result.configurations.level2.overlapping?.entropy {
      document.facts.append(
        .init(
          Text.fixed(entropy.plugIn, 2), "nats, level 2",
          note: "random fillings \(Text.fixed(entropy.randomLattice, 2))"))
    }
    if let phase = result.configurations.phase {
      document.facts.append(.init(Number.percent(phase.areaFraction), "of the image in an ordered phase"))
    }
    document.sections = [unitSection, fillingSection]
    if let hollow = try? HollowDistortion(of: result.net, sides: result.codedSides, in: result.prepared.image) {
      document.sections.append(
        .init(
          "Distortion",
          hollow.blocks(net: result.net, positions: result.finding.sites.positions, micrograph: micrograph)))
    }
    document.sections += WindowChapter(result: result).sections
    return document
  }

  // MARK: - Units

  private var unitSection: ReportDocument.Section {
    var figure = ImageFigure(micrograph, summary: "Polygons over the micrograph, coloured by what fills them")
    figure.dimming = 0.1
    figure.legend = present.map(style)
    let positions = result.finding.sites.positions
    let painted = PaintedPolygons(
      polygons: units.map { $0.corners.map { positions[$0] } }, colors: units.map { Self.color(of: $0.filling) },
      opacity: 0.3)
    let counts = Dictionary(grouping: units, by: \.sides)
    let rows = counts.keys.sorted().map { sides -> [ReportDocument.Table.Cell] in
      let members = counts[sides]!
      let tested = members.filter { $0.agrees != nil }
      let agreeing = tested.count { $0.agrees == true }
      let chance = result.symmetries.first { $0.sides == sides }?.chance
      return [
        .init("\(sides)", value: Double(sides)), .init(Number.count(members.count), value: Double(members.count)),
        .init(Text.fixed(Statistics.median(members.map(\.regularity)), 3)),
        .init(tested.isEmpty ? "–" : "\(agreeing) of \(tested.count)"), .init(chance.map(Number.percent) ?? "–"),
      ]
    }
    return .init(
      "Polygons",
      [
        .figure(
          .init(
            "units", title: "Polygons and their fillings",
            caption:
              "Faces of the graph of neighbouring columns. Columns in the middle of a polygon are no part of its wall. Polygons "
              + "that columns outside the image might change are left out.", figure.adding(painted).drawing())),
        .table(
          .init(
            columns: [
              .init("sides", isNumeric: true), .init("polygons", isNumeric: true),
              .init("median regularity", isNumeric: true),
              .init("with a maximum of n-fold symmetry"), .init("the same at other places"),
            ], rows: rows)),
        .paragraph(
          "The map of n-fold symmetry is asked of the pixels alone. Where it has no maximum in the middle of a polygon, units.csv says so "
            + "in the column agrees."),
      ])
  }

  // MARK: - Fillings

  private var fillingSection: ReportDocument.Section {
    let heights = units.map(\.amplitude).filter(\.isFinite)
    var blocks: [ReportDocument.Block] = []
    let sheet = patches
    if !sheet.isEmpty {
      let drawing = ContactSheet(
        tiles: sheet.map {
          .init(
            patch: $0.patch, captions: ["\($0.filling.rawValue)", "\($0.sides) sides, n = \($0.count)"],
            style: style(of: $0.filling))
        },
        calibration: micrograph.calibration, summary: "Mean patch of each filling"
      ).drawing()
      blocks.append(
        .figure(
          .init(
            "mean-patches", title: "Mean patches",
            caption:
              "Polygons of one number of sides and one filling, each turned so that a corner points up. Corners that fan out are those of "
              + "irregular polygons.", drawing)))
    }
    var row: [ReportDocument.Figure] = []
    if !heights.isEmpty {
      var histogram = HistogramFigure(
        values: heights,
        marks: result.groups.groups.map {
          .init(at: $0.mean, label: $0.filling.rawValue, color: Self.color(of: $0.filling))
        },
        title: "height of the middle over the wall", summary: "Histogram of the heights in the middle of the polygons")
      histogram.binCount = 60
      row.append(
        .init(
          "amplitudes", title: "Heights of the middles",
          caption: "Each is fitted together with its wall. Median standard error "
            + "\(Number.short(Statistics.median(units.map(\.amplitudeError).filter(\.isFinite)), digits: 2)).",
          histogram.drawing()))
    }
    if let profile { row.append(profile) }
    if !row.isEmpty { blocks.append(.row(row)) }
    blocks.append(.table(fillingTable))
    blocks.append(
      .paragraph(
        "Names go by the mean height of a group over the wall's: empty below \(FillingGroups.partly.lowerBound), V (partly filled) to "
          + "\(FillingGroups.partly.upperBound), filled above. A height is no element: a column of V and a column that is half empty look alike."
      ))
    return .init("Fillings", blocks)
  }

  private var fillingTable: ReportDocument.Table {
    let known = units.count { $0.filling != nil }
    return .init(
      columns: [
        .init("filling"), .init("polygons", isNumeric: true), .init("share", isNumeric: true), .init("95 % interval"),
        .init("mean height over the wall", isNumeric: true), .init("mean probability", isNumeric: true),
      ],
      rows: present.map { kind in
        let members = units.filter { $0.filling == kind }
        let interval = Statistics.shareInterval(members.count, of: known)
        return [
          .init(kind.rawValue, style: style(of: kind)),
          .init(Number.count(members.count), value: Double(members.count)),
          .init(Number.percent(Double(members.count) / Double(known))),
          .init("\(Number.percent(interval[0])) to \(Number.percent(interval[1]))"),
          .init(Text.fixed(Statistics.mean(members.map(\.amplitude)), 3)),
          .init(Text.fixed(Statistics.mean(members.map(\.fillingProbability)), 3)),
        ]
      })
  }

  private struct MeanPatch {
    var filling: PolygonalUnit.Filling
    var sides, count: Int
    var patch: Raster<Float>
  }

  /// At most a dozen kinds, the commonest number of sides first.
  private var patches: [MeanPatch] {
    let bySides = Dictionary(grouping: units, by: \.sides)
    let order = bySides.keys.sorted { (bySides[$1]!.count, $0) < (bySides[$0]!.count, $1) }.prefix(4)
    return order.flatMap { sides -> [MeanPatch] in
      let radius = Statistics.median(bySides[sides]!.map(\.radius))
      let cutter = PolygonPatches(
        image: result.prepared.image, positions: result.finding.sites.positions,
        half: max(3, Int(saturating: (1.5 * radius).rounded())))
      return present.compactMap { kind in
        let members = bySides[sides]!.filter { $0.filling == kind }
        return cutter.mean(of: Array(members.prefix(400))).map {
          MeanPatch(filling: kind, sides: sides, count: members.count, patch: $0)
        }
      }
    }
  }

  /// From the middle of a mean patch straight up through a corner, and on down through the opposite side ([M22] Fig. S16).
  private var profile: ReportDocument.Figure? {
    let own = patches.filter { $0.sides == patches.first?.sides }
    guard !own.isEmpty else { return nil }
    let length = LengthText(calibration: micrograph.calibration)
    let curves = own.map { mean -> LineFigure.Curve in
      let half = mean.patch.width / 2
      return LineFigure.Curve(
        name: mean.filling.rawValue,
        points: (0..<mean.patch.height).map { y in Point(length.value(Double(y - half)), Double(mean.patch[half, y])) },
        color: Self.color(of: mean.filling))
    }
    let figure = LineFigure(
      curves: curves, x: Axis("distance from the middle (\(length.unit))"), y: Axis("intensity"),
      summary: "Profile through the mean patches")
    return .init(
      "profile", title: "Profile of the mean patches",
      caption: "From the corner that points up (left) through the middle, polygons of \(own[0].sides) sides.",
      figure.drawing())
  }
}
