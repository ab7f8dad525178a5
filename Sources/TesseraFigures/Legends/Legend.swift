import TesseraNumerics

/// Entries in rows below a figure, wrapped at its width.
struct Legend: Sendable {
  var entries: [ClassStyle]
  var width: Double

  private static let rowHeight = 22.0
  private static let gap = 22.0

  private func caption(_ entry: ClassStyle) -> String {
    let name = Font.label.fitting(entry.name, within: min(520, width - 100))
    return entry.count.map { "\(name) (\(Number.count($0)))" } ?? name
  }

  /// Where each entry begins, and the height of all rows.
  private var places: (points: [Point], height: Double) {
    var points: [Point] = []
    var place = Point(0, 0)
    for entry in entries {
      let length = 20 + Font.label.width(of: caption(entry))
      if place.x > 0 && place.x + length > width { place = Point(0, place.y + Self.rowHeight) }
      points.append(place)
      place.x += length + Self.gap
    }
    return (points, entries.isEmpty ? 0 : place.y + Self.rowHeight)
  }

  var height: Double { places.height }

  func draw(on canvas: Canvas, at origin: Point) {
    for (entry, place) in zip(entries, places.points) {
      let centre = origin + place + Point(8, Self.rowHeight / 2)
      if entry.isOpen {
        canvas.addCircle(centre, radius: 5)
        canvas.strokeRing(entry.color)
      } else {
        canvas.addMarker(entry.marker, at: centre, radius: 5.5)
        canvas.fill(entry.color, keeping: true)
        canvas.stroke(.black, width: 0.8, opacity: 0.55)
      }
      canvas.text(caption(entry), at: centre + Point(12, Font.label.halfCapitalHeight))
    }
  }
}
