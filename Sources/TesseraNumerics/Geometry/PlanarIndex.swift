/// Finds neighbours among points of the plane: a grid of square cells with about two points each.
/// Building is O(n); a query costs what the cells it touches hold.
public struct PlanarIndex: Sendable {
  /// The points as they were given; queries answer with indices of this array.
  public let points: [Point]
  private let origin: Point
  private let cell: Double
  private let columns, rows: Int
  /// `order[starts[c] ..< starts[c + 1]]` are the points of cell `c`, in rising order.
  private let starts: [Int]
  private let order: [Int]

  /// - Parameter points: finite coordinates.
  public init(_ points: [Point]) {
    self.points = points
    var low = points.first ?? .zero
    var high = low
    for p in points {
      low = pointwiseMin(low, p)
      high = pointwiseMax(high, p)
    }
    let extent = high - low
    let area = max(extent.x, 1e-9) * max(extent.y, 1e-9)
    let ideal = (2 * area / Double(max(points.count, 1))).squareRoot()
    // Points along a line would otherwise ask for a very long grid.
    cell = max(ideal, max(extent.x, extent.y) / 4096, 1e-9)
    origin = low
    columns = Int(saturating: extent.x / cell) + 1
    rows = Int(saturating: extent.y / cell) + 1
    var counts = [Int](repeating: 0, count: columns * rows + 1)
    let cells = points.map { [columns, rows, cell] p in
      let (x, y) = (Int(saturating: (p.x - low.x) / cell), Int(saturating: (p.y - low.y) / cell))
      return max(0, min(rows - 1, y)) * columns + max(0, min(columns - 1, x))
    }
    for c in cells { counts[c + 1] += 1 }
    for c in 1..<counts.count { counts[c] += counts[c - 1] }
    starts = counts
    var order = [Int](repeating: 0, count: points.count)
    for (index, c) in cells.enumerated() {
      order[counts[c]] = index
      counts[c] += 1
    }
    self.order = order
  }

  /// Indices of the points within `radius` (inclusive) of a place, nearest first; ties by index.
  public func neighbours(of place: Point, within radius: Double) -> [Int] {
    var found: [(Double, Int)] = []
    forEachCell(around: place, radius: radius) { index in
      let d = (points[index] - place).squaredLength
      if d <= radius * radius { found.append((d, index)) }
    }
    return found.sorted { $0 < $1 }.map(\.1)
  }

  /// Indices of the `count` nearest points, nearest first; ties by index. Fewer only if there are fewer points.
  public func nearest(_ count: Int, to place: Point) -> [Int] {
    guard count > 0, !points.isEmpty else { return [] }
    let wanted = min(count, points.count)
    var found: [(distance: Double, index: Int)] = []
    found.reserveCapacity(wanted + 1)
    let last = origin + Point(Double(columns), Double(rows)) * cell
    let outside = pointwiseMax(pointwiseMax(origin - place, place - last), .zero).length
    var radius = outside + cell * max(1, (Double(count) / 4).squareRoot())
    while true {
      found.removeAll(keepingCapacity: true)
      forEachCell(around: place, radius: radius) { index in
        let d = (points[index] - place).squaredLength
        guard d <= radius * radius, found.count < wanted || isNearer((d, index), found[wanted - 1]) else { return }
        // Behind the last that is nearer: the list stays sorted and never longer than wanted.
        if found.count == wanted { found.removeLast() }
        var at = found.count
        while at > 0 && isNearer((d, index), found[at - 1]) { at -= 1 }
        found.insert((d, index), at: at)
      }
      if found.count == wanted { return found.map(\.index) }
      radius *= 2
    }
  }

  private func isNearer(_ a: (distance: Double, index: Int), _ b: (distance: Double, index: Int)) -> Bool {
    a.distance < b.distance || (a.distance == b.distance && a.index < b.index)
  }

  /// Distance from each point to its nearest neighbour; infinity when alone.
  public func nearestDistances() -> [Double] {
    concurrentMap(count: points.count) { index in
      let two = nearest(2, to: points[index])
      guard let other = two.first(where: { $0 != index }) else { return .infinity }
      return (points[other] - points[index]).length
    }
  }

  @inline(__always)
  private func forEachCell(around place: Point, radius: Double, _ body: (Int) -> Void) {
    guard !points.isEmpty else { return }
    func clamp(_ value: Double, _ limit: Int) -> Int {
      Int(saturating: max(-1, min(Double(limit), value.rounded(.down))))
    }
    let (x0, x1) = (
      max(0, clamp((place.x - radius - origin.x) / cell, columns)),
      min(columns - 1, clamp((place.x + radius - origin.x) / cell, columns))
    )
    let (y0, y1) = (
      max(0, clamp((place.y - radius - origin.y) / cell, rows)),
      min(rows - 1, clamp((place.y + radius - origin.y) / cell, rows))
    )
    guard x0 <= x1, y0 <= y1 else { return }
    for y in y0...y1 {
      for x in x0...x1 {
        let c = y * columns + x
        for k in starts[c]..<starts[c + 1] { body(order[k]) }
      }
    }
  }
}
