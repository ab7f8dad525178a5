import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Atoms per column: the map, the histogram of cross-sections with its components, and the choice of their number.
struct CountChapter {
  let micrograph: Micrograph
  let sites: Sites
  let result: AtomCounter.Result

  var section: ReportDocument.Section {
    .init(
      "Atoms per column",
      [
        .paragraph(summary), .figure(map), .row(result.orders.isEmpty ? [histogram] : [histogram, orders]),
        .paragraph(limits),
      ])
  }

  /// The range of thicknesses and how sure their numbers are.
  var headline: String {
    let known = result.counts.filter { $0 > 0 }
    let (columns, range) = (Number.count(known.count), "\(known.min() ?? 0) to \(known.max() ?? 0) atoms")
    let probability = "mean probability \(Number.percent(Statistics.mean(result.probabilities.filter { $0 > 0 })))"
    return switch result.stepDoubt {
    case nil: "\(columns) columns of \(range); \(probability)."
    case .smooth:
      "\(columns) columns whose intensities show no steps of one atom; the numbers (\(range)) are those of one comb among many."
    case .offset:
      "\(columns) columns of \(range), or all some atoms more or fewer: intensities gather, but not at whole numbers of atoms; \(probability) if "
        + "they should."
    case .seconds:
      "\(columns) columns of \(range); the image does not tell surely how much one atom adds; \(probability) if the step is right."
    case .reference:
      "\(columns) columns of \(range), in proportion to a known column that is not known well; \(probability) if it is right."
    case .given:
      "\(columns) columns of \(range), by cross-sections at which intensities do not gather; \(probability) if they are right."
    case .few:
      "\(columns) columns of \(range), or a multiple: so few thicknesses do not tell how much one atom adds; \(probability) if the step is "
        + "right."
    case .unclear:
      "\(columns) columns of \(range), or half or twice as many: the image does not tell how much one atom adds; \(probability) if the step is "
        + "right."
    }
  }

  /// What the numbers rest on.
  var summary: String {
    if let source = result.source {
      return
        "The cross-sections of 1, 2, 3, ... atoms are those of \(source). The mean probability is the share of columns whose number is "
        + "expected to be exact, if they hold for this specimen."
    }
    let way =
      switch result.spacing {
      case .proportional, .auto: "whole multiples of the cross-section of one atom"
      case .curved: "multiples of the cross-section of one atom that saturate"
      case .free: "each with its own mean"
      }
    return "\(result.components.count) thicknesses, \(way). One more atom adds "
      + "\(Number.short(result.crossSectionOfOne)) units of intensity. The mean probability is the share of columns whose "
      + "number is expected to be exact, if the model holds. " + evidence + steps
  }

  /// The comb against its nulls.
  private var steps: String {
    guard let comb = result.comb else { return "" }
    return
      " Whether there are steps: single intensities suit the comb by \(Number.short(abs(comb.gathering), digits: 3)) nats "
      + "\(comb.gathering < 0 ? "worse" : "better") than a smooth "
      + "distribution (chance reaches \(Number.short(comb.gatheringOfChance, digits: 3))); moved by half a step the best comb is "
      + "\(Number.short(comb.halfStepLead, digits: 3)) nats worse"
      + (comb.hasNeighbours
        ? ", \(Number.short(comb.halfStepRest, digits: 3)) of them without the two thicknesses that say most (chance reaches "
          + "\(Number.short(comb.halfStepRestOfChance, digits: 3)))." : ".")
  }

  private var evidence: String {
    if result.evidence == .neighbours {
      let shares = result.differences.map(Number.percent)
      return
        "Numbers rest on the intensities and on the neighbours: \(shares[0]) of the pairs of neighbouring columns have the "
        + "same number of atoms, \(shares[1]) differ by one, \(shares[2]) by two. The model allows for columns whose "
        + "thickness is unrelated to that of their neighbours (\(Number.percent(result.independentShare)) in this image)."
    }
    return "Numbers rest on the histogram alone. "
      + (result.criterion == .icl
        ? "The number of components is where the integrated completed likelihood is least."
        : "Thicknesses overlap, so the number of components is the lowest whose Bayesian information criterion is within 2 "
          + "of the least.")
  }

  private var limits: String {
    "Numbers are absolute only if intensity without atoms is zero and grows with each atom as assumed; channelling, mistilt, "
      + "a support of changing thickness and mixed columns break this. If all numbers had a common factor, they would be given without it. Columns of different elements need counting by sublattice."
  }

  private var map: ReportDocument.Figure {
    let (low, high) = (result.counts.filter { $0 > 0 }.min() ?? 1, result.counts.max() ?? 1)
    let span = Double(max(1, high - low))
    // One look a number; the legend names those that occur.
    let styles = (low...max(low, high)).map { atoms in
      ClassStyle(
        name: "\(atoms)", count: result.counts.count { $0 == atoms },
        color: ColorMap.viridis.color(at: Double(atoms - low) / span))
    }
    var figure = ImageFigure(micrograph, summary: "Number of atoms of each column")
    figure.dimming = 0.35
    figure.width = 700
    figure.legend = ClassStyle.gathered(styles, atMost: Self.longestLegend)
    let labels = result.counts.map { $0 > 0 ? $0 - low + 1 : 0 }
    return .init(
      "thickness", title: "Thickness map",
      caption: "Number of atoms per column; the legend gives the number of columns of each thickness that occurs.",
      figure.adding(SiteMarkers(points: sites.positions, labels: labels, styles: styles)).drawing())
  }

  /// More entries than this are a table, not a legend: four to six rows below the figure.
  private static let longestLegend = 48

  private var histogram: ReportDocument.Figure {
    let values = sites.sites.map(\.intensity).filter { $0.isFinite && $0 > 0 }.sorted()
    let (low, high) = (0.0, (Statistics.quantile(sorted: values, 0.998)) * 1.05)
    let bins = max(40, min(200, 5 * result.components.count))
    let width = (high - low) / Double(bins)
    var counts = [Double](repeating: 0, count: bins)
    for value in values { counts[max(0, min(bins - 1, Int(saturating: (value - low) / width)))] += 1 }
    let bars = counts.enumerated().flatMap { k, count in
      [Point(low + Double(k) * width, count), Point(low + Double(k + 1) * width, count)]
    }
    let model = (0...600).map { k -> Point in
      let value = low + (high - low) * Double(k) / 600
      // What a bar about this value would hold: components may be narrower than one.
      let share = result.components.reduce(0.0) { sum, part in
        let scale = part.deviation * 2.0.squareRoot()
        let (below, above) = (value - width / 2 - part.mean, value + width / 2 - part.mean)
        return sum + part.share * (erf(above / scale) - erf(below / scale)) / 2
      }
      return Point(value, share * Double(values.count))
    }
    let figure = LineFigure(
      curves: [
        .init(name: "columns", points: bars, color: Color(0x56B4E9)),
        .init(name: "mixture", points: model, color: Color(0xD55E00)),
      ], x: Axis("integrated intensity"), y: Axis("columns"), summary: "Histogram of scattering cross-sections")
    return .init(
      "cross-sections", title: "Cross-sections",
      caption: "Histogram, and how many columns the fitted mixture expects in a bar about each value.",
      figure.drawing())
  }

  private var orders: ReportDocument.Figure {
    func curve(_ name: String, _ color: Color, _ value: (AtomCounter.Order) -> Double?) -> LineFigure.Curve? {
      let points = result.orders.compactMap { order in value(order).map { Point(Double(order.components), $0) } }
      return points.isEmpty ? nil : .init(name: name, points: points, color: color)
    }
    let figure = LineFigure(
      curves: [
        curve("ICL", Color(0x0072B2)) { $0.icl }, curve("BIC", Color(0xE69F00)) { $0.bic },
        curve("PLIC", Color(0x009E73)) { $0.plic },
      ].compactMap { $0 },
      marks: [.init(at: Double(result.order), label: "\(result.order)")], x: Axis("components"),
      y: Axis("criterion"), summary: "Information criteria against the number of components")
    return .init(
      "orders", title: "How many components", caption: "Lower is better; the chosen number is marked.", figure.drawing()
    )
  }
}
