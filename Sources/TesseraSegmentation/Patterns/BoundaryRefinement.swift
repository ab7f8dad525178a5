import Foundation
import TesseraImaging
import TesseraNumerics

/// Places the boundaries of patterns that are known: near them, a smaller patch decides, by how the inside of each pattern
/// looks to it.
///
/// The descriptor is the correlation at the shifts that repeat the patterns and at those of the uniform grid, each with the
/// larger value of a shift and its opposite, so that a pixel beside a boundary is compared with its own side. Patterns are
/// told apart by normal distributions of one covariance (linear discriminant analysis: Fisher, Annals of Eugenics 7 (1936)
/// 179), learned from points that are far from any boundary.
struct BoundaryRefinement: Sendable {
  var translation: TranslationDescriptor
  /// Distance from a boundary, in pixels, within which points are decided again.
  var reach: Double
  /// Standard deviation, in pixels, of the Gaussian over which evidence is averaged.
  var smoothing: Double

  /// Points that a pattern needs away from its boundaries to be learned from.
  private static let leastInterior = 50

  /// How well each pattern (in the order of its label, 1 upwards) fits each point: the largest wins. A log-likelihood near
  /// boundaries; far from them, and for patterns too thin to have an inside, what the labels say.
  func fits(of labels: Raster<Int>, in image: Raster<Float>, on grid: DescriptorGrid) -> [Raster<Float>] {
    let count = labels.values.max() ?? 0
    let distances = (1...count).map { label in distance(toEdgeOf: label, in: labels) }
    let step = Double(grid.stride)
    // Inside its own pattern a point's distance to other patterns is that of the nearest edge.
    let isInterior = labels.values.indices.map {
      Double(distances[labels.values[$0] - 1].inside.values[$0]) * step > reach
    }
    let interior = (1...count).map { label in
      labels.values.indices.filter { labels.values[$0] == label && isInterior[$0] }
    }
    let isLearned = interior.map { $0.count >= Self.leastInterior }
    var fits = (1...count).map { label in labels.map { $0 == label ? Self.certain : 0 } }
    guard isLearned.count(where: { $0 }) > 1 else { return fits }
    let maps = translation.maps(of: image, on: grid)
    let evidence = logLikelihoods(maps, interior: interior, isLearned: isLearned)
    for point in labels.values.indices where !isInterior[point] && isLearned[labels.values[point] - 1] {
      for pattern in 0..<count {
        let isNear = isLearned[pattern] && Double(distances[pattern].outside.values[point]) * step < reach
        fits[pattern].values[point] = isNear ? evidence[pattern].values[point] : -Self.certain
      }
    }
    return fits
  }

  /// More than any log-likelihood of a point.
  private static let certain: Float = 1e4

  private func logLikelihoods(_ maps: [Raster<Float>], interior: [[Int]], isLearned: [Bool]) -> [Raster<Float>] {
    let d = maps.count
    var pooled = Matrix<Double>(rows: d, columns: d, filling: 0)
    let means = interior.indices.map { pattern -> [Double] in
      guard isLearned[pattern] else { return [] }
      let points = interior[pattern]
      let mean = maps.map { map in points.reduce(0.0) { $0 + Double(map.values[$1]) } / Double(points.count) }
      // Some thousand points know the covariance well enough.
      let sample = Swift.stride(from: 0, to: points.count, by: max(1, points.count / 4000)).map { points[$0] }
      var offsets = Matrix<Double>(rows: sample.count, columns: d, filling: 0)
      for (row, point) in sample.enumerated() {
        for k in 0..<d { offsets.values[row * d + k] = Double(maps[k].values[point]) - mean[k] }
      }
      let gram = offsets.gram
      for index in pooled.values.indices { pooled.values[index] += gram.values[index] / Double(sample.count) }
      return mean
    }
    let patterns = Double(isLearned.count { $0 })
    let trace = (0..<d).reduce(0) { $0 + pooled[$1, $1] } / patterns
    pooled = pooled.map { $0 / patterns }
    for k in 0..<d { pooled[k, k] += 0.02 * trace / Double(d) + 1e-4 }
    return means.map { mean in
      var result = maps[0].map { _ in Float(0) }
      guard !mean.isEmpty, let direction = pooled.solvedPositive(mean) else { return result }
      let offset = zip(direction, mean).reduce(0) { $0 + $1.0 * $1.1 } / 2
      for point in result.values.indices {
        var sum = -offset
        for k in 0..<d { sum += direction[k] * Double(maps[k].values[point]) }
        result.values[point] = Float(sum)
      }
      return GaussianFilter.smoothed(result, sigma: smoothing)
    }
  }

  /// Distance of each point to the nearest point of a label (`outside`; 0 in it), and to the nearest without it (`inside`).
  private func distance(toEdgeOf label: Int, in labels: Raster<Int>) -> (inside: Raster<Float>, outside: Raster<Float>)
  {
    (
      DistanceTransform.distances(toWhere: labels.map { $0 != label }),
      DistanceTransform.distances(toWhere: labels.map { $0 == label })
    )
  }
}
