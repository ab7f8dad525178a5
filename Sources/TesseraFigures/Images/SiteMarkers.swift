import TesseraNumerics

/// Sites of an image as markers, coloured by class.
public struct SiteMarkers: Sendable {
  /// How sites are marked.
  public enum Style: Sendable {
    /// Filled shapes, all classes.
    case filled
    /// Open circles that leave the column visible.
    case rings
  }

  /// Places in pixels of the image.
  public var points: [Point]
  /// Class of each point, 1 ... `styles.count`; 0 for none.
  public var labels: [Int]
  /// Looks of the classes 1, 2, ...
  public var styles: [ClassStyle]
  /// Filled markers, or rings around the columns.
  public var style = Style.filled
  /// Classes to draw; nil draws all, those without class included.
  public var shownClasses: Set<Int>?
  /// Radius of a marker in pixels of the image; nil takes a quarter of the mean spacing (two fifths for rings).
  public var radius: Double?

  /// Markers for sites with their classes.
  ///
  /// - Parameters:
  ///   - points: places of the sites, in pixels of the image.
  ///   - labels: class of each point, 1 ... `styles.count`; 0 for none.
  ///   - styles: looks of the classes 1, 2, ...
  ///   - style: filled markers, or rings around the columns.
  ///   - shownClasses: classes to draw; nil: all, those without class included.
  ///   - radius: in pixels of the image; nil derives it from the mean spacing of the points.
  public init(
    points: [Point], labels: [Int], styles: [ClassStyle], style: Style = .filled, shownClasses: Set<Int>? = nil,
    radius: Double? = nil
  ) {
    precondition(points.count == labels.count, "every point needs a label")
    self.points = points
    self.labels = labels
    self.styles = styles
    self.style = style
    self.shownClasses = shownClasses
    if let radius {
      self.radius = radius
    } else if points.count > 1 {
      self.radius = Self.meanSpacing(points) * (style == .rings ? 0.42 : 0.25)
    }
  }

  /// From the density of the points over their bounding box: O(n), and exact for a square lattice.
  private static func meanSpacing(_ points: [Point]) -> Double {
    var (low, high) = (points[0], points[0])
    for point in points {
      low = pointwiseMin(low, point)
      high = pointwiseMax(high, point)
    }
    let extent = high - low
    return max(1, (extent.x * extent.y / Double(points.count)).squareRoot())
  }
}

extension SiteMarkers: ImageLayer {
  func draw(on canvas: Canvas, in frame: ImageFrame) {
    let wanted = (radius ?? 6) * frame.scale
    let size = style == .rings ? max(5, min(24, wanted)) : max(1, min(8, wanted))
    let visible = points.indices.filter { frame.shows(points[$0], margin: 2 * size) }
    var members = [[Int]](repeating: [], count: styles.count + 1)
    for index in visible where shownClasses?.contains(labels[index]) ?? true {
      members[labels[index] <= styles.count ? max(0, labels[index]) : 0].append(index)
    }
    // Large classes first, so that rare ones lie on top.
    let order = members.indices.sorted { (members[$1].count, $0) < (members[$0].count, $1) }
    for label in order where !members[label].isEmpty {
      let look = label > 0 ? styles[label - 1] : .unclassified
      // In a large field columns shrink to dots; the few that matter must not.
      let isRare = members[label].count * 20 < visible.count
      let size = isRare && style == .filled ? max(2.4, size) : size
      // Few shapes a path: cairo's time for one path grows faster than its length.
      for start in stride(from: 0, to: members[label].count, by: 64) {
        for index in members[label][start..<min(start + 64, members[label].count)] {
          canvas.addMarker(
            style == .rings ? .circle : look.marker, at: frame.place(points[index]),
            radius: label > 0 ? size : size * 0.7)
        }
        draw(look, size: size, on: canvas)
      }
    }
  }

  private func draw(_ look: ClassStyle, size: Double, on canvas: Canvas) {
    switch style {
    case .filled:
      canvas.fill(look.color, opacity: 0.95, keeping: size >= 3)
      if size >= 3 { canvas.stroke(.black, width: 0.8, opacity: 0.55) }
    case .rings:
      canvas.strokeRing(look.color)
    }
  }
}
