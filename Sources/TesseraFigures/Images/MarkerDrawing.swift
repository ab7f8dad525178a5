import Foundation
import TesseraNumerics

extension Canvas {
  /// Adds the outline of a marker to the path. All shapes cover about the same area as a circle of this radius.
  func addMarker(_ marker: Marker, at centre: Point, radius: Double) {
    if radius < 1.6 {
      // Too small for a shape to show.
      addRectangle(Rectangle(x: centre.x - radius, y: centre.y - radius, width: 2 * radius, height: 2 * radius))
      return
    }
    if marker == .circle {
      addCircle(centre, radius: radius)
    } else {
      addPolygon(marker.corners.map { centre + $0 * radius })
    }
  }
}

extension Canvas {
  /// Draws the path as an open ring with a dark rim, which is seen on light and on dark grounds.
  func strokeRing(_ color: Color) {
    stroke(.black, width: 3.6, opacity: 0.5, keeping: true)
    stroke(color, width: 2)
  }
}

extension Marker {
  /// Corners about (0, 0) for radius 1; those of a fine polygon for the circle.
  package var corners: [Point] {
    func polygon(_ count: Int, radius: Double, turned: Double) -> [Point] {
      (0..<count).map { Point(0, -radius).rotated(by: turned + 2 * .pi * Double($0) / Double(count)) }
    }
    switch self {
    case .circle: return polygon(24, radius: 1, turned: 0)
    case .square: return polygon(4, radius: 1.26, turned: .pi / 4)
    case .triangle: return polygon(3, radius: 1.45, turned: 0)
    case .invertedTriangle: return polygon(3, radius: 1.45, turned: .pi)
    case .diamond: return polygon(4, radius: 1.3, turned: 0)
    case .pentagon: return polygon(5, radius: 1.15, turned: 0)
    case .hexagon: return polygon(6, radius: 1.1, turned: 0)
    case .plus, .cross:
      let (long, short) = (1.3, 0.42)
      let quarter = [Point(short, -short), Point(short, -long), Point(-short, -long)]
      let turned = self == .cross ? Double.pi / 4 : 0
      return (0..<4).flatMap { side in quarter.map { $0.rotated(by: turned - Double(side) * .pi / 2) } }
    }
  }
}
