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
    let rare = shown
    guard !rare.isEmpty else { return nil }
    let zoomed = rare.suffix(Self.mostZooms)
    let examples = Dictionary(uniqueKeysWithValues: zip(zoomed, self.examples(of: Array(zoomed)))).compactMapValues {
      $0
    }
    let markers = SiteMarkers(
      points: sites.positions, labels: classes.labels, styles: classes.styles, style: .rings)
    let figure = ImageFigure.rareClasses(
      of: micrograph, sites: markers, classes: rare, examples: rare.map { examples[$0] }, zoomSide: zoomSide,
      summary: "Where the sites of rare classes lie")
    let left = classes.rare.count - rare.count
    return .init(
      "Rare motifs",
      [
        .figure(
          .init(
            "rare-classes", title: "Sites of rare motifs",
            caption: "Classes with less than a tenth of the sites, and one confident example of each"
              + (rare.count > zoomed.count ? " of the \(zoomed.count) smallest." : ".")
              + (left > 0 ? " \(left) larger one\(left == 1 ? " is" : "s are") not shown." : ""), figure.drawing()))
      ])
  }

  /// More zooms than these are too small to be read.
  private static let mostZooms = 6
  /// Where rings stand around more than this share of the sites, they show no place.
  private static let largestShare = 0.25

  /// The rare classes that the figure shows: the smallest, which a person would overlook most, as long as most sites stay without a ring;
  /// in the order of all classes.
  package var shown: [Int] {
    let sizes = classes.sizes
    let most = Self.largestShare * Double(sizes.reduce(0, +))
    var (shown, ringed) = ([Int](), 0)
    for label in classes.rare.reversed() {
      ringed += sizes[label - 1]
      guard shown.isEmpty || Double(ringed) <= most else { break }
      shown.append(label)
    }
    return shown.reversed()
  }

  private var zoomSide: Double { min(Double(min(micrograph.width, micrograph.height)), 3 * patchSide) }

  /// A member of each class for its zoom: the most confident one whose zoom lies inside the image and off the zooms of the classes before;
  /// else the most confident one inside the image, else the most confident one.
  private func examples(of labels: [Int]) -> [Int?] {
    let half = zoomSide / 2
    var taken: [Point] = []
    return labels.map { label in
      let members = classes.members(of: label).sorted { (classes.confidence[$1], $0) < (classes.confidence[$0], $1) }
      let inside = members.filter { index in
        let place = sites[index].position
        return place.x >= half && place.y >= half && place.x < Double(micrograph.width) - half
          && place.y < Double(micrograph.height) - half
      }
      let free = inside.first { index in
        let place = sites[index].position
        return taken.allSatisfy { max(abs($0.x - place.x), abs($0.y - place.y)) >= zoomSide }
      }
      let example = free ?? inside.first ?? members.first
      if let example { taken.append(sites[example].position) }
      return example
    }
  }
}
