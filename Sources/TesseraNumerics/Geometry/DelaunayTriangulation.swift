/// The Delaunay triangulation of points in the plane: no point lies inside the circle around a triangle.
///
/// Points are inserted one at a time, in the order of a grid that is walked to and fro, and edges are flipped until
/// every circle is empty. Source: Lawson, in Mathematical Software III (1977) 161; Guibas & Stolfi, ACM TOG 4 (1985)
/// 74. About O(n). Points are moved by 1e-5 of their spacing first, so that lattices, in which four points share a
/// circle, have an answer too.
package struct DelaunayTriangulation: Sendable {
  /// Corners of each triangle, from +x towards +y (clockwise on the screen).
  package private(set) var triangles: [SIMD3<Int32>] = []
  /// The triangle across the side from corner k to corner k + 1; -1 at the hull.
  package private(set) var neighbours: [SIMD3<Int32>] = []

  /// - Parameter points: finite coordinates; three at least, or there are no triangles.
  package init(_ points: [Point]) {
    guard points.count >= 3 else { return }
    var builder = Builder(points)
    builder.insertAll()
    // Triangles with a corner of the first, enclosing one fall away.
    let count = Int32(points.count)
    var number = [Int32](repeating: -1, count: builder.corners.count)
    for (t, corner) in builder.corners.enumerated() where corner.max() < count {
      number[t] = Int32(triangles.count)
      triangles.append(corner)
    }
    for (t, beside) in builder.beside.enumerated() where number[t] >= 0 {
      neighbours.append(
        SIMD3(
          beside.x < 0 ? -1 : number[Int(beside.x)], beside.y < 0 ? -1 : number[Int(beside.y)],
          beside.z < 0 ? -1 : number[Int(beside.z)]))
    }
  }

  /// The corner after corner k.
  @inline(__always) fileprivate static func after(_ k: Int) -> Int { k == 2 ? 0 : k + 1 }
}

private struct Builder {
  var places: [Point]
  var corners: [SIMD3<Int32>]
  var beside: [SIMD3<Int32>]
  let order: [Int]

  init(_ points: [Point]) {
    var (low, high) = (points[0], points[0])
    for point in points { (low, high) = (pointwiseMin(low, point), pointwiseMax(high, point)) }
    let extent = max(high.x - low.x, high.y - low.y, 1e-300)
    let middle = (low + high) / 2
    let count = Double(points.count)
    var random = RandomSource(seed: 1)
    let shift = 1e-5 / count.squareRoot()
    // In units of the extent, so that no test depends on the scale.
    places = points.map { point in
      (point - middle) / extent + Point(random.uniform() - 0.5, random.uniform() - 0.5) * shift
    }
    places += [Point(-60, -50), Point(60, -50), Point(0, 70)]
    let n = Int32(points.count)
    corners = [SIMD3(n, n + 1, n + 2)]
    beside = [SIMD3(-1, -1, -1)]
    // Cells of about four points, rows walked to and fro: the next point is near the last.
    let cells = max(1, Int((count / 4).squareRoot()))
    let keys = places.prefix(points.count).map { place in
      let column = min(cells - 1, max(0, Int(saturating: (place.x + 0.5) * Double(cells))))
      let row = min(cells - 1, max(0, Int(saturating: (place.y + 0.5) * Double(cells))))
      return row * cells + (row.isMultiple(of: 2) ? column : cells - 1 - column)
    }
    order = points.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
    corners.reserveCapacity(2 * points.count + 4)
    beside.reserveCapacity(2 * points.count + 4)
  }

  mutating func insertAll() {
    var (last, stack) = (0, [Int]())
    for point in order {
      let t = triangle(at: places[point], from: last)
      split(t, at: Int32(point), &stack)
      while let next = stack.popLast() { legalise(next, &stack) }
      last = t
    }
  }

  /// Twice the area of a, b, c; positive from +x towards +y.
  private func orientation(_ a: Point, _ b: Point, _ c: Point) -> Double { (b - a).cross(c - a) }

  /// Walks to the triangle that holds a place.
  private func triangle(at place: Point, from start: Int) -> Int {
    var t = start
    // A walk never needs to visit a triangle twice; rounding could send it in a circle.
    for _ in 0...corners.count {
      let c = corners[t]
      var next = -1
      for k in 0..<3 where next < 0 {
        let (a, b) = (places[Int(c[k])], places[Int(c[DelaunayTriangulation.after(k)])])
        if orientation(a, b, place) < 0 { next = Int(beside[t][k]) }
      }
      if next < 0 { return t }
      t = next
    }
    return t
  }

  private mutating func replace(_ old: Int, by new: Int, in triangle: Int32) {
    guard triangle >= 0 else { return }
    for k in 0..<3 where beside[Int(triangle)][k] == Int32(old) {
      beside[Int(triangle)][k] = Int32(new)
      return
    }
  }

  /// Three triangles instead of one, the new point being the last corner of each.
  private mutating func split(_ t: Int, at point: Int32, _ stack: inout [Int]) {
    let (c, n) = (corners[t], beside[t])
    let (second, third) = (corners.count, corners.count + 1)
    corners[t] = SIMD3(c.x, c.y, point)
    beside[t] = SIMD3(n.x, Int32(second), Int32(third))
    corners.append(SIMD3(c.y, c.z, point))
    beside.append(SIMD3(n.y, Int32(third), Int32(t)))
    corners.append(SIMD3(c.z, c.x, point))
    beside.append(SIMD3(n.z, Int32(t), Int32(second)))
    replace(t, by: second, in: n.y)
    replace(t, by: third, in: n.z)
    stack += [t, second, third]
  }

  /// Flips the first side of a triangle, opposite to the new point, if the corner beyond lies in its circle.
  private mutating func legalise(_ t: Int, _ stack: inout [Int]) {
    let other = Int(beside[t].x)
    guard other >= 0 else { return }
    let j = beside[other].x == Int32(t) ? 0 : beside[other].y == Int32(t) ? 1 : 2
    let c = corners[t]
    let far = corners[other][(j + 2) % 3]
    guard isInCircle(c.x, c.y, c.z, far) else { return }
    let (own, their) = (beside[t], beside[other])
    let (afterA, afterD) = (their[(j + 1) % 3], their[(j + 2) % 3])
    corners[t] = SIMD3(c.x, far, c.z)
    beside[t] = SIMD3(afterA, Int32(other), own.z)
    corners[other] = SIMD3(far, c.y, c.z)
    beside[other] = SIMD3(afterD, own.y, Int32(t))
    replace(other, by: t, in: afterA)
    replace(t, by: other, in: own.y)
    stack += [t, other]
  }

  private func isInCircle(_ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32) -> Bool {
    let origin = places[Int(d)]
    let (p, q, r) = (places[Int(a)] - origin, places[Int(b)] - origin, places[Int(c)] - origin)
    return p.squaredLength * q.cross(r) + q.squaredLength * r.cross(p) + r.squaredLength * p.cross(q) > 0
  }
}
