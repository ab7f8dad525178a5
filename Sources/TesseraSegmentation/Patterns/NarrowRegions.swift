import TesseraNumerics

/// Regions in which every descriptor sees something else, too: no wider than a patch and a window. Descriptors of a boundary
/// belong to neither side, and may look like a pattern.
struct NarrowRegions: Sendable {
  /// Largest distance of a point of a narrow region to its edge, in points of the grid.
  var halfWidth: Double

  /// The regions without narrow ones that lie between two different patterns: they are the boundary, which runs where the
  /// descriptor changes fastest. Narrow regions with one pattern around them, as at a stacking fault, stay.
  func dissolvedBetweenPatterns(_ labels: Raster<Int>, level: Raster<Float>) -> Raster<Int> {
    let isNarrow = narrow(labels, regions: labels.connectedRegions())
    guard isNarrow.values.contains(true), isNarrow.values.contains(false) else { return labels }
    var kept = labels
    for region in isNarrow.map({ $0 ? 1 : 0 }).connectedRegions() {
      var beside: Set<Int> = []
      for index in region {
        let (x, y) = (index % labels.width, index / labels.width)
        for (u, v) in [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]
        where labels.contains(x: u, y: v) && !isNarrow[u, v] { beside.insert(labels[u, v]) }
      }
      if beside.count > 1 { for index in region { kept.values[index] = 0 } }
    }
    return Watershed.regions(from: kept, over: level)
  }

  /// The labels all of whose regions are narrow.
  /// - Parameter regions: the connected regions of the labels.
  func labels(in labels: Raster<Int>, regions: [[Int]]) -> Set<Int> {
    let isNarrow = narrow(labels, regions: regions)
    var result = Set(regions.map { labels.values[$0[0]] })
    for region in regions where !isNarrow.values[region[0]] { result.remove(labels.values[region[0]]) }
    return result
  }

  /// The narrow labels that lie along the border of the image, at most twice as long beside others as beside the border: no fault lies
  /// there, which has a lattice on both sides.
  func strips(in labels: Raster<Int>) -> Set<Int> {
    let narrow = self.labels(in: labels, regions: labels.connectedRegions())
    guard !narrow.isEmpty else { return [] }
    var (atBorder, besideOthers) = ([Int: Int](), [Int: Int]())
    for y in 0..<labels.height {
      for x in 0..<labels.width where narrow.contains(labels[x, y]) {
        for (u, v) in [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)] {
          if !labels.contains(x: u, y: v) {
            atBorder[labels[x, y], default: 0] += 1
          } else if labels[u, v] != labels[x, y] {
            besideOthers[labels[x, y], default: 0] += 1
          }
        }
      }
    }
    return narrow.filter { 2 * atBorder[$0, default: 0] >= besideOthers[$0, default: 0] }
  }

  /// Whether the region of each point is narrow. The border of the image is an edge as any other: a region that it cuts is no wider than
  /// what is seen of it.
  private func narrow(_ labels: Raster<Int>, regions: [[Int]]) -> Raster<Bool> {
    var result = labels.map { _ in false }
    guard regions.count > 1 else { return result }
    let depths = DistanceTransform.depths(of: labels, borderIsEdge: true)
    for region in regions where region.allSatisfy({ Double(depths.values[$0]) <= halfWidth }) {
      for index in region { result.values[index] = true }
    }
    return result
  }
}
