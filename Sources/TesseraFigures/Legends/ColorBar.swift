import TesseraNumerics

/// The colours of a map with their values, beside it.
struct ColorBar: Sendable {
  var map: ColorMap
  var limits: ClosedRange<Double>
  /// What the values are, with unit.
  var title: String

  private static let barWidth = 16.0

  private var ticks: Ticks { Ticks(covering: limits, atMost: 7) }

  /// Room for bar, numbers and the turned title.
  var width: Double { Self.barWidth + 10 + ticks.widestLabel + (title.isEmpty ? 0 : 24) }

  /// Draws the bar with its left edge at `x`, from `top` to `bottom`.
  func draw(on canvas: Canvas, x: Double, top: Double, bottom: Double) {
    let box = Rectangle(x: x, y: top, width: Self.barWidth, height: bottom - top)
    canvas.image(Raster(width: 1, height: 256, values: map.table().reversed()), in: box)
    canvas.addRectangle(box)
    canvas.stroke(.faintInk, width: 0.8)
    for (value, label) in zip(ticks.values, ticks.labels) {
      let y = bottom - (value - limits.lowerBound) / (limits.upperBound - limits.lowerBound) * box.height
      canvas.line(from: Point(box.maxX, y), to: Point(box.maxX + 4, y), .faintInk)
      canvas.text(label, at: Point(box.maxX + 7, y + Font.tick.halfCapitalHeight), .tick)
    }
    guard !title.isEmpty else { return }
    canvas.text(title, at: Point(x + width, box.centre.y), .label, anchor: .middle, turned: true)
  }
}
