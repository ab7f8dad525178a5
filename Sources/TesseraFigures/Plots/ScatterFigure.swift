import TesseraNumerics

/// Points of the plane coloured by class: a layout of features.
public struct ScatterFigure: Sendable {
  /// Both axes have the same scale.
  public var points: [Point]
  /// Class of each point, 1 ... `styles.count`; 0 for none.
  public var labels: [Int]
  public var styles: [ClassStyle]
  public var summary: String
  /// Writes each class' name above its points.
  public var namesClasses = true
  public var width = 620.0

  public init(points: [Point], labels: [Int], styles: [ClassStyle], summary: String) {
    precondition(points.count == labels.count, "every point needs a label")
    (self.points, self.labels, self.styles, self.summary) = (points, labels, styles, summary)
  }

  public func drawing() -> Drawing {
    let hasUnclassified = zip(points, labels).contains { place, label in
      place.x.isFinite && place.y.isFinite && (label < 1 || label > styles.count)
    }
    let legend = Legend(entries: styles + (hasUnclassified ? [.unclassified] : []), width: width - 8)
    let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
    var (low, high) = (finite.first ?? .zero, finite.first ?? .zero)
    for point in finite {
      low = pointwiseMin(low, point)
      high = pointwiseMax(high, point)
    }
    let margin = 26.0
    let extent = pointwiseMax(high - low, Point(1e-9, 1e-9))
    let height = max(0.45, min(1, extent.y / extent.x)) * (width - 2 * margin) + 2 * margin
    let scale = min((width - 2 * margin) / extent.x, (height - 2 * margin) / extent.y)
    let middle = (low + high) * 0.5
    let box = Rectangle(x: 0, y: 0, width: width, height: height.rounded())
    let places = points.map { box.centre + ($0 - middle) * scale }
    return Drawing(width: width, height: box.height + legend.height + 8, summary: summary) { canvas in
      canvas.addRoundedRectangle(box.inset(by: 0.5), radius: 6)
      canvas.stroke(.rule)
      drawPoints(at: places, on: canvas)
      if namesClasses { drawNames(at: places, in: box, on: canvas) }
      legend.draw(on: canvas, at: Point(4, box.maxY + 8))
    }
  }

  private func drawPoints(at places: [Point], on canvas: Canvas) {
    // Smaller when there are many, so that dense clouds keep their shape.
    let radius = max(1.5, min(4.5, 90 / Double(max(1, points.count)).squareRoot() + 0.9))
    var members = [[Int]](repeating: [], count: styles.count + 1)
    for index in points.indices where places[index].x.isFinite && places[index].y.isFinite {
      members[labels[index] <= styles.count ? max(0, labels[index]) : 0].append(index)
    }
    for label in members.indices.sorted(by: { (members[$1].count, $0) < (members[$0].count, $1) }) {
      let look = label > 0 ? styles[label - 1] : .unclassified
      for start in stride(from: 0, to: members[label].count, by: 64) {
        for index in members[label][start..<min(start + 64, members[label].count)] {
          canvas.addMarker(look.marker, at: places[index], radius: radius)
        }
        canvas.fill(look.color, opacity: 0.8, keeping: radius > 2.4)
        if radius > 2.4 { canvas.stroke(look.color.mixed(with: .black, 0.45), width: 0.6, opacity: 0.7) }
      }
    }
  }

  /// Names above the upper ends of the clouds, moved up or down until none overlaps another; those that find no place are left out
  /// (the legend has them all).
  private func drawNames(at places: [Point], in box: Rectangle, on canvas: Canvas) {
    var taken: [Rectangle] = []
    for label in 1...max(1, styles.count) where label <= styles.count {
      let members = places.indices.filter { labels[$0] == label && places[$0].x.isFinite && places[$0].y.isFinite }
      guard !members.isEmpty else { continue }
      let centre = Point(
        Statistics.median(members.map { places[$0].x }), Statistics.quantile(members.map { places[$0].y }, 0.02) - 14)
      let text = Font.strong.fitting(styles[label - 1].name, within: 160)
      let width = Font.strong.width(of: text) + 10
      let steps = [0.0, -20, 20, -40, 40, -60, 60]
      let candidates = steps.map { step in
        Rectangle(
          x: max(box.x + 4, min(box.maxX - width - 4, centre.x - width / 2)),
          y: max(box.y + 4, min(box.maxY - 24, centre.y - 10 + step)), width: width, height: 20)
      }
      guard let place = candidates.first(where: { place in !taken.contains { $0.overlaps(place) } }) else { continue }
      taken.append(place)
      canvas.addRoundedRectangle(place, radius: 4)
      canvas.fill(.white, opacity: 0.82)
      canvas.text(text, at: Point(place.centre.x, place.y + 14.5), .strong, anchor: .middle)
    }
  }
}

extension Rectangle {
  fileprivate func overlaps(_ other: Rectangle) -> Bool {
    x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
  }
}
