import Foundation
import TesseraFigures
import TesseraImaging
import TesseraLearning
import TesseraNumerics

/// The classes: their average patches, sizes, layout and moments.
package struct MotifsChapter: Sendable {
  package var classes: Classes
  package var calibration: Calibration?
  /// Mean patch of each class, NaN outside the disc; nil where a class has none.
  package var averages: [Raster<Float>?]
  /// Points with a finite place, one per site; NaN where a site has no patch.
  package var layout: Layout?
  /// Mean moments of each class and what they are; nil without moments.
  package var moments: Moments?
  /// One example per class, at most six are shown.
  package var examples: [Example] = []
  /// Whether the motifs are of separate kinds; nil where unknown.
  package var isDiscrete: Bool?
  /// Why the program thinks so; may be empty.
  package var reason = ""
  /// How many sites each class has, and how surely.
  package var counts: [ClassCount]
  /// Numbers of the classes in the tables; nil: 1, 2, ...
  package var numbers: [String]?
  /// Whether the averages show what mean moments give, and not the patches themselves.
  package var averagesAreOfMoments = false

  package init(
    classes: Classes, calibration: Calibration?, averages: [Raster<Float>?], layout: Layout?, moments: Moments? = nil,
    isDiscrete: Bool? = nil
  ) {
    (self.classes, self.calibration, self.averages) = (classes, calibration, averages)
    (self.layout, self.moments, self.isDiscrete) = (layout, moments, isDiscrete)
    counts = classes.counts()
  }

  /// Mean moments of all classes.
  package struct Moments: Sendable {
    /// Radial and angular order of each moment.
    package var orders: [(p: Int, q: Int)]
    /// One row per class; empty where a class has none.
    package var means: [[Double]]
    /// Standard deviations within the classes; empty, or one row per class.
    package var deviations: [[Double]]
    package init(orders: [(p: Int, q: Int)], means: [[Double]], deviations: [[Double]] = []) {
      (self.orders, self.means, self.deviations) = (orders, means, deviations)
    }
  }

  /// One patch and what its moments make of it.
  package struct Example: Sendable {
    /// 1 ... `classes.count`.
    package var label: Int
    /// Row of the site in the tables.
    package var site: Int
    package var patch, reconstruction: Raster<Float>
    package init(label: Int, site: Int, patch: Raster<Float>, reconstruction: Raster<Float>) {
      (self.label, self.site, self.patch, self.reconstruction) = (label, site, patch, reconstruction)
    }
  }

  package var section: ReportDocument.Section {
    var blocks: [ReportDocument.Block] = []
    if !reason.isEmpty { blocks.append(.paragraph(reason)) }
    blocks += [.figure(strip), .table(table)]
    if classes.count > 40 { blocks.append(.paragraph("The table has the 40 largest classes; classes.csv has all.")) }
    if let layout, layout.points.contains(where: { $0.x.isFinite && $0.y.isFinite }) {
      blocks.append(.figure(scatter(of: layout)))
    }
    if let bars = momentBars { blocks.append(.figure(bars)) }
    if !examples.isEmpty { blocks.append(.figure(comparison)) }
    return .init(isDiscrete == false ? "Surroundings" : "Motifs", blocks)
  }

  private var strip: ReportDocument.Figure {
    let (styles, confidences) = (classes.styles, classes.meanConfidences)
    let tiles = styles.indices.prefix(24).compactMap { index -> ContactSheet.Tile? in
      guard let patch = averages[index] else { return nil }
      return ContactSheet.Tile(
        patch: patch,
        captions: [
          styles[index].name, "\(Number.count(styles[index].count ?? 0)) sites",
          "confidence \(Self.twoDecimals(confidences[index]))",
        ], style: styles[index])
    }
    let sheet = ContactSheet(tiles: tiles, calibration: calibration, summary: "Mean patch of each class")
    return .init(
      "classes", title: "Class averages",
      caption: (averagesAreOfMoments
        ? "What the mean moments of a class show, in one contrast for all."
        : "The mean of all patches of a class, in one contrast for all.") + " A grainy average has few members."
        + (tiles.count < styles.count ? " The \(tiles.count) largest of \(styles.count) classes." : ""),
      sheet.drawing())
  }

  private var table: ReportDocument.Table {
    let (styles, shares, confidences) = (classes.styles, classes.shares, classes.meanConfidences)
    return ReportDocument.Table(
      columns: (numbers == nil ? [] : [.init("class")]) + [
        .init("motif"), .init("sites", isNumeric: true), .init("95 % interval", isNumeric: true),
        .init("share", isNumeric: true), .init("confidence", isNumeric: true),
      ],
      rows: styles.indices.prefix(40).map { index in
        let (count, interval) = (styles[index].count ?? 0, counts[index].interval)
        return (numbers.map { [.init($0[index], value: Double(index))] } ?? []) + [
          .init(styles[index].name, value: Double(index), style: styles[index]),
          .init(Number.count(count), value: Double(count)),
          .init(
            "\(Number.count(interval.lowerBound)) to \(Number.count(interval.upperBound))",
            value: Double(interval.lowerBound)),
          .init(Number.percent(shares[index]), value: shares[index]),
          .init(Self.twoDecimals(confidences[index]), value: confidences[index]),
        ]
      })
  }

  private static func twoDecimals(_ value: Double) -> String {
    value.isFinite ? String(format: "%.2f", value) : "–"
  }

  private func scatter(of layout: Layout) -> ReportDocument.Figure {
    var figure = ScatterFigure(
      points: layout.points, labels: classes.labels, styles: classes.styles,
      summary: "The sites laid out by likeness of their patches")
    figure.legend = classes.legend
    return .init(
      "layout", title: "Layout of the patches",
      caption: isDiscrete == false
        ? "Each point is one site; nearby points have similar surroundings. The points form a continuum, so borders between "
          + "colours carry no meaning."
        : "Each point is one site; nearby points have similar surroundings, and points that would coincide are moved apart. "
          + "The axes, and distances between separate clouds, carry no meaning.",
      figure.drawing())
  }

  private var momentBars: ReportDocument.Figure? {
    guard let moments else { return nil }
    let shown = classes.styles.indices.filter { $0 < moments.means.count && !moments.means[$0].isEmpty }.prefix(6)
    guard !shown.isEmpty else { return nil }
    var figure = MomentsFigure(
      classes: shown.map { classes.styles[$0] }, means: shown.map { moments.means[$0] },
      orders: moments.orders.map { MomentsFigure.Order(p: $0.p, q: $0.q) },
      summary: "Mean Zernike moments of each class")
    if !moments.deviations.isEmpty { figure.deviations = shown.map { moments.deviations[$0] } }
    let further = figure.notableOrders.sorted().map(String.init).joined(separator: " and ")
    return .init(
      "moments", title: "Mean moments of each class",
      caption: (shown.count < classes.count ? "The \(shown.count) largest classes. " : "")
        + "Orange: the column in the middle (q = 0). Blue and green: three- and sixfold surroundings (|q| = 3, 6)."
        + (further.isEmpty ? "" : " |q| = \(further) carry much of these motifs, too.")
        + (moments.deviations.isEmpty ? "" : " Thin lines: one standard deviation within the class."), figure.drawing())
  }

  private var comparison: ReportDocument.Figure {
    let rows = examples.prefix(6).map { example in
      ComparisonFigure.Row(
        patch: example.patch, reconstruction: example.reconstruction, style: classes.styles[example.label - 1],
        caption: "site \(example.site)")
    }
    let figure = ComparisonFigure(
      rows: rows, calibration: calibration, summary: "Patches, their reconstructions from moments, and the differences")
    return .init(
      "reconstruction", title: "What the moments keep",
      caption: "One site per class. A residual without structure shows that the moments describe all but the noise.",
      figure.drawing())
  }
}
