import TesseraNumerics

/// Curves over a common axis, with marked values: radial power spectra, energies, scores against a parameter.
public struct LineFigure: Sendable {
  /// One curve.
  public struct Curve: Sendable {
    /// In the legend when there are several curves.
    public var name: String
    public var points: [Point]
    public var color: Color

    public init(name: String, points: [Point], color: Color = Color(0x0072B2)) {
      (self.name, self.points, self.color) = (name, points, color)
    }
  }

  /// A value on the horizontal axis that matters, drawn as a dashed line.
  public struct Mark: Sendable {
    public var value: Double
    public var label: String
    public var color: Color

    public init(at value: Double, label: String, color: Color = Color(0xD55E00)) {
      (self.value, self.label, self.color) = (value, label, color)
    }
  }

  public var curves: [Curve]
  public var marks: [Mark]
  public var x: Axis
  public var y: Axis
  public var summary: String
  public var width = 560.0
  public var height = 340.0

  public init(curves: [Curve], marks: [Mark] = [], x: Axis, y: Axis, summary: String) {
    (self.curves, self.marks, self.x, self.y, self.summary) = (curves, marks, x, y, summary)
  }

  public func drawing() -> Drawing {
    let legend = Legend(
      entries: curves.count > 1 ? curves.map { ClassStyle(name: $0.name, color: $0.color, marker: .square) } : [],
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
