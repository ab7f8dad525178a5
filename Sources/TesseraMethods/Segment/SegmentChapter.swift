import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraSegmentation

/// The report of a segmentation: the patterns over the image, what tells them apart, and how their number came about.
struct SegmentChapter {
  var micrograph: Micrograph
  var segmentation: Segmentation
  /// Standard deviations between two patterns.
  var neededSeparation: Double

  private var length: LengthText { LengthText(calibration: micrograph.calibration) }
  private var patterns: [Segmentation.Pattern] { segmentation.patterns }
  private var shown: Int { patterns.count { $0.pixels > 0 } }
  private var styles: [ClassStyle] {
    ClassStyle.styles(names: patterns.map { "pattern \($0.label), \(Number.percent($0.fraction))" })
  }

  var document: ReportDocument {
    let isOne = patterns.count == 1 && segmentation.unknownFraction == 0
    let alone = SegmentResult.sentenceOfOne(segmentation, calibration: micrograph.calibration)
    var document = ReportDocument(
      title: micrograph.name,
      headline: isOne
        ? alone.prefix(1).uppercased() + alone.dropFirst()
        : segmentation.isByModel
          ? "\(shown) of \(patterns.count) known patterns" : "\(patterns.count) patterns, told apart by local symmetry")
    document.facts = [.init("\(shown)", shown == 1 ? "pattern" : "patterns")]
    if !isOne {
      document.facts += [
        .init(Number.percent(patterns.map(\.fraction).max() ?? 0), "largest pattern"),
        .init(length(segmentation.boundaryLength), "length of boundaries"),
      ]
    }
    if segmentation.unknownFraction > 0 {
      document.facts.append(.init(Number.percent(segmentation.unknownFraction), "fits no pattern"))
    }
    document.sections = [patternSection, descriptorSection]
    return document
  }

  private var patternSection: ReportDocument.Section {
    var overlay = ImageFigure(micrograph, summary: "Patterns in colour over the micrograph")
    overlay.contrast = contrast
    overlay.tint = RegionTint(labels: segmentation.labels, colors: styles.map(\.color))
    overlay.legend = styles.map(\.swatch)
    return .init(
      "Patterns",
      [
        .figure(
          .init(
            "segmentation", title: "Segmentation",
            caption: patterns.count == 1
              ? "The whole image is one pattern. Smaller regions, gradual changes and other brightness are no patterns."
              : "Regions of one pattern have one colour; white lines are boundaries. Within a patch of "
                + "\(length(Double(segmentation.scales.patchSize))) a region is not told from its boundary, unless it is a "
                + "fault between two parts of one pattern.",
            overlay.drawing())),
        .table(table),
        .figure(
          .init(
            "autocorrelation", title: "What repeats each pattern",
            caption: "Autocorrelation of the pixels of each pattern, no shift in the middle: spots are the lattice. A "
              + "pattern without spots has no lattice.", autocorrelations)),
      ] + (uncertainty.map { [.figure($0)] } ?? []))
  }

  /// From the pixels that hold a measurement: a scale bar is brighter than any column.
  private var contrast: Contrast {
    let image = micrograph.pixels
    guard let isMeasured = segmentation.isMeasured, isMeasured.values.contains(false),
      isMeasured.width == image.width, isMeasured.height == image.height
    else { return .standard }
    var measured = image
    for index in measured.values.indices where !isMeasured.values[index] { measured.values[index] = .nan }
    let limits = Contrast.standard.limits(of: measured)
    return .range(limits.lowerBound, limits.upperBound)
  }

  /// Where the label of a pixel is in doubt.
  private var uncertainty: ReportDocument.Figure? {
    guard patterns.count > 1 || segmentation.unknownFraction > 0 else { return nil }
    let entropy = segmentation.probabilities.entropy().map { $0.isFinite ? $0 : 0 }
    return gridFigure(
      "uncertainty", entropy, title: "Uncertainty",
      caption:
        "Entropy of the probabilities of the patterns, 0 to 1 bit: 1 where two patterns are equally probable. Boundaries are "
        + "as wide as the error with which they are placed; a region in which it is high is not told from another pattern.",
      contrast: .range(0, Double(max(1, entropy.values.max() ?? 1))))
  }

  private var table: ReportDocument.Table {
    .init(
      columns: [
        .init("Pattern"), .init("Share of the image", isNumeric: true), .init("Shortest repeats, \(length.unit)"),
        .init("Angle, degrees", isNumeric: true), .init("Correlation", isNumeric: true),
      ],
      rows: patterns.map { pattern in
        let basis = pattern.basis
        let lengths = basis.map { Number.short(length.value($0), digits: 3) }.joined(separator: ", ")
        let angle = basis.count == 2 ? abs(atan2(basis[0].cross(basis[1]), basis[0].dot(basis[1]))) * 180 / .pi : .nan
        return [
          .init("\(pattern.label)", value: Double(pattern.label), style: styles[pattern.label - 1]),
          .init(
            Number.percent(pattern.fraction)
              + (pattern.fractionError > 0 ? " ± \(Number.percent(pattern.fractionError))" : ""),
            value: pattern.fraction),
          .init(
            pattern.isNarrow
              ? "narrow: a fault or a boundary"
              : pattern.isOrdered ? lengths : pattern.order == .fringes ? "fringes" : "no lattice"),
          .init(angle.isFinite ? Text.fixed(min(angle, 180 - angle), 0) : "", value: angle),
          .init(Text.fixed(pattern.correlation, 2), value: pattern.correlation),
        ]
      })
  }

  private var autocorrelations: Drawing {
    var sheet = ContactSheet(
      tiles: patterns.prefix(8).map { pattern in
        // No shift has correlation 1, which would hide all others.
        let limit = Float(max(0.02, pattern.correlation))
        return .init(
          patch: pattern.autocorrelation.map { max(-limit, min(limit, $0)) }, captions: ["pattern \(pattern.label)"],
          style: styles[pattern.label - 1])
      }, calibration: micrograph.calibration, summary: "Autocorrelation of each pattern")
    sheet.contrast = nil
    return sheet.drawing()
  }

  private var descriptorSection: ReportDocument.Section {
    let field = segmentation.field
    let maps = (0..<min(3, field.components.columns)).map { component -> ReportDocument.Figure in
      let share = Number.percent(field.explained[component])
      return gridFigure(
        "component-\(component + 1)", field.map(ofComponent: component), title: "Component \(component + 1)",
        caption: "\(share) of the variance of the descriptors.")
    }
    let change = gridFigure(
      "change", segmentation.change, title: "Change of the descriptor",
      caption: "Ridges are boundaries; two close ridges are a fault between two parts of one pattern.")
    return .init(
      "Descriptors",
      [
        .paragraph(
          "The descriptor of a point says how much the patch around it resembles itself after each operation. Points of "
            + "one pattern have one descriptor, up to noise. Patterns are groups of descriptors with a gap between them "
            + "that occupy regions of their own."),
        .row(maps), .row([change] + [steps, separability].compactMap { $0 }),
      ])
  }

  private func gridFigure(
    _ name: String, _ map: Raster<Float>, title: String, caption: String,
    contrast: Contrast = .quantiles(0.005, 0.995)
  ) -> ReportDocument.Figure {
    let stride = Double(segmentation.scales.stride)
    let calibration = micrograph.calibration.flatMap {
      Calibration(x: $0.nanometresPerPixelX * stride, y: $0.nanometresPerPixelY * stride)
    }
    var figure = ImageFigure(map, calibration: calibration, summary: title)
    figure.colorMap = .viridis
    figure.contrast = contrast
    figure.width = 420
    figure.showsScaleBar = calibration != nil
    return .init(name, title: title, caption: caption, figure.drawing())
  }

  /// Fig. 5 of [S21]: what varies most over the image tells most apart.
  private var separability: ReportDocument.Figure? {
    guard let ranking = segmentation.ranking, let best = ranking.best.first else { return nil }
    let kinds = Segmenter.Operations.allCases
    let looks = ClassStyle.styles(names: kinds.map(\.rawValue))
    let figure = PointFigure(
      points: ranking.entries.map { Point($0.variance, $0.separability) },
      styles: ranking.entries.map { looks[kinds.firstIndex(of: $0.kind) ?? 0] },
      x: Axis("variance of the score"), y: Axis("separability"),
      summary: "Separability of the patterns by each operation against the variance of its score")
    return .init(
      "separability", title: "What tells the patterns apart",
      caption:
        "Each point is one operation: variance between the patterns over that within them, against the variance over the image. "
        + "Best: \(best.name), \(Text.fixed(best.separability, 1)); the first component has "
        + "\(Text.fixed(ranking.components.first ?? 0, 1)).",
      figure.drawing())
  }

  private var steps: ReportDocument.Figure? {
    let points = segmentation.steps.map { Point(Double($0.count), $0.separation) }
    guard let last = points.last else { return nil }
    // Parts of one lattice are joined after that.
    let gaps = last.y >= neededSeparation ? Int(last.x) : 1
    let figure = LineFigure(
      curves: [
        .init(name: "closest two", points: points.reversed()),
        .init(
          name: "needed", points: [Point(1, neededSeparation), Point(points[0].x, neededSeparation)],
          color: Color(0x5C636D)),
      ],
      marks: [.init(at: Double(gaps), label: "\(gaps)")],
      x: Axis("number of groups"), y: Axis("separation, standard deviations"),
      summary: "Separation of the two closest groups against the number of groups")
    return .init(
      "patterns", title: "How many patterns",
      caption: "The two closest groups are joined until all are apart; the number that gaps speak for is marked.",
      figure.drawing())
  }
}
