import TesseraNumerics

/// Seeded watershed: regions grow from their seeds over an image as rising water would, and meet at its ridges.
///
/// Source: Meyer & Beucher, J. Vis. Commun. Image Represent. 1 (1990) 21. Pixels of one level are taken in the order in which
/// they were reached, so the result is the same everywhere.
package enum Watershed {
  /// - Parameters:
  ///   - seeds: labels of the seeds, 1 upwards; 0 where a region is to be found. All zeros stay zeros.
  ///   - level: the ground that the water rises over, of the same size.
  package static func regions(from seeds: Raster<Int>, over level: Raster<Float>) -> Raster<Int> {
    guard seeds.values.contains(0) else { return seeds }
    var labels = seeds
    var queue = LevelQueue()
    for index in labels.values.indices where labels.values[index] > 0 {
      if hasFreeNeighbour(index, in: labels) { queue.push(level: level.values[index], index: index) }
    }
    while let next = queue.pop() {
      let label = labels.values[next.index]
      level.forEachNeighbour(of: next.index) { neighbour in
        guard labels.values[neighbour] == 0 else { return }
        labels.values[neighbour] = label
        queue.push(level: max(next.level, level.values[neighbour]), index: neighbour)
      }
    }
    return labels
  }

  /// The regions without those of fewer points than `least`, whose place their neighbours take.
  package static func withoutSpecks(_ labels: Raster<Int>, least: Int, level: Raster<Float>) -> Raster<Int> {
    let regions = labels.connectedRegions()
    var kept = labels
    for region in regions where region.count < least { for index in region { kept.values[index] = 0 } }
    return kept.values.contains { $0 > 0 } ? Self.regions(from: kept, over: level) : labels
  }

  private static func hasFreeNeighbour(_ index: Int, in labels: Raster<Int>) -> Bool {
    var isFree = false
    labels.forEachNeighbour(of: index) {
      isFree = isFree || labels.values[$0] == 0
    }
    return isFree
  }
}

/// Points in the order of rising level; among equals the first pushed is the first popped. A binary heap.
private struct LevelQueue {
  private struct Entry {
    var level: Float
    var order, index: Int
    func comesBefore(_ other: Entry) -> Bool { (level, order) < (other.level, other.order) }
  }
  private var entries: [Entry] = []
  private var pushed = 0

  mutating func push(level: Float, index: Int) {
    entries.append(Entry(level: level, order: pushed, index: index))
    pushed += 1
    var child = entries.count - 1
    while child > 0, entries[child].comesBefore(entries[(child - 1) / 2]) {
      entries.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func pop() -> (level: Float, index: Int)? {
    guard let first = entries.first else { return nil }
    let last = entries.removeLast()
    guard !entries.isEmpty else { return (first.level, first.index) }
    entries[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
        if entries[child].comesBefore(entries[least]) { least = child }
      }
      if least == parent { return (first.level, first.index) }
      entries.swapAt(parent, least)
      parent = least
    }
  }
}
