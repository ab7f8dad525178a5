extension SIMD2 where Scalar == Double {
  /// Whether the place lies in the polygon with these corners, which may cross itself (even-odd rule).
  package func isInside(polygon corners: [Self]) -> Bool {
    var isInside = false
    for (k, p) in corners.enumerated() {
      let q = corners[(k + 1) % corners.count]
      if (p.y > y) != (q.y > y), x < (q.x - p.x) * (y - p.y) / (q.y - p.y) + p.x { isInside.toggle() }
    }
    return isInside
  }
}
