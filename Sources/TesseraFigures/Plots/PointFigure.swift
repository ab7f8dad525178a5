import TesseraNumerics

/// Points over two axes, each in the colour and shape of its class.
public struct PointFigure: Sendable {
  /// Values in the units of the axes; points that are not finite are left out.
  public var points: [Point]
  /// The look of each point.
  public var styles: [ClassStyle]
  /// Horizontal axis; without a range of its own, it covers all points.
  public var x: Axis
  /// Vertical axis; without a range of its own, it covers all points.
  public var y: Axis
  /// One sentence for readers who do not see the picture.
  public var summary: String
  /// Width of the drawing, in drawing units.
  public var width = 460.0
  /// Height of the drawing, in drawing units.
  public var height = 280.0

  /// A plot of points, with one entry of `styles` for each.
  public init(points: [Point], styles: [ClassStyle], x: Axis, y: Axis, summary: String) {
    precondition(points.count == styles.count, "every point needs a look")
    (self.points, self.styles, self.x, self.y, self.summary) = (points, styles, x, y, summary)
  }

  /// The points over two axes, in the order given: the last lies on top. There is no legend.
  public func drawing() -> Drawing {
    let frame = PlotFrame(
      in: Rectangle(x: 0, y: 0, width: width, height: height), x: x, y: y,
      spanX: x.span(of: points.map(\.x), margin: 0.06), spanY: y.span(of: points.map(\.y), margin: 0.06))
    return Drawing(width: width, height: height, summary: summary) { canvas in
      frame.draw(on: canvas)
      for (point, style) in zip(points, styles) {
        let place = frame.place(point)
        guard place.x.isFinite && place.y.isFinite else { continue }
        canvas.addMarker(style.marker, at: place, radius: 3.2)
        canvas.fill(style.color, opacity: 0.85)
      }
    }
  }
}
