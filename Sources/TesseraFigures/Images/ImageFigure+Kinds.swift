import TesseraImaging
import TesseraNumerics

extension ImageFigure {
  /// A map of a signed quantity, symmetric about zero: strain, rotation, a residual.
  ///
  /// - Parameters:
  ///   - values: one per pixel; NaN where unknown.
  ///   - calibration: size of a pixel, for the scale bar; nil: the bar is in pixels.
  ///   - title: the quantity with its unit.
  ///   - limit: value of the last colour; nil takes the 99 % quantile of the absolute values.
  ///   - summary: one sentence for readers who do not see the picture.
  public static func signedMap(
    _ values: Raster<Float>, calibration: Calibration?, title: String, limit: Double? = nil, summary: String
  ) -> ImageFigure {
    var figure = ImageFigure(values, calibration: calibration, summary: summary)
    figure.colorMap = .diverging
    figure.contrast = limit.map { .range(-$0, $0) } ?? .symmetric(0.99)
    figure.colorBarTitle = title
    return figure
  }

  /// Where the members of rare classes lie, as rings on the darkened image, with one zoom per class.
  ///
  /// - Parameters:
  ///   - micrograph: the image below the rings.
  ///   - sites: places, classes and looks of all sites; rings mark those of `classes`.
  ///   - classes: classes to show, 1 ... `sites.styles.count`.
  ///   - examples: for each of them, the index of the site to zoom in on; nil shows no zoom. At most eight are readable.
  ///   - zoomSide: side of each zoom, in pixels of the image.
  ///   - summary: one sentence for readers who do not see the picture.
  public static func rareClasses(
    of micrograph: Micrograph, sites: SiteMarkers, classes: [Int], examples: [Int?], zoomSide: Double, summary: String
  ) -> ImageFigure {
    precondition(classes.count == examples.count, "one example, or nil, a class")
    var figure = ImageFigure(micrograph, summary: summary)
    figure.dimming = 0.3
    figure.width = 640
    figure.legend = classes.map { label in
      var look = sites.styles[label - 1]
      look.isOpen = true
      return look
    }
    let zoomed = zip(classes, examples).compactMap { label, site in site.map { (label: label, site: $0) } }
    figure.zooms = zoomed.enumerated().map { order, pair in
      let (look, site) = (sites.styles[pair.label - 1], pair.site)
      let letter = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(order % 26)))
      return Zoom(centre: sites.points[site], side: zoomSide, caption: "\(letter) \(look.name)", color: look.color)
    }
    return figure.adding(
      SiteMarkers(
        points: sites.points, labels: sites.labels, styles: sites.styles, style: .rings, shownClasses: Set(classes)))
  }
}
