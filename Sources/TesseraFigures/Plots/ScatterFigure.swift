import TesseraNumerics

/// Points of the plane coloured by class: a layout of features.
public struct ScatterFigure: Sendable {
  /// Both axes have the same scale.
  public var points: [Point]
  /// Class of each point, 1 ... `styles.count`; 0 for none.
  public var labels: [Int]
  /// Looks of the classes 1, 2, ...
  public var styles: [ClassStyle]
  /// One sentence for readers who do not see the picture.
  public var summary: String
  /// Writes each class' name above its points.
  public var namesClasses = true
  /// Below the plot; nil lists all styles, and what has no class.
  public var legend: [ClassStyle]?
  /// Width of the drawing, in drawing units; the height follows from the extent of the points.
  public var width = 620.0

  /// A layout with the class of each point: `labels` holds one for each of `points`.
  public init(points: [Point], labels: [Int], styles: [ClassStyle], summary: String) {
    precondition(points.count == labels.count, "every point needs a label")
    (self.points, self.labels, self.styles, self.summary) = (points, labels, styles, summary)
  }

  /// Where the figure draws each point, in drawing units: points that would hide others are moved aside.
  package var places: [Point] { plan.places }

  /// The frame and the places of the points in it.
  private var plan: (box: Rectangle, places: [Point]) {
    let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
    var (low, high) = (finite.first ?? .zero, finite.first ?? .zero)
    for point in finite {
      low = pointwiseMin(low, point)
      high = pointwiseMax(high, point)
    }
    let extent = pointwiseMax(high - low, Point(1e-9, 1e-9))
    let height = (max(0.45, min(1, extent.y / extent.x)) * (width - 52) + 52).rounded()
    let box = Rectangle(x: 0, y: 0, width: width, height: height)
    let middle = (low + high) * 0.5
    // Discs of all points together cover an eighth of the plot at most.
    let spacing = max(1, min(3.2, (0.12 * box.width * box.height / Double(max(1, finite.count))).squareRoot()))
    func placed(margin: Double) -> [Point] {
      let scale = min((width - 2 * margin) / extent.x, (height - 2 * margin) / extent.y)
      return PointSeparation(reach: width, spacing: spacing).separated(
        points.map { box.centre + ($0 - middle) * scale })
    }
    // A cloud that collapsed to a dot at the rim grows beyond it when its points are moved apart: then all move inwards.
    let margin = 26.0
    let places = placed(margin: margin)
    let overflow = box.inset(by: 8).overflow(of: places)
    return (box, overflow > 0 ? placed(margin: min(margin + overflow, 0.4 * min(width, height))) : places)
  }

  /// The points in a frame with the legend below. Rare classes lie on top; points that hide others are moved aside.
  public func drawing() -> Drawing {
    let hasUnclassified = zip(points, labels).contains { place, label in
      place.x.isFinite && place.y.isFinite && (label < 1 || label > styles.count)
    }
    let legend = Legend(entries: (legend ?? styles) + (hasUnclassified ? [.unclassified] : []), width: width - 8)
    let (box, places) = plan
    return Drawing(width: width, height: box.height + legend.height + 8, summary: summary) { canvas in
      canvas.addRoundedRectangle(box.inset(by: 0.5), radius: 6)
      canvas.stroke(.rule)
      drawPoints(at: places, on: canvas)
      if namesClasses { drawNames(names(at: places, in: box), on: canvas) }
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

  private func drawNames(_ names: [(label: Int, text: String, plate: Rectangle)], on canvas: Canvas) {
    for (_, text, plate) in names {
      canvas.addRoundedRectangle(plate, radius: 4)
      canvas.fill(.white, opacity: 0.82)
      canvas.text(text, at: Point(plate.centre.x, plate.y + 14.5), .strong, anchor: .middle)
    }
  }

  /// Where the figure writes the names of classes 1, 2, ..., in drawing units; classes without a name in the plot are left out.
  package var namePlaces: [Int: Point] {
    let (box, places) = plan
    return Dictionary(uniqueKeysWithValues: names(at: places, in: box).map { ($0.label, $0.plate.centre) })
  }

  /// The names of the sixteen largest classes, each where it hides the fewest points and no other name.
  private func names(at places: [Point], in box: Rectangle) -> [(label: Int, text: String, plate: Rectangle)] {
    let finite = places.indices.filter { places[$0].x.isFinite && places[$0].y.isFinite }
    let index = PlanarIndex(finite.map { places[$0] })
    var members = [[Point]](repeating: [], count: styles.count)
    for site in finite where labels[site] >= 1 && labels[site] <= styles.count {
      members[labels[site] - 1].append(places[site])
    }
    var found: [(label: Int, text: String, plate: Rectangle)] = []
    let largest = members.indices.filter { !members[$0].isEmpty }
      .sorted { (members[$1].count, $0) < (members[$0].count, $1) }.prefix(16)
    for label in largest {
      let cloud = Self.namedCloud(of: members[label])
      let (xs, ys) = (cloud.map(\.x), cloud.map(\.y))
      let middle = Self.median(of: cloud)
      let text = Font.strong.fitting(styles[label].name, within: 160)
      let width = Font.strong.width(of: text) + 10
      func plate(_ centre: Point) -> Rectangle {
        Rectangle(
          x: max(box.x + 4, min(box.maxX - width - 4, centre.x - width / 2)),
          y: max(box.y + 4, min(box.maxY - 24, centre.y - 10)), width: width, height: 20)
      }
      let (top, bottom) = (Statistics.quantile(ys, 0.01) - 15, Statistics.quantile(ys, 0.99) + 15)
      let (left, right) = (Statistics.quantile(xs, 0.01), Statistics.quantile(xs, 0.99))
      let candidates = [
        Point(middle.x, top), Point(middle.x, bottom), Point(right + width / 2 + 6, middle.y),
        Point(left - width / 2 - 6, middle.y), Point(right + width / 2, top), Point(left - width / 2, top),
        Point(right + width / 2, bottom), Point(left - width / 2, bottom), Point(middle.x, top - 20),
        Point(middle.x, bottom + 20),
      ].map(plate).filter { candidate in !found.contains { $0.plate.overlaps(candidate) } }
      func hidden(_ plate: Rectangle) -> Int {
        index.neighbours(of: plate.centre, within: plate.width / 2).count { plate.contains(index.points[$0]) }
      }
      guard let best = candidates.map({ ($0, hidden($0)) }).min(by: { $0.1 < $1.1 }),
        best.1 * 10 <= members[label].count
      else { continue }
      found.append((label + 1, text, best.0))
    }
    return found
  }
}

extension ScatterFigure {
  /// The members of a class that its name stands beside. A class in two clouds is named at one of them, not between: not where only a stray
  /// lies half way.
  private static func namedCloud(of members: [Point]) -> [Point] {
    let middle = cloud(about: median(of: members), of: members)
    var cells: [SIMD2<Int>: [Point]] = [:]
    for point in members {
      let cell = SIMD2(Int(saturating: (point.x / reach).rounded()), Int(saturating: (point.y / reach).rounded()))
      cells[cell, default: []].append(point)
    }
    let fullest = cells.max { a, b in (a.value.count, -a.key.y, -a.key.x) < (b.value.count, -b.key.y, -b.key.x) }
    let thickest = fullest.map { cloud(about: median(of: $0.value), of: members) } ?? []
    return 2 * middle.count >= thickest.count ? middle : thickest
  }

  /// So far from its middle a cloud counts, in drawing units: about the width of a name.
  private static let reach = 80.0

  /// The members about the one that is nearest to a place.
  private static func cloud(about place: Point, of members: [Point]) -> [Point] {
    guard let nearest = members.min(by: { ($0 - place).squaredLength < ($1 - place).squaredLength }) else { return [] }
    return members.filter { ($0 - nearest).length < reach }
  }

  private static func median(of points: [Point]) -> Point {
    Point(Statistics.median(points.map(\.x)), Statistics.median(points.map(\.y)))
  }
}

extension Rectangle {
  /// How far the farthest point lies outside, 0 where all lie inside; points that are not finite do not count.
  fileprivate func overflow(of points: [Point]) -> Double {
    points.filter { $0.x.isFinite && $0.y.isFinite }
      .map { max(x - $0.x, $0.x - maxX, y - $0.y, $0.y - maxY, 0) }.max() ?? 0
  }

  fileprivate func overlaps(_ other: Rectangle) -> Bool {
    x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
  }
}
