import TesseraFigures
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// Where the members of rare classes lie, and what one of each looks like.
package struct RareMotifsChapter: Sendable {
  package var micrograph: Micrograph
  package var sites: Sites
  package var classes: Classes
  /// Width of a patch in pixels; a zoom shows three.
  package var patchSide: Double

  package init(micrograph: Micrograph, sites: Sites, classes: Classes, patchSide: Double) {
    (self.micrograph, self.sites, self.classes, self.patchSide) = (micrograph, sites, classes, patchSide)
  }

  /// Nil where no class is rare.
  package var section: ReportDocument.Section? {
    let rare = Array(classes.rare.prefix(6))
    guard !rare.isEmpty else { return nil }
    let markers = SiteMarkers(
      points: sites.positions, labels: classes.labels, styles: classes.styles, style: .rings)
    let figure = ImageFigure.rareClasses(
      of: micrograph, sites: markers, classes: rare, examples: rare.map(example), zoomSide: zoomSide,
      summary: "Where the sites of rare classes lie")
    let left = classes.rare.count - rare.count
    return .init(
      "Rare motifs",
      [
        .figure(
          .init(
            "rare-classes", title: "Sites of rare motifs",
            caption: "Classes with less than a tenth of the sites, and one confident example of each."
              + (left > 0 ? " \(left) smaller classes are not shown." : ""), figure.drawing()))
      ])
  }

  private var zoomSide: Double { min(Double(min(micrograph.width, micrograph.height)), 3 * patchSide) }

  /// The most confident member whose zoom lies inside the image; else the most confident one.
  private func example(of label: Int) -> Int? {
    let members = classes.members(of: label).sorted { (classes.confidence[$1], $0) < (classes.confidence[$0], $1) }
    let half = zoomSide / 2
    let inside = members.first { index in
      let place = sites[index].position
      return place.x >= half && place.y >= half && place.x < Double(micrograph.width) - half
        && place.y < Double(micrograph.height) - half
    }
    return inside ?? members.first
  }
}
