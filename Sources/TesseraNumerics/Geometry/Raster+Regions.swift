extension Raster {
  /// Calls `body` with the index of each pixel that shares a side with one.
  @inlinable package func forEachNeighbour(of index: Int, _ body: (Int) -> Void) {
    let (x, y) = (index % width, index / width)
    if x + 1 < width { body(index + 1) }
    if y + 1 < height { body(index + width) }
    if x > 0 { body(index - 1) }
    if y > 0 { body(index - width) }
  }
}

extension Raster where Pixel == Int {
  /// The connected regions of equal label as lists of indices; points of label 0 are left out.
  package func connectedRegions() -> [[Int]] {
    var isSeen = [Bool](repeating: false, count: count)
    var regions: [[Int]] = []
    for start in values.indices where !isSeen[start] && values[start] > 0 {
      var region = [start]
      isSeen[start] = true
      var next = 0
      while next < region.count {
        forEachNeighbour(of: region[next]) { neighbour in
          guard !isSeen[neighbour], values[neighbour] == values[start] else { return }
          isSeen[neighbour] = true
          region.append(neighbour)
        }
        next += 1
      }
      regions.append(region)
    }
    return regions
  }
}
