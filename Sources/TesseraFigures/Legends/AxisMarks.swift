import Foundation
import TesseraNumerics

/// A sign in the lower right corner of a map that says which way its axes point, or which turn counts as positive.
public struct AxisMarks: Sendable, Equatable {
  /// What the sign shows.
  public enum Kind: Sendable, Equatable {
    /// Two arrows: the first axis this far from +x (right) towards +y (down), in radians, the second a quarter turn on.
    case axes(angle: Double)
    /// An arc from +x towards +y: clockwise.
    case turn
  }
  /// Directions of the axes, or the positive sense of rotation.
  public var kind: Kind

  /// A sign that shows the axes or the positive sense of rotation.
  public init(_ kind: Kind) { self.kind = kind }
}

extension AxisMarks: ImageLayer {
  func draw(on canvas: Canvas, in frame: ImageFrame) {
    let side = 54.0
    guard min(frame.box.width, frame.box.height) > 3 * side else { return }
    let plate = Rectangle(x: frame.box.maxX - side - 8, y: frame.box.maxY - side - 8, width: side, height: side)
    canvas.addRoundedRectangle(plate, radius: 4)
    canvas.fill(.black, opacity: 0.62)
    switch kind {
    case .axes(let angle):
      let (first, second) = (Point(1, 0).rotated(by: angle), Point(0, 1).rotated(by: angle))
      let names = abs(sin(angle)) < 1e-9 && cos(angle) > 0 ? ["x", "y"] : ["x′", "y′"]
      // The corner of both arrows lies where their middle is that of the plate.
      let corner = plate.centre - (first + second) * 15
      for (direction, name) in zip([first, second], names) {
        canvas.addArrow(from: corner, to: corner + direction * 28)
        canvas.fill(.white)
        let place = corner + direction * 22 + (first + second - direction) * 9
        canvas.text(name, at: place + Point(0, 4), .strong, color: .white, anchor: .middle)
      }
    case .turn:
      let (centre, radius) = (plate.centre, 15.0)
      let arc = (0...24).map { centre + Point(radius, 0).rotated(by: -2.2 + 3.4 * Double($0) / 24) }
      canvas.addPolygon(arc, closed: false)
      canvas.stroke(.white, width: 1.8)
      let end = Point(radius, 0).rotated(by: 1.2)
      let along = Point(-end.y, end.x) / radius
      canvas.addArrow(from: centre + end - along * 1, to: centre + end + along * 9)
      canvas.fill(.white)
      canvas.text("+", at: centre + Point(0, 5), .strong, color: .white, anchor: .middle)
    }
  }
}
