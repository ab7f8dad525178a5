import TesseraNumerics

/// Points over two axes, each in the colour and shape of its class.
public struct PointFigure: Sendable {
  public var points: [Point]
  /// The look of each point.
  public var styles: [ClassStyle]
  public var x: Axis
  public var y: Axis
  public var summary: String
  public var width = 460.0
  public var height = 280.0

  public init(points: [Point], styles: [ClassStyle], x: Axis, y: Axis, summary: String) {
    precondition(points.count == styles.count, "every point needs a look")
    (self.points, self.styles, self.x, self.y, self.summary) = (points, styles, x, y, summary)
  }

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
