import Foundation
import TesseraImaging
import TesseraNumerics

/// Places the boundaries of patterns that are known: near them, a smaller patch decides, by how the inside of each pattern
/// looks to it (`BoundaryDiscriminant`).
struct BoundaryRefinement: Sendable {
  /// Pattern of each point of the grid, 1 upwards; what the discriminant has not learned keeps its edges.
  let labels: Raster<Int>
  let grid: DescriptorGrid
  /// Distance from a boundary, in pixels, within which points are decided again.
  let reach: Double
  /// Distance of each point to those of other labels, in points of the grid.
  private let depths: Raster<Float>
  /// The largest label, 1 at least.
  private let count: Int

  init(of labels: Raster<Int>, on grid: DescriptorGrid, reach: Double) {
    (self.labels, self.grid, self.reach) = (labels, grid, reach)
    depths = DistanceTransform.depths(of: labels)
    count = max(1, labels.values.max() ?? 1)
  }

  /// For each label the points farther than `reach` from all others.
  var interior: [[Int]] {
    var result = [[Int]](repeating: [], count: count)
    for point in labels.values.indices where isInterior(point) { result[labels.values[point] - 1].append(point) }
    return result
  }

  /// Whether a point lies farther than `reach` from all others.
  func isInterior(_ point: Int) -> Bool { Double(depths.values[point]) * Double(grid.stride) > reach }

  /// How well each pattern (in the order of its label, 1 upwards) fits each point: the largest wins. A log-likelihood near
  /// boundaries; far from them, and for patterns too thin to have an inside, what the labels say.
  func fits(by discriminant: BoundaryDiscriminant?, evidence: [Raster<Float>]) -> [Raster<Float>] {
    var fits = (1...count).map { label in labels.map { $0 == label ? Self.certain : 0 } }
    guard let discriminant else { return fits }
    func isLearned(_ pattern: Int) -> Bool { pattern < discriminant.isLearned.count && discriminant.isLearned[pattern] }
    /// For each pattern that is learned the distance to its points, in points of the grid.
    let away = fits.indices.map { pattern in
      isLearned(pattern) ? DistanceTransform.distances(toWhere: labels.map { $0 == pattern + 1 }) : nil
    }
    for point in labels.values.indices where !isInterior(point) && isLearned(labels.values[point] - 1) {
      for pattern in fits.indices {
        let isNear = away[pattern].map { Double($0.values[point]) * Double(grid.stride) < reach } ?? false
        fits[pattern].values[point] = isNear ? evidence[pattern].values[point] : -Self.certain
      }
    }
    return fits
  }

  /// More than any log-likelihood of a point.
  private static let certain: Float = 1e4
}
