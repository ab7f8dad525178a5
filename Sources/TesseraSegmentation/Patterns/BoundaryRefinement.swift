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
  /// For each label the distance of its points to those of others, and of others to it, in points of the grid.
  private let distances: [(inside: Raster<Float>, outside: Raster<Float>)]

  init(of labels: Raster<Int>, on grid: DescriptorGrid, reach: Double) {
    (self.labels, self.grid, self.reach) = (labels, grid, reach)
    distances = (1...max(1, labels.values.max() ?? 1)).map { label in
      (
        DistanceTransform.distances(toWhere: labels.map { $0 != label }),
        DistanceTransform.distances(toWhere: labels.map { $0 == label })
      )
    }
  }

  /// For each label the points farther than `reach` from all others.
  var interior: [[Int]] {
    var result = [[Int]](repeating: [], count: distances.count)
    for point in labels.values.indices where isInterior(point) { result[labels.values[point] - 1].append(point) }
    return result
  }

  /// Inside its own pattern a point's distance to other patterns is that of the nearest edge.
  private func isInterior(_ point: Int) -> Bool {
    Double(distances[labels.values[point] - 1].inside.values[point]) * Double(grid.stride) > reach
  }

  /// How well each pattern (in the order of its label, 1 upwards) fits each point: the largest wins. A log-likelihood near
  /// boundaries; far from them, and for patterns too thin to have an inside, what the labels say.
  func fits(by discriminant: BoundaryDiscriminant?, evidence: [Raster<Float>]) -> [Raster<Float>] {
    var fits = (1...distances.count).map { label in labels.map { $0 == label ? Self.certain : 0 } }
    guard let discriminant else { return fits }
    func isLearned(_ pattern: Int) -> Bool { pattern < discriminant.isLearned.count && discriminant.isLearned[pattern] }
    for point in labels.values.indices where !isInterior(point) && isLearned(labels.values[point] - 1) {
      for pattern in fits.indices {
        let isNear =
          isLearned(pattern)
          && Double(distances[pattern].outside.values[point]) * Double(grid.stride) < reach
        fits[pattern].values[point] = isNear ? evidence[pattern].values[point] : -Self.certain
      }
    }
    return fits
  }

  /// More than any log-likelihood of a point.
  private static let certain: Float = 1e4
}
