import TesseraNumerics

/// Where a part of an image lies in a drawing.
struct ImageFrame: Sendable {
  /// Upper left corner of the part, in pixels of the image, counted from the corner of the first pixel.
  let corner: Point
  /// Drawing units a pixel of the image.
  let scale: Double
  /// The part's place in the drawing.
  let box: Rectangle

  init(part: Rectangle, in box: Rectangle) {
    corner = Point(part.x, part.y)
    scale = box.width / part.width
    self.box = box
  }

  /// A place of the image (pixel centres at integers) in the drawing.
  func place(_ point: Point) -> Point {
    Point(box.x, box.y) + (point + Point(0.5, 0.5) - corner) * scale
  }

  /// Whether a place of the image, with what is drawn within `margin` units around it, shows in the frame.
  func shows(_ point: Point, margin: Double = 0) -> Bool { box.inset(by: -margin).contains(place(point)) }
}

/// Something drawn over an image. The same layer serves the whole image and every zoom into it.
protocol ImageLayer: Sendable {
  func draw(on canvas: Canvas, in frame: ImageFrame)
}
