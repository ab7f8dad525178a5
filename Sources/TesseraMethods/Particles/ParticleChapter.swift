import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraSegmentation

/// The report of nanoparticles: where they are, how large, what can be seen of them, and what simpler methods would find.
struct ParticleChapter {
  var result: ParticleResult

  private var micrograph: Micrograph { result.micrograph }
  private var length: LengthText { LengthText(calibration: micrograph.calibration) }
  private var scale: Double { micrograph.calibration?.meanNanometresPerPixel ?? 1 }

  /// Rows of the table of a report, which browsers sort in an instant; and tiles of its sheet, six rows of eight, which fill a screen.
  private static let (mostRows, mostTiles) = (500, 48)

  /// Classes that particles of a table can have.
  private static let kinds: [ParticleClass] = [.fault, .noFault, .misoriented, .agglomeration]
  private static let names: [ParticleClass: String] = [
    .fault: "fault", .noFault: "no fault", .misoriented: "misoriented", .agglomeration: "agglomeration",
    .background: "background",
  ]
  private static let styles =
    ClassStyle.styles(names: kinds.map { names[$0]! } + ["particle"]) + [
      ClassStyle(name: "cut by the border", color: ClassStyle.unclassified.color)
    ]
  /// The number of a particle's look in figures, from 1; particles without a class share the last but one, and the last is that of
  /// particles that the border cuts.
  private func number(_ particle: Particle) -> Int {
    particle.kind.flatMap { Self.kinds.firstIndex(of: $0) }.map { $0 + 1 } ?? Self.styles.count - 1
  }
  /// The look of a class in all figures of particles; those without a class share one.
  static func style(of kind: ParticleClass?) -> ClassStyle {
    styles[kind.flatMap { kinds.firstIndex(of: $0) } ?? kinds.count]
  }
  private func style(_ particle: Particle) -> ClassStyle { Self.styles[number(particle) - 1] }
  private func name(_ particle: Particle) -> String { particle.kind.flatMap { Self.names[$0] } ?? "" }
  private var hasClasses: Bool { result.particles.contains { $0.kind != nil } }

  var document: ReportDocument {
    let summary = result.summary
    let count = result.particles.count
    var document = ReportDocument(
      title: micrograph.name,
      headline: count == 0
        ? "No particles"
        : "\(count) \(count == 1 ? "particle" : "particles")" + (headline(of: summary).map { ": \($0)" } ?? ""))
    document.facts = [
      .init("\(count)", count == 1 ? "particle" : "particles", note: "\(result.cut) more are cut by the border")
    ]
    if let diameter = summary.diameter {
      document.facts.append(
        .init(
          "\(Number.short(diameter.median, digits: 3)) \(summary.unit)", "median diameter",
          note:
            count > 1
            ? "mean \(Number.short(diameter.mean, digits: 3)), standard deviation \(Number.short(diameter.deviation, digits: 2))"
            : "of the only particle"
        ))
    }
    if let share = summary.fractionOnAxis, let interval = summary.fractionOnAxisInterval {
      document.facts.append(.init(Number.percent(share), "on axis", note: "95 %: \(text(interval))"))
    }
    if let share = summary.fractionFaulted, let interval = summary.fractionFaultedInterval {
      document.facts.append(.init(Number.percent(share), "of those show a fault", note: "95 %: \(text(interval))"))
    }
    document.sections = [particleSection]
    if result.settings.hasReview { document.sections.append(reviewSection) }
    if count > 0 { document.sections += [sheetSection, sizeSection(summary)] }
    document.sections.append(comparisonSection)
    return document
  }

  private func text(_ interval: [Double]) -> String {
    "\(Number.percent(interval[0])) to \(Number.percent(interval[1]))"
  }

  private func headline(of summary: ParticleSummary) -> String? {
    guard let onAxis = summary.fractionOnAxis else { return nil }
    let faulted = summary.fractionFaulted.map { ", of which \(Number.percent($0)) show a fault" } ?? ""
    return "\(Number.percent(onAxis)) on axis\(faulted)"
  }

  private var particleSection: ReportDocument.Section {
    var overlay = ImageFigure(micrograph, summary: "Particles in the colours of their classes over the micrograph")
    var numbers = [UInt16](repeating: 0, count: result.particles.count + 1)
    for particle in result.particles { numbers[particle.id] = UInt16(number(particle)) }
    var labels = result.labels.map { Int($0) < numbers.count ? numbers[Int($0)] : 0 }
    // Particles that the border cuts are in the mask alone.
    for index in labels.values.indices where labels.values[index] == 0 && result.mask.values[index] {
      labels.values[index] = UInt16(Self.styles.count)
    }
    overlay.tint = RegionTint(labels: labels, colors: Self.styles.map(\.color))
    overlay.legend = Self.styles.enumerated().compactMap { index, style in
      var style = style
      let isCut = index == Self.styles.count - 1
      style.count = isCut ? result.cut : result.particles.count { number($0) == index + 1 }
      return isCut || hasClasses == (index < Self.kinds.count) ? style : nil
    }
    return .init(
      "Particles",
      [
        .figure(
          .init(
            "particles", title: hasClasses ? "Particles and their classes" : "Particles",
            caption: classCaption + "A particle that the border cuts is neither measured nor counted.",
            overlay.drawing())), .table(table),
      ]
        + (result.particles.count > Self.mostRows
          ? [.paragraph("The first \(Self.mostRows) of \(result.particles.count); particles.csv lists them all.")] : [])
    )
  }

  private var classCaption: String {
    guard hasClasses else { return "" }
    return "On axis are particles that show columns of atoms: with a fault or without. Misoriented ones show none, "
      + "so nothing is said of their faults. "
  }

  private var table: ReportDocument.Table {
    let unit = length.unit
    return .init(
      columns: [
        .init("Particle", isNumeric: true), .init("Diameter, \(unit)", isNumeric: true),
        .init("Error, \(unit)", isNumeric: true), .init("Aspect", isNumeric: true),
        .init("Circularity", isNumeric: true),
        .init("Solidity", isNumeric: true), .init("Class"), .init("Probability", isNumeric: true),
        .init("Fault", isNumeric: true),
      ],
      rows: result.particles.prefix(Self.mostRows).map { particle in
        let measures = particle.measures
        func cell(_ value: Double, _ decimals: Int) -> ReportDocument.Table.Cell {
          .init(Text.fixed(value, decimals), value: value)
        }
        func optional(_ value: Double?) -> ReportDocument.Table.Cell { value.map { cell($0, 2) } ?? .init("") }
        return [
          .init("\(particle.id)", value: Double(particle.id)), cell(measures.equivalentDiameter * scale, 2),
          cell(particle.diameterError * scale, 2), cell(measures.aspect, 2), cell(measures.circularity, 2),
          cell(measures.solidity, 2), .init(name(particle), style: hasClasses ? style(particle) : nil),
          optional(particle.probability), optional(particle.probabilities[.fault]),
        ]
      })
  }

  private var reviewSection: ReportDocument.Section {
    let review = ParticleReview(of: result)
    return .init(
      "To look at",
      review.entries.isEmpty
        ? [.paragraph("No particle is doubtful.")]
        : [
          .paragraph("\(review.entries.count) of \(result.particles.count) particles are doubtful (review.csv)."),
          .table(review.table),
        ])
  }

  private var sheetSection: ReportDocument.Section {
    // The least certain first: those a person should look at.
    func certainty(_ particle: Particle) -> Double { particle.probability ?? particle.confidence ?? 1 }
    let chosen = result.particles.sorted { (certainty($0), $0.id) < (certainty($1), $1.id) }.prefix(Self.mostTiles)
    // One scale for all, so that sizes can be compared.
    let half = Int(saturating: 0.62 * (chosen.map(\.measures.majorAxis).max() ?? 0)) + 4
    let side = min(2 * half + 1, micrograph.width, micrograph.height)
    let tiles = chosen.map { particle -> ContactSheet.Tile in
      let x = min(max(0, Int(particle.measures.centroid.x) - half), micrograph.width - side)
      let y = min(max(0, Int(particle.measures.centroid.y) - half), micrograph.height - side)
      let patch = result.prepared.image.cropped(x: x, y: y, width: side, height: side)
      let limits = Contrast.standard.limits(of: patch)
      return .init(
        patch: patch.map { value in
          let share = (Double(value) - limits.lowerBound) / (limits.upperBound - limits.lowerBound)
          return Float(min(max(share, 0), 1))
        },
        captions: [
          hasClasses ? "\(particle.id): \(name(particle))" : "\(particle.id)",
          (particle.probability.map { "\(Text.fixed($0, 2)), " } ?? "") + length(particle.measures.equivalentDiameter),
        ], style: style(particle))
    }
    var sheet = ContactSheet(
      tiles: Array(tiles), calibration: micrograph.calibration, summary: "Particles, the least certain first")
    sheet.contrast = nil
    return .init(
      "One by one",
      [
        .figure(
          .init(
            "sheet", title: "Particles, the least certain first",
            caption: (hasClasses ? "Number, class, its probability and the diameter. " : "Number and diameter. ")
              + (result.particles.count > Self.mostTiles
                ? "The \(Self.mostTiles) least certain of \(result.particles.count)." : ""),
            sheet.drawing()))
      ])
  }

  private func sizeSection(_ summary: ParticleSummary) -> ReportDocument.Section {
    let unit = length.unit
    let diameters = result.particles.map { $0.measures.equivalentDiameter * scale }
    let histogram = HistogramFigure(values: diameters, title: "diameter, \(unit)", summary: "Histogram of diameters")
    let shapes = HistogramFigure(
      values: result.particles.map(\.measures.circularity), title: "circularity", summary: "Histogram of circularities")
    let points = result.particles.map {
      Point($0.measures.equivalentDiameter * scale, $0.probabilities[.fault, default: 0])
    }
    let figure = PointFigure(
      points: points, styles: result.particles.map(style), x: Axis("diameter, \(unit)"),
      y: Axis("probability of a fault"),
      summary: "Probability of a fault against the diameter")
    var figures: [ReportDocument.Figure] = [
      .init("diameters", title: "Diameters", caption: "Of the disc of the same area.", histogram.drawing()),
      .init("circularity", title: "Circularity", caption: "1 for a disc.", shapes.drawing()),
    ]
    if hasClasses {
      figures.append(
        .init(
          "size-fault", title: "Size and faults", caption: "Each particle, in the colour of its class.",
          figure.drawing()))
    }
    var blocks: [ReportDocument.Block] = [.row(figures)]
    if let correlations = summary.correlations {
      let words = correlations.sorted { $0.key < $1.key }.map { "\($0.key) \(Text.fixed($0.value, 2))" }.joined(
        separator: ", ")
      blocks.append(
        .paragraph("Rank correlation with the probability of a fault, over the particles on axis: \(words)."))
    }
    return .init("Sizes and shapes", blocks)
  }

  /// Figs 3 and 4 of [P21]: the same image by simpler methods.
  private var comparisonSection: ReportDocument.Section {
    let image = result.prepared.image
    let masks: [(String, String, Raster<Bool>)] = [
      ("mask-here", result.settings.finder.mask != nil ? "Given mask" : "This analysis", result.mask),
      ("mask-otsu", "Otsu's threshold", OtsuThreshold.mask(of: image)),
      (
        "mask-fourier", "Fourier filter",
        LatticeFilter(pixel: micrograph.calibration?.meanNanometresPerPixel).mask(of: image)
      ),
    ]
    return .init(
      "Other masks",
      [
        .paragraph(
          "What a threshold of the intensity and a filter for lattice fringes take for particles, without any further cleaning."
        ),
        .row(
          masks.map { name, title, mask in
            var figure = ImageFigure(micrograph, summary: title)
            figure.tint = RegionTint(labels: mask.map { $0 ? 1 : 0 }, colors: [Color(0xE69F00)])
            figure.width = 420
            let share = Double(mask.values.count { $0 }) / Double(max(1, mask.count))
            return .init(name, title: title, caption: "\(Number.percent(share)) of the image.", figure.drawing())
          }),
      ])
  }
}
