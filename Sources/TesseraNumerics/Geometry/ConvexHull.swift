/// The smallest convex polygon around points.
package struct ConvexHull: Sendable, Equatable {
  /// Corners in the order in which they follow one another; one or two where the points lie on a line.
  package let corners: [Point]

  /// By Andrew's monotone chain (Inf. Process. Lett. 9 (1979) 216).
  package init(of points: [Point]) {
    let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    func chain(_ points: some Sequence<Point>) -> [Point] {
      var chain: [Point] = []
      for point in points {
        while chain.count > 1,
          (chain[chain.count - 1] - chain[chain.count - 2]).cross(point - chain[chain.count - 1]) <= 0
        { chain.removeLast() }
        chain.append(point)
      }
      return chain.dropLast()
    }
    corners = chain(sorted) + chain(sorted.reversed())
  }

  /// In the unit of the points, squared; 0 where they lie on a line.
  package var area: Double {
    guard corners.count > 2 else { return 0 }
    return abs(0.5 * corners.indices.map { corners[$0].cross(corners[($0 + 1) % corners.count]) }.reduce(0, +))
  }
}
