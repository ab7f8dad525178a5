import TesseraImaging
import TesseraNumerics

/// An image with a scale bar and whatever lies over it: sites, cells, arrows; beside it zooms and a colour bar,
/// below it a legend.
public struct ImageFigure: Sendable {
  /// Pixels of the image; those that are not finite are drawn in pale grey.
  public var image: Raster<Float>
  /// Nil: the scale bar is in pixels.
  public var calibration: Calibration?
  /// One sentence for readers who do not see the picture.
  public var summary: String
  /// Colours of the intensities, from the lower to the upper limit of `contrast`.
  public var colorMap = ColorMap.gray
  /// Intensities that take the first and the last colour.
  public var contrast = Contrast.standard
  /// How far the image fades towards the map's first colour so that what lies over it stands out; 0 ... 0.95.
  public var dimming = 0.0
  /// Draws a scale bar in the lower left corner of the image and of each zoom.
  public var showsScaleBar = true
  /// Pixels of the micrograph along the side of one of `image`, 1 or more: a scale bar without a calibration counts the micrograph's.
  public var thinning = 1.0
  /// In the lower right corner, where the lower left one shows something else.
  public var scaleBarIsRight = false
  /// Entries of the legend below the image; empty: no legend.
  public var legend: [ClassStyle] = []
  /// Shows the colour map with this title; nil shows none.
  public var colorBarTitle: String?
  /// Enlarged parts, in columns to the right of the image.
  public var zooms: [Zoom] = []
  /// Colours over the regions of the image; nil: none.
  public var tint: RegionTint?
  /// Width of the image in the drawing; a tall image is scaled to at most this height.
  public var width = 880.0
  var layers: [any ImageLayer] = []

  /// A square part of the image, shown larger on the right and framed in the image.
  public struct Zoom: Sendable {
    /// In pixels of the image.
    public var centre: Point
    /// In pixels of the image; positive.
    public var side: Double
    /// Written in the zoom; may be empty. A first word of at most three characters also names the frame in the image.
    public var caption: String
    /// Of the frames.
    public var color: Color

    /// A zoom into the square of `side` pixels around `centre`, both in pixels of the image.
    public init(centre: Point, side: Double, caption: String, color: Color = Color(0xF0E442)) {
      (self.centre, self.side, self.caption, self.color) = (centre, side, caption, color)
    }
  }

  /// A figure of the image alone, in grey. The image must hold at least one pixel.
  public init(_ image: Raster<Float>, calibration: Calibration?, summary: String) {
    precondition(image.width > 0 && image.height > 0, "a figure needs pixels")
    (self.image, self.calibration, self.summary) = (image, calibration, summary)
  }

  /// A figure of a micrograph, with its calibration.
  public init(_ micrograph: Micrograph, summary: String) {
    self.init(micrograph.pixels, calibration: micrograph.calibration, summary: summary)
  }

  /// The figure with one more layer on top.
  public func adding(_ layer: SiteMarkers) -> ImageFigure { with { $0.layers.append(layer) } }
  /// The figure with polygons as its topmost layer.
  public func adding(_ layer: PaintedPolygons) -> ImageFigure { with { $0.layers.append(layer) } }
  /// The figure with arrows as its topmost layer.
  public func adding(_ layer: ArrowField) -> ImageFigure { with { $0.layers.append(layer) } }
  /// The figure with circles as its topmost layer.
  public func adding(_ layer: CircleMarks) -> ImageFigure { with { $0.layers.append(layer) } }
  /// The figure with the sign for its axes as its topmost layer.
  public func adding(_ layer: AxisMarks) -> ImageFigure { with { $0.layers.append(layer) } }

  private func with(_ change: (inout ImageFigure) -> Void) -> ImageFigure {
    var copy = self
    change(&copy)
    return copy
  }

  /// Cost: one pass over the image's pixels, when it is drawn.
  public func drawing() -> Drawing {
    let plan = Plan(of: self)
    let limits = contrast.limits(of: image)
    // All the image's own pixels, as long as a file stays below 1,600 pixels per row.
    let naturalScale = max(1, min(Double(image.width), 1600) / plan.size.x)
    return Drawing(width: plan.size.x, height: plan.size.y, naturalScale: naturalScale, summary: summary) { canvas in
      drawImage(part: plan.wholePart, in: plan.image, limits: limits, on: canvas)
      for (zoom, place) in zip(zooms, plan.zooms) { draw(zoom, in: place, limits: limits, on: canvas) }
      for (zoom, place) in zip(zooms, plan.zooms) where zooms.count > 1 || !zoom.caption.isEmpty {
        mark(zoom, named: zoom.caption, shownIn: place, frame: plan.image, on: canvas)
      }
      if let colorBarTitle {
        ColorBar(map: colorMap, limits: limits, title: colorBarTitle)
          .draw(on: canvas, x: plan.image.maxX + 14, top: plan.image.y + 6, bottom: plan.image.maxY - 6)
      }
      Legend(entries: legend, width: plan.size.x - 2).draw(on: canvas, at: Point(1, plan.legendTop))
    }
  }

  /// What has no value: darker than the white of zero in a signed map, paler than what is dark in others.
  private var missing: Color { colorMap == .diverging ? .neutral : Color(0xE9ECEF) }

  private func scaleBar(width: Double) -> ScaleBar {
    guard calibration == nil else { return ScaleBar(width: width, calibration: calibration) }
    let bar = ScaleBar(width: width * thinning, calibration: nil)
    return ScaleBar(lengthInPixels: bar.lengthInPixels / thinning, label: bar.label)
  }

  private func drawImage(part: Rectangle, in box: Rectangle, limits: ClosedRange<Double>, on canvas: Canvas) {
    let (columns, rows) = (
      Int(saturating: (box.width * canvas.resolution).rounded()),
      Int(saturating: (box.height * canvas.resolution).rounded())
    )
    let sampled = resampled(image, part: part, width: columns, height: rows)
    // A higher white point darkens the image without another pass over its pixels.
    let white = limits.lowerBound + (limits.upperBound - limits.lowerBound) / (1 - max(0, min(0.95, dimming)))
    let pixels = colored(
      sampled, limits: limits.lowerBound...white, map: colorMap, levels: colorMap == .gray ? 64 : 256,
      missing: missing)
    canvas.image(tint?.applied(to: pixels, part: part) ?? pixels, in: box)
    let frame = ImageFrame(part: part, in: box)
    canvas.clipped(to: box) {
      for layer in layers { layer.draw(on: canvas, in: frame) }
    }
    if showsScaleBar {
      scaleBar(width: part.width).draw(on: canvas, in: frame, isRight: scaleBarIsRight)
    }
  }

  private func draw(_ zoom: Zoom, in box: Rectangle, limits: ClosedRange<Double>, on canvas: Canvas) {
    let part = Rectangle(
      x: zoom.centre.x + 0.5 - zoom.side / 2, y: zoom.centre.y + 0.5 - zoom.side / 2, width: zoom.side,
      height: zoom.side)
    drawImage(part: part, in: box, limits: limits, on: canvas)
    canvas.addRectangle(box)
    canvas.stroke(zoom.color, width: 2.5)
    if !zoom.caption.isEmpty {
      let text = Font.strong.fitting(zoom.caption, within: box.width - 20)
      canvas.tag(text, at: Point(box.x + 6, box.y + 15), color: .white, inside: box)
    }
  }

  /// Frames a zoom's part in the whole image.
  private func mark(_ zoom: Zoom, named name: String, shownIn place: Rectangle, frame box: Rectangle, on canvas: Canvas)
  {
    let frame = ImageFrame(
      part: Rectangle(x: 0, y: 0, width: Double(image.width), height: Double(image.height)), in: box)
    let side = max(10, zoom.side * frame.scale)
    let centre = frame.place(zoom.centre)
    let outline = Rectangle(x: centre.x - side / 2, y: centre.y - side / 2, width: side, height: side)
    canvas.clipped(to: box) {
      canvas.addRectangle(outline)
      canvas.stroke(.black, width: 4, opacity: 0.5, keeping: true)
      canvas.stroke(zoom.color, width: 2)
      // The first word of the caption names the frame in the image.
      let letter = String(name.prefix { $0 != " " })
      if letter.count <= 3 && !letter.isEmpty {
        canvas.tag(letter, at: Point(outline.maxX + 3, outline.y + 9), color: zoom.color, inside: box)
      }
    }
  }

  /// Where the parts of the figure lie.
  private struct Plan {
    var size: Point
    var image: Rectangle
    var wholePart: Rectangle
    var zooms: [Rectangle] = []
    var legendTop: Double

    init(of figure: ImageFigure) {
      let (columns, rows) = (Double(figure.image.width), Double(figure.image.height))
      wholePart = Rectangle(x: 0, y: 0, width: columns, height: rows)
      // A very tall image would fill several screens.
      let width = min(figure.width, (figure.width * 1.1 * columns / rows).rounded(), max(320, columns * 16))
      let height = max(1, (width * rows / columns).rounded())
      image = Rectangle(x: 0, y: 0, width: width, height: height)
      size = Point(width, height)
      if !figure.zooms.isEmpty {
        // As many rows as keep the zooms about a quarter of the image's height, but never tiny.
        let perColumn = max(1, min(figure.zooms.count, Int(saturating: (height + 8) / 200)))
        let side = max(120, min(300, ((height + 8) / Double(perColumn)).rounded(.down) - 8))
        for index in figure.zooms.indices {
          let place = Point(width + 10 + Double(index / perColumn) * (side + 8), Double(index % perColumn) * (side + 8))
          zooms.append(Rectangle(x: place.x, y: place.y, width: side, height: side))
          size = pointwiseMax(size, place + Point(side, side) + Point(2, 2))
        }
      }
      if let title = figure.colorBarTitle {
        let limits = figure.contrast.limits(of: figure.image)
        size.x = max(size.x, width + 14 + ColorBar(map: figure.colorMap, limits: limits, title: title).width + 4)
      }
      legendTop = size.y + (figure.legend.isEmpty ? 0 : 8)
      size.y = legendTop + Legend(entries: figure.legend, width: size.x - 2).height
    }
  }
}
