import TesseraNumerics

/// Moves points that fall on others to the nearest free cells of a grid, in order of their index, so that a cloud
/// collapsed to a dot shows how many points it holds. Points with room of their own stay where they are.
struct PointSeparation {
  /// How far a point may be moved, in drawing units; one that finds no free cell within stays.
  var reach: Double
  /// Side of a cell, in drawing units.
  var spacing: Double

  /// The places of all points; those that are not finite stay. Each search goes on where the last one from its cell ended.
  func separated(_ places: [Point]) -> [Point] {
    var grid = DrawingCells(around: places, reach: reach, spacing: spacing)
    var searched: [Int: Int] = [:]
    var rings = Rings(spacing: spacing)
    return places.map { place in
      guard place.x.isFinite, place.y.isFinite, let home = grid.cell(of: place) else { return place }
      if grid.take(home) { return place }
      var step = searched[home] ?? 0
      defer { searched[home] = step }
      while let offset = rings.offset(step, within: reach) {
        step += 1
        if let cell = grid.cell(of: place + offset), grid.take(cell) { return place + offset }
      }
      return place
    }
  }
}

/// Which cells of a grid hold a point.
private struct DrawingCells {
  private let low: Point
  private let spacing: Double
  private let columns, rows: Int
  private var isTaken: [Bool]

  /// Covers what lies within `reach` of finite places. Cells are counted from the origin of the drawing, in units of the spacing.
  init(around places: [Point], reach: Double, spacing: Double) {
    let finite = places.filter { $0.x.isFinite && $0.y.isFinite }
    let first = finite.first ?? .zero
    let (least, most) = finite.reduce((first, first)) { (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1)) }
    func number(_ value: Double) -> Double { (value / spacing).rounded(.down) }
    low = Point(number(least.x - reach), number(least.y - reach))
    columns = Int(saturating: number(most.x + reach) - low.x) + 1
    rows = Int(saturating: number(most.y + reach) - low.y) + 1
    self.spacing = spacing
    isTaken = [Bool](repeating: false, count: columns * rows)
  }

  /// The number of the cell that holds a place; nil outside the grid.
  func cell(of place: Point) -> Int? {
    let x = Int(saturating: (place.x / spacing).rounded(.down) - low.x)
    let y = Int(saturating: (place.y / spacing).rounded(.down) - low.y)
    return x >= 0 && y >= 0 && x < columns && y < rows ? y * columns + x : nil
  }

  /// Takes a cell; false where it was taken already.
  mutating func take(_ cell: Int) -> Bool {
    defer { isTaken[cell] = true }
    return !isTaken[cell]
  }
}

/// Places on rings around a point, from the inside outwards: on each ring about as many as have room there.
private struct Rings {
  private let spacing: Double
  private var offsets: [Point] = []
  private var count = 0

  init(spacing: Double) { self.spacing = spacing }

  /// The place of this number; nil beyond `reach`.
  mutating func offset(_ number: Int, within reach: Double) -> Point? {
    while number >= offsets.count {
      guard Double(count + 1) * spacing <= reach else { return nil }
      count += 1
      for step in 0..<6 * count {
        let angle = 2 * .pi * (Double(step) + 0.5 * Double(count % 2)) / Double(6 * count)
        offsets.append(Point(Double(count) * spacing, 0).rotated(by: angle))
      }
    }
    return offsets[number]
  }
}
