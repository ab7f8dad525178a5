import TesseraNumerics

/// A lattice as a frame of coordinates: position = origin + a u + b v. Cell (i, j) spans i ..< i + 1 and j ..< j + 1.
public struct CellGrid: Sendable, Codable, Equatable {
  /// A corner of cell (0, 0), in pixels.
  public var origin: Point
  /// Edges of a cell, in pixels.
  public let u, v: Point

  /// Nil where the vectors are parallel, or nearly so: their area must exceed 1e-6 of the product of their lengths.
  public init?(origin: Point, u: Point, v: Point) {
    guard abs(u.cross(v)) > 1e-6 * u.length * v.length, origin.x.isFinite, origin.y.isFinite else { return nil }
    (self.origin, self.u, self.v) = (origin, u, v)
  }

  /// Area of a cell in square pixels.
  public var area: Double { abs(u.cross(v)) }

  /// A place in units of the cell's edges.
  public func coordinates(of position: Point) -> Point {
    let offset = position - origin
    return Point(offset.cross(v), u.cross(offset)) / u.cross(v)
  }

  /// The place, in pixels, of coordinates in units of the cell's edges.
  public func position(of coordinates: Point) -> Point { origin + u * coordinates.x + v * coordinates.y }

  /// Length in pixels of a vector in units of the cell's edges.
  func length(of coordinates: Point) -> Double { (u * coordinates.x + v * coordinates.y).length }

  /// The four corners of a cell in pixels, in turn.
  public func outline(ofCell i: Int, _ j: Int) -> [Point] {
    [(0, 0), (1, 0), (1, 1), (0, 1)].map { position(of: Point(Double(i + $0.0), Double(j + $0.1))) }
  }

  /// The same lattice, its origin moved by less than a cell to where the mean distance of the sites to the nearest cell
  /// wall is largest. Source: M22, "Automatic Construction of Motif-cell Hierarchy".
  ///
  /// Tried on a grid of 1/48 of a cell. O(n + 48⁴) at most.
  public func originFitted(to positions: [Point]) -> CellGrid {
    let steps = 48
    var folded = [Int](repeating: 0, count: steps * steps)
    for position in positions {
      let c = coordinates(of: position)
      folded[bin(c.y, steps) * steps + bin(c.x, steps)] += 1
    }
    let counts = folded
    let filled = counts.indices.filter { counts[$0] > 0 }
    // Distances between opposite walls, in pixels.
    let (acrossU, acrossV) = (area / v.length, area / u.length)
    func wall(_ offset: Int) -> Double {
      let part = Double((offset + steps) % steps) / Double(steps)
      return min(part, 1 - part)
    }
    let (toU, toV) = ((0..<steps).map { wall($0) * acrossU }, (0..<steps).map { wall($0) * acrossV })
    let sums = concurrentMap(count: steps * steps) { shift in
      filled.reduce(0.0) { sum, index in
        let (x, y) = ((index % steps - shift % steps + steps) % steps, (index / steps - shift / steps + steps) % steps)
        return sum + Double(counts[index]) * min(toU[x], toV[y])
      }
    }
    guard let highest = sums.max(), highest > 0 else { return self }
    // Rounding must not choose between equal places.
    let best = sums.firstIndex { $0 >= highest * (1 - 1e-9) } ?? 0
    var result = self
    result.origin += (u * Double(best % steps) + v * Double(best / steps)) / Double(steps)
    return result
  }

  /// Relative difference of lengths, and of angles in radians, that counts as equal where nothing else is said.
  public static let symmetryTolerance = 0.04

  /// The integer matrices that turn or reflect the lattice onto itself, as (a, b, c, d) with (i, j) -> (a i + b j,
  /// c i + d j): 2 for an oblique lattice, 4 for a rectangular or rhombic, 8 for a square, 12 for a hexagonal one.
  ///
  /// - Parameter tolerance: relative difference of lengths, and of angles in radians, that still counts as equal.
  public func pointGroup(tolerance: Double = CellGrid.symmetryTolerance) -> [IndexTransform] {
    let (uu, vv, uv) = (u.dot(u), v.dot(v), u.dot(v))
    let scale = (uu * vv).squareRoot()
    var group: [IndexTransform] = []
    let entries = -3...3
    for a in entries {
      for c in entries {
        // The image of u must be as long as u; then the same for v, and the angle between both.
        guard abs((u * Double(a) + v * Double(c)).squaredLength - uu) <= 2 * tolerance * uu else { continue }
        for b in entries {
          for d in entries where abs(a * d - b * c) == 1 {
            let (p, q) = (u * Double(a) + v * Double(c), u * Double(b) + v * Double(d))
            if abs(q.squaredLength - vv) <= 2 * tolerance * vv && abs(p.dot(q) - uv) <= 2 * tolerance * scale {
              group.append(IndexTransform(a: a, b: b, c: c, d: d))
            }
          }
        }
      }
    }
    return group
  }
}

/// The bin of the fractional part of a coordinate, bins being centred on multiples of 1 / `count`.
private func bin(_ coordinate: Double, _ count: Int) -> Int {
  let part = coordinate - coordinate.rounded(.down)
  return Int(saturating: (part * Double(count)).rounded()) % count
}
