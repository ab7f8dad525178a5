import Foundation
import TesseraFigures
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// The sites that are like none of the classes: where they are and how far they are from their own.
struct OutliersChapter {
  var micrograph: Micrograph
  var sites: Sites
  var classes: Classes
  var outliers: SiteOutliers
  /// Width of a patch in pixels; a zoom shows three.
  var patchSide: Double

  private static let most = 40
  private static let mostZooms = 6

  /// One sentence; empty where there is nothing to say.
  var sentence: String {
    let (places, share) = (outliers.places.count, outliers.scores.share)
    if places > 0 {
      return places == 1
        ? "One site is like none of the motifs." : "\(Number.count(places)) places are like none of the motifs."
    }
    return share > ClassOutliers.largestShare
      ? "\(Number.percent(share)) of the sites are far from the others of their motif: motifs scatter more than one kind would."
      : ""
  }

  /// Nil where no site is an outlier.
  var section: ReportDocument.Section? {
    guard !outliers.places.isEmpty else { return nil }
    return .init(
      "Outliers",
      [
        .paragraph(
          "These sites are like none of the motifs: a foreign atom, a defect that is there once, or dirt. The deviation says by how many "
            + "standard deviations a site is farther from the middle of its motif than a typical member; q is the share of false ones to "
            + "be expected among all at least as far. Columns around an outlier, whose patches show it, are counted with it."
        ),
        .table(table), .figure(figure),
      ])
  }

  private var table: ReportDocument.Table {
    .init(
      columns: [
        .init("site", isNumeric: true), .init("x, px", isNumeric: true), .init("y, px", isNumeric: true),
        .init("nearest motif"), .init("deviation", isNumeric: true), .init("q", isNumeric: true),
        .init("height / motif's", isNumeric: true), .init("sites", isNumeric: true),
      ],
      rows: outliers.places.prefix(Self.most).map { place in
        let position = sites[place.site].position
        return [
          .init("\(place.site)", value: Double(place.site)), .init(Text.fixed(position.x, 1), value: position.x),
          .init(Text.fixed(position.y, 1), value: position.y),
          .init(classes.labels[place.site] > 0 ? classes.names[classes.labels[place.site] - 1] : ""),
          .init(Text.fixed(place.deviation, 1), value: place.deviation),
          .init(Number.short(place.falseDiscoveryRate, digits: 2), value: place.falseDiscoveryRate),
          .init(place.heightRatio.isFinite ? Text.fixed(place.heightRatio, 2) : "", value: place.heightRatio),
          .init("\(place.members.count)", value: Double(place.members.count)),
        ]
      })
  }

  /// Rings around all of them, the farthest enlarged.
  private var figure: ReportDocument.Figure {
    let zoomed = outliers.places.prefix(Self.mostZooms)
    var labels = [Int](repeating: 0, count: sites.count)
    for (k, place) in outliers.places.enumerated() { labels[place.site] = min(k, Self.mostZooms) + 1 }
    let styles = ClassStyle.styles(
      names: zoomed.map { "site \($0.site)" } + (outliers.places.count > Self.mostZooms ? ["further outliers"] : []))
    let figure = ImageFigure.rareClasses(
      of: micrograph,
      sites: SiteMarkers(points: sites.positions, labels: labels, styles: styles, style: .rings),
      classes: Array(1...styles.count), examples: styles.indices.map { $0 < zoomed.count ? zoomed[$0].site : nil },
      zoomSide: min(Double(min(micrograph.width, micrograph.height)), 3 * patchSide), summary: "Where the outliers lie")
    return .init(
      "outliers", title: "Outliers", caption: "One ring for each place; the farthest are enlarged.", figure.drawing())
  }
}
