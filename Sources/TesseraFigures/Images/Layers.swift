import TesseraImaging
import TesseraNumerics

/// Polygons painted over an image: cells, domains, regions.
public struct PaintedPolygons: Sendable {
  /// Corners in pixels of the image.
  public var polygons: [[Point]]
  /// Fill of each polygon; nil draws the outline alone.
  public var colors: [Color?]
  /// 0 ... 1.
  public var opacity: Double

  /// Polygons with one entry of `colors` each; corners in pixels of the image.
  public init(polygons: [[Point]], colors: [Color?], opacity: Double = 0.5) {
    precondition(polygons.count == colors.count, "every polygon needs a colour or nil")
    (self.polygons, self.colors, self.opacity) = (polygons, colors, opacity)
  }

  /// Corners of the lattice cell with integer index (i, j): origin + i u + j v and its three neighbours.
  public static func cell(i: Int, j: Int, origin: Point, u: Point, v: Point) -> [Point] {
    let corner = origin + u * Double(i) + v * Double(j)
    return [corner, corner + u, corner + u + v, corner + v]
  }
}

extension PaintedPolygons: ImageLayer {
  func draw(on canvas: Canvas, in frame: ImageFrame) {
    let visible = polygons.indices.filter { index in polygons[index].contains { frame.shows($0, margin: 80) } }
    for index in visible where colors[index] == nil {
      canvas.addPolygon(polygons[index].map(frame.place))
      canvas.stroke(.white, width: 0.7, opacity: 0.35)
    }
    for index in visible {
      guard let color = colors[index] else { continue }
      canvas.addPolygon(polygons[index].map(frame.place))
      canvas.fill(color, opacity: opacity, keeping: true)
      canvas.stroke(color, width: 1.4)
    }
  }
}

/// Arrows over an image: displacements, polarisation, lattice vectors.
public struct ArrowField: Sendable {
  /// Where arrows begin, in pixels of the image.
  public var origins: [Point]
  /// In pixels of the image.
  public var vectors: [Point]
  /// Drawn length over true length.
  public var magnification: Double
  /// One for all, or one an arrow.
  public var colors: [Color]
  /// Pixel size for the key in the lower right corner; nil: the key is in pixels.
  public var calibration: Calibration?

  /// Arrows from `origins` along `vectors`, both in pixels of the image and of equal number. `colors` holds one
  /// colour, or one for each arrow.
  public init(origins: [Point], vectors: [Point], magnification: Double = 1, colors: [Color] = [Color(0xF0E442)]) {
    precondition(origins.count == vectors.count, "every arrow needs an origin and a vector")
    precondition(colors.count == 1 || colors.count == origins.count, "one colour for all arrows, or one each")
    (self.origins, self.vectors, self.magnification, self.colors) = (origins, vectors, magnification, colors)
  }
}

extension ArrowField: ImageLayer {
  func draw(on canvas: Canvas, in frame: ImageFrame) {
    defer { drawKey(on: canvas, in: frame) }
    for index in origins.indices where frame.shows(origins[index], margin: 40) {
      let start = frame.place(origins[index])
      let arrow = vectors[index] * magnification * frame.scale
      guard arrow.length > 0.5 else { continue }
      let color = colors[colors.count == 1 ? 0 : index]
      canvas.addArrow(from: start, to: start + arrow)
      canvas.fill(color, keeping: true)
      canvas.stroke(.black, width: 0.6, opacity: 0.6)
    }
  }
}

extension ArrowField {
  /// An arrow of a round length, drawn with the same magnification as the field.
  private func drawKey(on canvas: Canvas, in frame: ImageFrame) {
    let unit = magnification * frame.scale
    let key = ScaleBar(width: 4 * 70 / unit, calibration: calibration, minimum: 0)
    let (length, label) = (key.lengthInPixels * unit, key.label)
    let width = max(length, Font.strong.width(of: label)) + 20
    guard frame.box.width > 2 * width else { return }
    let plate = Rectangle(x: frame.box.maxX - width - 8, y: frame.box.maxY - 42, width: width, height: 34)
    canvas.addRoundedRectangle(plate, radius: 4)
    canvas.fill(.black, opacity: 0.62)
    canvas.text(label, at: Point(plate.centre.x, plate.y + 15), .strong, color: .white, anchor: .middle)
    let start = Point(plate.centre.x - length / 2, plate.maxY - 9)
    canvas.addArrow(from: start, to: start + Point(length, 0))
    canvas.fill(.white)
  }
}

extension Canvas {
  /// Adds the outline of an arrow to the path; its head keeps a readable size unless the arrow is shorter than that.
  func addArrow(from start: Point, to end: Point, shaft: Double = 1.8) {
    let whole = end - start
    let along = whole * (1 / max(whole.length, 1e-9))
    let across = Point(-along.y, along.x)
    let head = min(9, whole.length * 0.6)
    let neck = end - along * head
    let (half, wing) = (min(shaft / 2, head / 5), head * 0.42)
    addPolygon([
      start + across * half, neck + across * half, neck + across * wing, end, neck - across * wing,
      neck - across * half, start - across * half,
    ])
  }
}

/// Circles around places of an image, with short captions.
public struct CircleMarks: Sendable {
  /// Centres in pixels of the image.
  public var points: [Point]
  /// In pixels of the image.
  public var radius: Double
  /// Colour of the circles and their captions.
  public var color: Color
  /// Written beside the circles; empty, or one each.
  public var captions: [String]
  /// Draws broken lines without a dark rim, and also those circles whose centre lies outside the image.
  public var isDashed: Bool

  /// Circles of one radius around `points`, in pixels of the image; `captions` is empty or holds one for each circle.
  public init(
    points: [Point], radius: Double, color: Color = Color(0xE69F00), captions: [String] = [], isDashed: Bool = false
  ) {
    precondition(captions.isEmpty || captions.count == points.count, "captions for all circles or for none")
    (self.points, self.radius, self.color) = (points, radius, color)
    (self.captions, self.isDashed) = (captions, isDashed)
  }
}

extension CircleMarks: ImageLayer {
  func draw(on canvas: Canvas, in frame: ImageFrame) {
    let size = max(4, radius * frame.scale)
    for index in points.indices where frame.shows(points[index], margin: isDashed ? size : 0) {
      let centre = frame.place(points[index])
      canvas.addCircle(centre, radius: size)
      canvas.stroke(.black, width: 3, opacity: isDashed ? 0 : 0.45, keeping: true)
      canvas.stroke(color, width: 1.6, dash: isDashed ? [5, 4] : [])
      guard index < captions.count, !captions[index].isEmpty else { continue }
      canvas.tag(captions[index], at: centre + Point(size + 3, -size), color: color, inside: frame.box)
    }
  }
}

extension Canvas {
  /// A short text on a dark plate beginning at `place`, moved as far as needed to stay inside the box.
  func tag(_ text: String, at place: Point, color: Color, inside box: Rectangle) {
    let (width, height) = (Font.strong.width(of: text) + 8, 18.0)
    let x = max(box.x + 2, min(box.maxX - width - 2, place.x))
    let y = max(box.y + 2, min(box.maxY - height - 2, place.y - height / 2))
    addRoundedRectangle(Rectangle(x: x, y: y, width: width, height: height), radius: 3)
    fill(.black, opacity: 0.62)
    self.text(text, at: Point(x + 4, y + 13.5), .strong, color: color)
  }
}
