import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// The arrangement of filled and empty units: codes of two levels, their entropies beside those of random fillings, an ordered phase.
struct WindowChapter {
  let result: PolygonResult

  private var micrograph: Micrograph { result.micrograph }
  private var outcome: UnitConfigurations.Outcome { result.configurations }
  private var centres: [Point] { result.coded.map { result.net.units[$0].centre } }
  private func isFilled(_ position: Int) -> Bool { result.net.units[result.coded[position]].filling == .filled }

  var sections: [ReportDocument.Section] {
    guard let level2 = outcome.level2.overlapping else {
      return [
        .init(
          "Arrangement",
          [
            .paragraph(
              outcome.windows.level2.isEmpty
                ? "No four polygons of \(result.codedSides) sides stand at the corners of a square: there are no codes and no entropy."
                : "Every square of four polygons holds one that is partly filled: there are no codes and no entropy.")
          ])
      ]
    }
    var sections = [level2Section(level2)]
    if let level3 = outcome.level3.overlapping { sections.append(level3Section(level3)) }
    return sections + [entropySection, phaseSection]
  }

  // MARK: - Level 2

  private func level2Section(_ statistics: CodeStatistics) -> ReportDocument.Section {
    var figure = ImageFigure(micrograph, summary: "Windows of level 2 with arrows to filled polygons")
    figure.dimming = 0.1
    let windows = outcome.windows.level2.filter { $0.kind == 0 }
    let ways = windows.flatMap { window in
      window.corners.filter { isFilled($0) }.map { (window.centre, (centres[$0] - window.centre) * 0.8) }
    }
    let outlines = PaintedPolygons(
      polygons: windows.map { $0.corners.map { centres[$0] } }, colors: windows.map { _ in nil })
    let arrows = ArrowField(origins: ways.map(\.0), vectors: ways.map(\.1), colors: [Color(0x56B4E9)])
    let counts = statistics.codes
    let six = counts.prefix(6).reduce(0) { $0 + $1.fraction }
    return .init(
      "Squares of four polygons (level 2)",
      [
        .figure(
          .init(
            "level2", title: "Windows of kind A",
            caption: "Arrows lead from the middle of a square to its filled corners ([M22] Fig. S18).",
            figure.adding(outlines).adding(arrows).drawing())),
        .paragraph(
          "\(statistics.entropy.windows) windows of both kinds, and \(outcome.level2.leftOut) more with a partly filled polygon, which have no type. "
            + "The six commonest types hold \(Number.percent(six)). A share of \(Number.percent(outcome.filled)) of the polygons is filled; "
            + "expected are the numbers of independent fillings of that share. Letters stand clockwise from the first corner at or after +x: E empty, F filled."
        ),
        .table(table(counts, bits: 4, limit: 16)),
      ])
  }

  private func table(_ codes: [CodeCount], bits: Int, limit: Int) -> ReportDocument.Table {
    .init(
      columns: [
        .init("type", isNumeric: true), .init("pattern"), .init("windows", isNumeric: true),
        .init("share", isNumeric: true),
        .init("expected", isNumeric: true), .init("false discovery rate", isNumeric: true),
      ],
      rows: codes.prefix(limit).map { code in
        [
          .init("\(code.type)", value: Double(code.type)), .init(UnitCodes.pattern(ofType: code.type, bits: bits)),
          .init(Number.count(code.count), value: Double(code.count)),
          .init(Number.percent(code.fraction), value: code.fraction),
          .init(Number.short(code.expected, digits: 3), value: code.expected),
          .init(Number.short(code.qValue, digits: 2), value: code.qValue),
        ]
      })
  }

  // MARK: - Level 3

  private func level3Section(_ statistics: CodeStatistics) -> ReportDocument.Section {
    let shown = Array(statistics.codes.prefix(36))
    let share = shown.reduce(0) { $0 + $1.fraction }
    return .init(
      "Squares of squares (level 3)",
      [
        .paragraph(
          "\(statistics.entropy.windows) overlapping windows of \(statistics.codes.count) types, and \(outcome.level3.leftOut) with a partly filled polygon. "
            + "The \(shown.count) commonest types hold \(Number.percent(share)) of the windows."),
        .figure(
          .init(
            "level3", title: "Commonest types of level 3",
            caption:
              "Mean of the image around the windows of a type; number of windows, and how many independent fillings would give.",
            sheet(of: shown))),
        .table(table(shown, bits: 16, limit: 12)),
      ])
  }

  private func sheet(of codes: [CodeCount]) -> Drawing {
    let isCoded = result.coded.map { unit in
      let filling = result.net.units[unit].filling
      return filling == .empty || filling == .filled
    }
    let set = UnitCodes(level: 3, of: outcome.windows, isCoded: isCoded)
    let types = set.codes(isFilled: result.coded.indices.map(isFilled))
    let cell = (outcome.windows.areaPerWindow ?? 1).squareRoot()
    let side = 2 * Int(saturating: (1.1 * cell).rounded()) + 1
    let places = codes.map { code in
      set.windows.indices.filter { types[$0] == code.type - 1 }.map { outcome.windows.level3[set.windows[$0]].centre }
    }
    let tiles = zip(codes, places).map { code, places -> ContactSheet.Tile in
      let patches = Patches(of: result.prepared.image, around: Array(places.prefix(30)), side: side)
      let parts = patches.existing.compactMap { patches[$0] }
      let mean =
        parts.isEmpty
        ? Raster<Float>(width: side, height: side, filling: .nan)
        : Raster(
          width: side, height: side,
          values: (0..<side * side).map { k in parts.reduce(Float(0)) { $0 + $1.values[k] } / Float(parts.count) })
      return .init(
        patch: mean,
        captions: ["\(code.count) of type \(code.type)", "expected \(Number.short(code.expected, digits: 2))"])
    }
    return ContactSheet(
      tiles: tiles, calibration: micrograph.calibration, summary: "Mean image of the commonest types of level 3"
    ).drawing()
  }

  // MARK: - Entropy

  private var entropySection: ReportDocument.Section {
    let entries: [(String, ConfigurationEntropy?)] = [
      ("2, overlapping", outcome.level2.overlapping?.entropy), ("2, disjoint", outcome.level2.disjoint?.entropy),
      ("3, overlapping", outcome.level3.overlapping?.entropy), ("3, disjoint", outcome.level3.disjoint?.entropy),
    ]
    func cell(_ value: Double, _ decimals: Int = 3) -> ReportDocument.Table.Cell {
      .init(Text.fixed(value, decimals), value: value)
    }
    let rows = entries.compactMap { name, entropy in
      entropy.map { entropy -> [ReportDocument.Table.Cell] in
        [
          .init(name), .init(Number.count(entropy.windows), value: Double(entropy.windows)), cell(entropy.plugIn),
          .init(
            "\(Text.fixed(entropy.randomLattice, 3)) ± \(Text.fixed(entropy.randomLatticeDeviation, 3))",
            value: entropy.randomLattice),
          .init(Number.short(entropy.pValue, digits: 2), value: entropy.pValue), cell(entropy.corrected),
          cell(entropy.logWindows),
          cell(entropy.independent), cell(entropy.maximum),
        ]
      }
    }
    return .init(
      "Entropy, in nats",
      [
        .table(
          .init(
            columns: [
              .init("level, windows"), .init("N", isNumeric: true), .init("plug-in", isNumeric: true),
              .init("random fillings", isNumeric: true),
              .init("p", isNumeric: true), .init("corrected", isNumeric: true), .init("ln N", isNumeric: true),
              .init("independent", isNumeric: true), .init("maximum", isNumeric: true),
            ], rows: rows)),
        .paragraph(
          "The plug-in value cannot exceed ln N, so a low one alone says nothing: compare it with random fillings, the same numbers of filled and "
            + "empty polygons at random over the same windows. p is the share of them that are as low. Independent is the true value of independent "
            + "fillings of that share, maximum that of types of one probability. The corrected value (Chao and Shen) allows for types that were not "
            + "seen; of windows far fewer than types it is uncertain."),
      ])
  }

  // MARK: - Phase

  private var phaseSection: ReportDocument.Section {
    guard let phase = outcome.phase else {
      return .init(
        "Ordered phase",
        [
          .paragraph(
            outcome.level3.overlapping == nil
              ? "There are no windows of level 3, so no phase is sought."
              : "No type of level 3 is more frequent than independent fillings allow: there is no sign of an ordered phase."
          )
        ])
    }
    var figure = ImageFigure(micrograph, summary: "Polygons of the ordered phase")
    figure.dimming = 0.2
    let positions = result.finding.sites.positions
    let units = phase.units.map { result.net.units[result.coded[$0]] }
    let painted = PaintedPolygons(
      polygons: units.map { $0.corners.map { positions[$0] } },
      colors: units.map { PolygonChapter.color(of: $0.filling) }, opacity: 0.5)
    var ratio = ""
    if let value = phase.ratio, let interval = phase.ratioInterval {
      let upper = interval[1].isFinite ? Number.short(interval[1], digits: 3) : "more"
      ratio =
        " The two commonest types of its disjoint windows, \(phase.commonest[0].type) and \(phase.commonest[1].type), stand in the ratio "
        + "\(phase.commonest[0].count) : \(phase.commonest[1].count) = \(Number.short(value, digits: 3)) (95 % interval "
        + "\(Number.short(interval[0], digits: 3)) to \(upper))."
    }
    return .init(
      "Ordered phase",
      [
        .figure(
          .init(
            "phase", title: "Polygons in windows of frequent types",
            caption:
              "The union of the windows of level 3 whose types are more frequent than independent fillings allow.",
            figure.adding(painted).drawing())),
        .paragraph(
          "\(phase.types.count) types of level 3 have a false discovery rate of \(result.settings.configurations.largestRate) at most; their windows cover "
            + "\(Number.percent(phase.areaFraction)) of the image." + ratio),
      ])
  }
}
