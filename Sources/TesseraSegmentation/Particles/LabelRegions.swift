import TesseraNumerics

/// The regions of a label map, each as the indices of its pixels.
package enum LabelRegions {
  /// In the order of their labels; 0 is no region.
  package static func regions(of labels: Raster<Int>) -> [[Int]] {
    var regions: [Int: [Int]] = [:]
    for (index, label) in labels.values.enumerated() where label > 0 { regions[label, default: []].append(index) }
    return regions.keys.sorted().map { regions[$0]! }
  }

  /// Whether a pixel of the region lies on the border of an image of this size.
  package static func reachesBorder(_ region: [Int], width: Int, height: Int) -> Bool {
    region.contains { index in
      let (x, y) = (index % width, index / width)
      return x == 0 || y == 0 || x == width - 1 || y == height - 1
    }
  }

  /// A network's outline ends about so many pixels before an area without a measurement.
  private static let cutReach = 3

  /// Whether the region goes on where nothing was measured.
  package static func isCut(_ region: [Int], by isMeasured: Raster<Bool>) -> Bool {
    guard isMeasured.values.contains(false) else { return false }
    return region.contains { index in
      let (x, y) = (index % isMeasured.width, index / isMeasured.width)
      return [(cutReach, 0), (-cutReach, 0), (0, cutReach), (0, -cutReach)].contains { dx, dy in
        isMeasured.contains(x: x + dx, y: y + dy) && !isMeasured[x + dx, y + dy]
      }
    }
  }
}
