import TesseraNumerics

/// Curves over a common axis, with marked values: radial power spectra, energies, scores against a parameter.
public struct LineFigure: Sendable {
  /// One curve.
  public struct Curve: Sendable {
    /// In the legend when there are several curves.
    public var name: String
    /// Values in the units of the axes, joined in this order; the curve has a gap where a coordinate is not finite, or
    /// not positive on a logarithmic axis.
    public var points: [Point]
    /// Colour of the curve and of its entry in the legend.
    public var color: Color

    /// A curve through points in the units of the axes.
    public init(name: String, points: [Point], color: Color = Color(0x0072B2)) {
      (self.name, self.points, self.color) = (name, points, color)
    }
  }

  /// A value on the horizontal axis that matters, drawn as a dashed line.
  public struct Mark: Sendable {
    /// Position on the horizontal axis, in its unit.
    public var value: Double
    /// Written beside the line.
    public var label: String
    /// Colour of the line and its label.
    public var color: Color

    /// A broken line at a value of the horizontal axis.
    public init(at value: Double, label: String, color: Color = Color(0xD55E00)) {
      (self.value, self.label, self.color) = (value, label, color)
    }
  }

  /// Curves from back to front; a legend names them if there are several.
  public var curves: [Curve]
  /// Values of the horizontal axis marked by broken lines.
  public var marks: [Mark]
  /// Horizontal axis; without a range of its own, it covers all curves and marks.
  public var x: Axis
  /// Vertical axis; without a range of its own, it covers all curves.
  public var y: Axis
  /// One sentence for readers who do not see the picture.
  public var summary: String
  /// Whether several curves have a legend.
  public var hasLegend = true
  /// Width of the drawing, in drawing units.
  public var width = 560.0
  /// Height of the plot in drawing units, without the legend below it.
  public var height = 340.0

  /// A plot of curves over two axes.
  public init(curves: [Curve], marks: [Mark] = [], x: Axis, y: Axis, summary: String) {
    (self.curves, self.marks, self.x, self.y, self.summary) = (curves, marks, x, y, summary)
  }

  /// The plot, with a legend below it if there are several curves.
  public func drawing() -> Drawing {
    let legend = Legend(
      entries: curves.count > 1 && hasLegend
        ? curves.map { ClassStyle(name: $0.name, color: $0.color, marker: .square) } : [],
      width: width - 8)
    let points = curves.flatMap(\.points)
    let frame = PlotFrame(
      in: Rectangle(x: 0, y: 0, width: width, height: height), x: x, y: y,
      spanX: x.span(of: points.map(\.x) + marks.map(\.value), margin: 0),
      spanY: y.span(of: points.map(\.y), margin: 0.06))
    return Drawing(width: width, height: height + legend.height, summary: summary) { canvas in
      frame.draw(on: canvas)
      canvas.clipped(to: frame.box.inset(by: -2)) {
        for curve in curves { draw(curve, in: frame, on: canvas) }
        for (index, mark) in marks.enumerated() { mark.draw(row: index, in: frame, on: canvas) }
      }
      legend.draw(on: canvas, at: Point(4, height))
    }
  }

  /// Gaps where a value is not finite, or not positive on a logarithmic axis.
  private func draw(_ curve: Curve, in frame: PlotFrame, on canvas: Canvas) {
    var run: [Point] = []
    for point in curve.points.map(frame.place) + [Point(.nan, .nan)] {
      if point.x.isFinite && point.y.isFinite {
        run.append(point)
      } else {
        canvas.addPolygon(run, closed: false)
        run = []
      }
    }
    canvas.stroke(curve.color, width: 2)
  }
}

extension LineFigure.Mark {
  /// The label stands on the side with more room, each mark's in a row of its own.
  func draw(row: Int, in frame: PlotFrame, on canvas: Canvas) {
    let place = frame.placeX(value)
    canvas.line(from: Point(place, frame.box.y), to: Point(place, frame.box.maxY), color, width: 1.6, dash: [6, 4])
    let length = Font.strong.width(of: label)
    let y = frame.box.y + 16 + Double(row) * 19
    let x = place > frame.box.centre.x ? place - 7 - length : place + 7
    canvas.addRectangle(Rectangle(x: x - 3, y: y - 13, width: length + 6, height: 18))
    canvas.fill(.white, opacity: 0.8)
    canvas.text(label, at: Point(x, y), .strong, color: color)
  }
}
