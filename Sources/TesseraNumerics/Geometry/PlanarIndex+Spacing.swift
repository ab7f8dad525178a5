/// How far apart neighbouring points are.
extension PlanarIndex {
  /// Mean distance of a point from its nearest neighbour; nil with fewer than two points.
  package var meanSpacing: Double? { points.count > 1 ? Statistics.mean(nearestDistances()) : nil }

  /// Median distance of a point from its nearest neighbour, which a few close pairs do not change; nil with fewer than two
  /// points.
  package var medianSpacing: Double? { points.count > 1 ? Statistics.median(nearestDistances()) : nil }

  /// `medianSpacing` from at most 4,096 points, evenly spread over the list: enough for a length that others are compared
  /// with. 0 with fewer than two points.
  package var sampledSpacing: Double {
    guard points.count > 1 else { return 0 }
    let sample = Array(stride(from: 0, to: points.count, by: (points.count + 4095) / 4096))
    let distances = concurrentMap(count: sample.count) { place in
      let centre = points[sample[place]]
      return nearest(2, to: centre).map { (points[$0] - centre).length }.max() ?? 0
    }
    return Statistics.median(distances)
  }
}
