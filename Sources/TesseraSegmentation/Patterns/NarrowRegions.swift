import TesseraNumerics

/// Regions in which every descriptor sees something else, too: no wider than a patch and a window. Descriptors of a boundary
/// belong to neither side, and may look like a pattern.
struct NarrowRegions: Sendable {
  /// Largest distance of a point of a narrow region to its edge, in points of the grid.
  var halfWidth: Double

  /// The regions without narrow ones that lie between two different patterns: they are the boundary, which runs where the
  /// descriptor changes fastest. Narrow regions with one pattern around them, as at a stacking fault, stay.
  func dissolvedBetweenPatterns(_ labels: Raster<Int>, level: Raster<Float>) -> Raster<Int> {
    let isNarrow = narrow(labels)
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
  func labels(in labels: Raster<Int>) -> Set<Int> {
    let isNarrow = narrow(labels)
    var result = Set(labels.values)
    for index in labels.values.indices where !isNarrow.values[index] { result.remove(labels.values[index]) }
    return result
  }

  /// The narrow labels that lie along the border of the image, at most twice as long beside others as beside the border: no fault lies
  /// there, which has a lattice on both sides.
  func strips(in labels: Raster<Int>) -> Set<Int> {
    let narrow = self.labels(in: labels)
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

  /// Whether the region of each point is narrow.
  private func narrow(_ labels: Raster<Int>) -> Raster<Bool> {
    var result = labels.map { _ in false }
    let regions = labels.connectedRegions()
    guard regions.count > 1 else { return result }
    for label in Set(labels.values) {
      let depth = depth(of: label, in: labels)
      for region in regions where labels.values[region[0]] == label {
        guard region.allSatisfy({ Double(depth.values[$0]) <= halfWidth }) else { continue }
        for index in region { result.values[index] = true }
      }
    }
    return result
  }

  /// Distance of each point of a label to the nearest one without it, the border of the image being an edge as any other: a region that
  /// it cuts is no wider than what is seen of it.
  private func depth(of label: Int, in labels: Raster<Int>) -> Raster<Float> {
    let (width, height) = (labels.width + 2, labels.height + 2)
    var isOutside = Raster(width: width, height: height, filling: true)
    for y in 0..<labels.height {
      for x in 0..<labels.width { isOutside[x + 1, y + 1] = labels[x, y] != label }
    }
    return DistanceTransform.distances(toWhere: isOutside)
      .cropped(x: 1, y: 1, width: labels.width, height: labels.height)
  }
}
