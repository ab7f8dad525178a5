import TesseraFigures
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// The micrograph, and every site on it.
package struct ColumnsChapter: Sendable {
  package var micrograph: Micrograph
  package var sites: Sites
  /// One label per site; nil draws all sites alike.
  package var classes: Classes?
  /// One point per site, NaN where it has none; nil: no layout.
  package var layout: Layout?
  /// Numbers of the classes in the tables; nil: 1, 2, ...
  package var numbers: [String]?

  /// Added to the caption of the micrograph, with a space before it; may be empty.
  package var note = ""
  /// Labels drawn into the pixels; the scale bar keeps away from them.
  package var burnedInLabels: [BurnedInLabels.Box]

  package init(
    micrograph: Micrograph, sites: Sites, classes: Classes?, layout: Layout? = nil, numbers: [String]? = nil,
    burnedInLabels: [BurnedInLabels.Box] = []
  ) {
    (self.micrograph, self.sites, self.classes) = (micrograph, sites, classes)
    (self.layout, self.numbers) = (layout, numbers)
    self.burnedInLabels = burnedInLabels
  }

  package var section: ReportDocument.Section {
    .init("Columns", [.explorer(explorer), .figure(plain), .figure(overlay)])
  }

  private var explorer: ReportDocument.Explorer {
    let styles = styles
    // As the figure of the layout shows them: points that coincide are moved apart.
    let places = layout.map { layout in
      ScatterFigure(points: layout.points, labels: layout.points.map { _ in 0 }, styles: [], summary: "").places
    }
    let sites = sites.sites.enumerated().map { index, site in
      let place = places?[index]
      var entry = ReportDocument.Explorer.Site(
        position: site.position, layout: place.flatMap { $0.x.isFinite && $0.y.isFinite ? $0 : nil },
        height: site.kind == .vacant ? .nan : site.amplitude, isVacant: site.kind == .vacant,
        label: classes?.labels[index] ?? 1, confidence: classes?.confidence[index] ?? .nan)
      entry.isOutside = site.kind == .outside
      return entry
    }
    return .init(
      image: micrograph.pixels, calibration: micrograph.calibration, sites: sites, styles: styles,
      numbers: numbers ?? styles.indices.map { String($0 + 1) })
  }

  private var styles: [ClassStyle] {
    classes?.styles ?? [ClassStyle(name: "column", count: sites.columnCount, color: Color(0xE69F00))]
  }

  private var lowerLeftIsTaken: Bool {
    burnedInLabels.contains { 2 * $0.x < micrograph.width && 2 * ($0.y + $0.height) > micrograph.height }
  }

  private var plain: ReportDocument.Figure {
    var figure = ImageFigure(micrograph, summary: "The micrograph \(micrograph.name)")
    figure.width = 640
    figure.scaleBarIsRight = lowerLeftIsTaken
    return .init(
      "micrograph", title: "The micrograph",
      caption: "\(micrograph.width) × \(micrograph.height) pixels\(fieldOfView), shown between the 0.2 and 99.8 % "
        + "quantiles of its intensities.\(note)", figure.drawing())
  }

  private var fieldOfView: String {
    guard let calibration = micrograph.calibration else { return " (pixel size unknown)" }
    let size = calibration.nanometres(Point(Double(micrograph.width), Double(micrograph.height)))
    return " (\(Number.short(size.x, digits: 3)) × \(Number.short(size.y, digits: 3)) nm)"
  }

  private var overlay: ReportDocument.Figure {
    let styles = styles
    let labels = classes?.labels ?? [Int](repeating: 1, count: sites.count)
    var markers = SiteMarkers(points: sites.positions, labels: labels, styles: styles)
    if let radius = openRadius(besides: markers) { (markers.style, markers.radius) = (.rings, radius) }
    let unclassified = zip(labels, sites.sites).count { $0 < 1 && $1.kind != .outside }
    var figure = ImageFigure(
      micrograph, summary: "\(Number.count(sites.count)) sites on the micrograph, coloured by class")
    figure.dimming = 0.35
    figure.width = 660
    figure.scaleBarIsRight = lowerLeftIsTaken
    figure.legend = classes?.legend ?? styles
    if unclassified > 0 {
      var look = ClassStyle.unclassified
      look.count = unclassified
      figure.legend.append(look)
    }
    if markers.style == .rings {
      for index in figure.legend.indices { figure.legend[index].isOpen = true }
    }
    figure.zooms = [ImageFigure.Zoom(centre: liveliestPlace, side: detailSide, caption: "detail")]
    let empty = sites.sites.filter { $0.kind == .vacant }
    var vacantLook = ClassStyle(name: "vacant node", color: Color(0xFFFFFF))
    vacantLook.count = empty.count
    let rings = SiteMarkers(
      points: empty.map(\.position), labels: empty.map { _ in 1 }, styles: [vacantLook], style: .rings,
      radius: sites.meanSpacing.map { Self.ringShare * $0 })
    vacantLook.isOpen = true
    if !empty.isEmpty { figure.legend.append(vacantLook) }
    return .init(
      "columns", title: "Every site by class",
      caption: (markers.style == .rings
        ? "Each class has its own colour; rings of rare classes are drawn on top. "
        : "Each class has its own colour and marker; markers of rare classes are drawn on top. ")
        + (empty.isEmpty
          ? ""
          : "White rings: \(Number.count(empty.count)) lattice node\(empty.count == 1 ? "" : "s") without a column. ")
        + (styles.count > ClassStyle.colorCount
          ? "The legend names the largest classes; \(styles.count - ClassStyle.colorCount) smaller ones are drawn as well. "
          : "")
        + (unclassified > 0
          ? "Grey: not classified, because the patch would leave the image or matches no class." : ""),
      (empty.isEmpty ? figure.adding(markers) : figure.adding(markers).adding(rings)).drawing())
  }

  /// The radius of rings around the columns, in pixels; nil where filled markers do. Markers grow with the distance of the sites: where they
  /// are as wide as two standard deviations of a column, as those of atoms far apart, they would hide all of it and its surroundings.
  private func openRadius(besides markers: SiteMarkers) -> Double? {
    let sigmas = sites.sites.filter { $0.kind == .column && $0.sigmaMajor > 0 }.map(\.sigmaMajor)
    guard !sigmas.isEmpty, let radius = markers.radius else { return nil }
    let sigma = Statistics.median(sigmas)
    return radius > Self.hiddenPart * sigma ? Self.openShare * sigma : nil
  }

  /// Standard deviations of a column that hold nearly all of it, and the radius of a ring that lies outside.
  private static let (hiddenPart, openShare) = (2.0, 3.0)

  /// Radius of a ring around a vacant node, in mean spacings: outside the marker of its class.
  private static let ringShare = 0.42

  /// About eight spacings, or a fifth of the image where there is no spacing.
  private var detailSide: Double {
    let shorter = Double(min(micrograph.width, micrograph.height))
    return min(shorter, max(24, 8 * (sites.meanSpacing ?? shorter / 40)))
  }

  /// Where a window of the zoom's size holds the most classes, and most rare sites among those: worth a look. Without rare
  /// sites the middle, unless it is emptier than other places.
  private var liveliestPlace: Point {
    let middle = Point(Double(micrograph.width - 1) / 2, Double(micrograph.height - 1) / 2)
    guard let classes, !sites.sites.isEmpty else { return middle }
    let (positions, half) = (sites.positions, detailSide / 2)
    let size = Point(Double(micrograph.width), Double(micrograph.height))
    let index = PlanarIndex(positions)
    let rare = Set(classes.rare)
    func hasRoom(_ place: Point) -> Bool {
      place.x > half && place.y > half && place.x < size.x - half && place.y < size.y - half
    }
    // Around rare sites only, and around few of them: one good place is enough.
    let candidates = positions.indices.filter { rare.contains(classes.labels[$0]) }.prefix(200)
    guard !candidates.isEmpty else {
      func company(_ place: Point) -> Int { index.neighbours(of: place, within: half).count }
      let some = stride(from: 0, to: positions.count, by: 1 + positions.count / 200).map { positions[$0] }
      let fullest = some.filter(hasRoom).max { company($0) < company($1) } ?? middle
      return Double(company(middle)) < 0.7 * Double(company(fullest)) ? fullest : middle
    }
    var (best, score) = (middle, (0, 0))
    for site in candidates where hasRoom(positions[site]) {
      let place = positions[site]
      let labels = index.neighbours(of: place, within: half).map { classes.labels[$0] }
      let found = (Set(labels).count, labels.count { rare.contains($0) })
      if found > score { (best, score) = (place, found) }
    }
    return best
  }
}
