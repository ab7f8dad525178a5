import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Strain maps and their numbers, by one method or by two for comparison.
package struct StrainChapter: Sendable {
  /// The first is the main one.
  package var maps: [StrainMap]
  package var reference: StrainReference
  package var calibration: Calibration?

  package init(maps: [StrainMap], reference: StrainReference, calibration: Calibration?) {
    precondition(!maps.isEmpty, "a chapter on strain needs a map")
    (self.maps, self.reference, self.calibration) = (maps, reference, calibration)
  }

  package var sections: [ReportDocument.Section] {
    var sections = maps.enumerated().map { section(of: $1, isFirst: $0 == 0) }
    if maps.count > 1 { sections.append(comparison) }
    return sections
  }

  /// Whether there is strain, what it is measured against, and how fine the map is.
  package var finding: String {
    let map = maps[0]
    return [
      map.spread.sentence, "Reference: \(reference.sentence(grains: map.grainCount)).",
      "Spatial resolution: \(length(map.resolution)) (12 to 88 % edge width).",
    ].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private func section(of map: StrainMap, isFirst: Bool) -> ReportDocument.Section {
    var figure = StrainFigure(map.planes, calibration: calibration, sharingScaleWith: maps.map(\.planes))
    figure.axis = map.axis
    let prefix = maps.count > 1 ? "strain-\(map.source.rawValue)-" : "strain-"
    let drawn = figure.maps.map { one in
      ReportDocument.Figure(
        prefix + one.name, title: one.title, caption: Self.caption(of: one.name, axis: map.axis), one.drawing)
    }
    var blocks: [ReportDocument.Block] = []
    if isFirst { blocks.append(.paragraph(finding)) }
    blocks += [.row(drawn), .table(table(of: map))]
    if maps.count == 1 { blocks.append(.row([histogram(of: [map], name: "strain-histogram")])) }
    return .init(maps.count > 1 ? "Strain by \(map.source.name)" : "Strain", blocks)
  }

  private static func caption(of name: String, axis: Double) -> String {
    let along =
      axis == 0 ? "x (right)" : "the chosen axis, \(Number.short(axis * 180 / .pi, digits: 3))° from x towards y"
    return switch name {
    case "exx": "Positive (red): stretched along \(along)."
    case "eyy":
      axis == 0 ? "Positive: stretched along y (down)." : "Positive: stretched across the chosen axis, along y′."
    case "exy": "Shear of the tensor: half the change of a right angle."
    case "rotation": "Positive: turned from +x (right) towards +y (down), clockwise as drawn."
    default: "(exx + eyy) / 2, half the relative change of area."
    }
  }

  private func table(of map: StrainMap) -> ReportDocument.Table {
    let (errors, spread) = (map.errorMedians, map.spread.planes)
    let rows = map.planes.statistics.enumerated().map { index, one -> [ReportDocument.Table.Cell] in
      let error = index < errors.count ? errors[index] : .nan
      let verdict = index < spread.count ? (spread[index].isBeyondNoise ? "yes" : "no") : "–"
      let text = index < spread.count ? spread[index].meanText : nil
      let mean = text.map { .init($0, value: one.mean) } ?? mean(one.mean, of: map)
      return [.init(one.name), mean, Self.cell(one.deviation), Self.cell(error), .init(verdict)]
    }
    return .init(
      columns: [
        .init("plane"), .init("mean", isNumeric: true), .init("standard deviation", isNumeric: true),
        .init("median error of a pixel", isNumeric: true), .init("beyond the noise"),
      ], rows: rows)
  }

  /// The mean of a plane; against the mean lattice it is zero whatever the crystal does, and no result.
  private func mean(_ value: Double, of map: StrainMap) -> ReportDocument.Table.Cell {
    reference == .mean && map.source == maps[0].source ? .init("0 by definition", value: 0) : Self.cell(value)
  }

  private static func cell(_ value: Double) -> ReportDocument.Table.Cell {
    .init(Number.short(value, digits: 3), value: value.isFinite ? value : nil)
  }

  // MARK: Comparison

  private var comparison: ReportDocument.Section {
    let statistics = maps.map { ($0, $0.planes.statistics) }
    let rows = (0..<5).map { plane -> [ReportDocument.Table.Cell] in
      [.init(statistics[0].1[plane].name)]
        + statistics.flatMap { [mean($0.1[plane].mean, of: $0.0), Self.cell($0.1[plane].deviation)] }
    }
    let table = ReportDocument.Table(
      columns: [.init("plane")]
        + maps.flatMap {
          [.init("\($0.source.name): mean", isNumeric: true), .init("standard deviation", isNumeric: true)]
        },
      rows: rows)
    let histograms = (0..<5).map { plane in histogram(of: maps, plane: plane) }
    return .init(
      "Positions against phases",
      [
        .paragraph(
          "Both methods have one reference and one resolution, so means and widths compare. Only pixels where both know the "
            + "strain are in the histograms."), .table(table), .row(histograms),
      ])
  }

  /// All planes of one map in one plot.
  private func histogram(of maps: [StrainMap], name: String) -> ReportDocument.Figure {
    let planes = maps[0].planes
    let series = zip(["exx", "eyy", "exy", "hydrostatic"], [planes.exx, planes.eyy, planes.exy, planes.hydrostatic])
    return .init(
      name, title: "Histogram", caption: "Fraction of the measured pixels per bin.",
      Self.outlines(
        of: Array(series), title: "strain", summary: "Histograms of exx, eyy, exy and the hydrostatic strain"))
  }

  /// One plane of several maps in one plot.
  private func histogram(of maps: [StrainMap], plane: Int) -> ReportDocument.Figure {
    let name = (StrainPlanes.names + ["hydrostatic"])[plane]
    let rasters = maps.map { ($0.planes.all + [$0.planes.hydrostatic])[plane] }
    let common = rasters[0].values.indices.filter { index in rasters.allSatisfy { $0.values[index].isFinite } }
    let series = zip(maps, rasters).map { map, raster in
      (map.source.name, Raster(width: common.count, height: 1, values: common.map { raster.values[$0] }))
    }
    return .init(
      "histogram-\(name)", title: name, caption: "Fraction of the pixels per bin.",
      Self.outlines(of: series, title: name == "rotation" ? "rotation (rad)" : name, summary: "Histograms of \(name)"))
  }

  /// Histograms as curves over common bins, from the 0.2 to the 99.8 % quantile of all.
  private static func outlines(
    of series: [(String, Raster<Float>)], title: String, summary: String
  ) -> Drawing {
    let known = series.map { name, raster in (name, raster.values.filter(\.isFinite)) }
    let everything = known.flatMap { values in
      stride(from: 0, to: values.1.count, by: max(1, values.1.count / 20_000)).map { values.1[$0] }
    }
    .sorted()
    let low = Double(Statistics.quantile(sorted: everything, 0.002))
    let high = max(low + 1e-9, Double(Statistics.quantile(sorted: everything, 0.998)))
    let bins = 80
    let colors = [Color(0x0072B2), Color(0xD55E00), Color(0x009E73), Color(0x5C636D)]
    let curves = known.enumerated().map { index, one in
      var counts = [Double](repeating: 0, count: bins)
      for value in one.1 {
        let bin = Int(saturating: ((Double(value) - low) / (high - low) * Double(bins)).rounded(.down))
        if bin >= 0 && bin < bins { counts[bin] += 1 }
      }
      let points = counts.enumerated().map { bin, count in
        Point(low + (Double(bin) + 0.5) * (high - low) / Double(bins), count / Double(max(1, one.1.count)))
      }
      return LineFigure.Curve(name: one.0, points: points, color: colors[index % colors.count])
    }
    var figure = LineFigure(curves: curves, x: Axis(title), y: Axis("share of pixels"), summary: summary)
    (figure.width, figure.height) = (440, 280)
    return figure.drawing()
  }

  private func length(_ pixels: Double) -> String { LengthText(calibration: calibration)(pixels) }
}
