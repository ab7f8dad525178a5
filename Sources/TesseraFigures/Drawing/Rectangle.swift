import TesseraNumerics

/// An upright rectangle of a drawing, in drawing units (pixels of a PNG at scale 1).
public struct Rectangle: Sendable, Equatable {
  /// Upper left corner (`x`, `y`) and size, in drawing units.
  public var x, y, width, height: Double

  /// A rectangle with the upper left corner (`x`, `y`); `y` runs down.
  public init(x: Double, y: Double, width: Double, height: Double) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  var maxX: Double { x + width }
  var maxY: Double { y + height }
  var centre: Point { Point(x + width / 2, y + height / 2) }

  /// Smaller by `margin` on each side.
  func inset(by margin: Double) -> Rectangle {
    Rectangle(x: x + margin, y: y + margin, width: width - 2 * margin, height: height - 2 * margin)
  }

  func contains(_ point: Point) -> Bool {
    point.x >= x && point.x <= maxX && point.y >= y && point.y <= maxY
  }
}
