import TesseraNumerics

/// A k-d tree over points of the plane, balanced at medians; it bears tight classes far apart and repeated points,
/// which a grid of equal cells does not.
///
/// Building is O(n log n). Nodes are numbered from the root, children after their parent.
struct PlanarTree: Sendable {
  struct Node: Sendable {
    /// Places in `points` of the node's points.
    var range: Range<Int>
    /// Corners of the box around them.
    var low, high: Point
    /// The first child; the second follows it. 0 for a leaf.
    var child = 0

    /// Squared distance from a place to the box; 0 inside.
    @inline(__always) func squaredDistance(to place: Point) -> Double {
      let x = max(low.x - place.x, 0, place.x - high.x)
      let y = max(low.y - place.y, 0, place.y - high.y)
      return x * x + y * y
    }
  }

  /// The points in tree order: those of a node are together.
  let points: [Point]
  /// The original index of each.
  let order: [Int]
  let nodes: [Node]

  private static let leafSize = 8

  init(_ original: [Point]) {
    var order = Array(original.indices)
    var nodes = [Node(range: 0..<original.count, low: .zero, high: .zero)]
    nodes.reserveCapacity(original.count / 2 + 8)
    var next = 0
    while next < nodes.count {
      let range = nodes[next].range
      var (low, high) = (Point(repeating: .infinity), Point(repeating: -.infinity))
      for place in range {
        low = pointwiseMin(low, original[order[place]])
        high = pointwiseMax(high, original[order[place]])
      }
      (nodes[next].low, nodes[next].high) = (low, high)
      let extent = high - low
      if range.count > Self.leafSize && max(extent.x, extent.y) > 0 {
        let middle = range.lowerBound + range.count / 2
        let axis = extent.x >= extent.y ? 0 : 1
        order.withUnsafeMutableBufferPointer { order in
          // Ties by index make the order, and with it every result, that of the points alone.
          partition(order, in: range, at: middle) { a, b in
            let (u, v) = (original[a][axis], original[b][axis])
            return u < v || (u == v && a < b)
          }
        }
        nodes[next].child = nodes.count
        nodes.append(Node(range: range.lowerBound..<middle, low: .zero, high: .zero))
        nodes.append(Node(range: middle..<range.upperBound, low: .zero, high: .zero))
      }
      next += 1
    }
    self.order = order
    self.nodes = nodes
    points = order.map { original[$0] }
  }

  /// Squared distances, rising, from the point at a place of `points` to its nearest others, and their places.
  func nearest(_ count: Int, to place: Int) -> [(squared: Double, place: Int)] {
    var best: [(squared: Double, place: Int)] = []
    best.reserveCapacity(count + 1)
    let here = points[place]
    func visit(_ number: Int) {
      let node = nodes[number]
      if best.count == count && node.squaredDistance(to: here) >= best[count - 1].squared { return }
      guard node.child > 0 else {
        for other in node.range where other != place {
          let squared = (points[other] - here).squaredLength
          if best.count == count && squared >= best[count - 1].squared { continue }
          var at = best.count
          while at > 0 && best[at - 1].squared > squared { at -= 1 }
          best.insert((squared, other), at: at)
          if best.count > count { best.removeLast() }
        }
        return
      }
      let first = nodes[node.child].squaredDistance(to: here) <= nodes[node.child + 1].squaredDistance(to: here)
      visit(first ? node.child : node.child + 1)
      visit(first ? node.child + 1 : node.child)
    }
    if count > 0 { visit(0) }
    return best
  }
}

/// Hoare's selection: afterwards everything in `range` before `middle` comes before everything from it on.
private func partition(
  _ values: UnsafeMutableBufferPointer<Int>, in range: Range<Int>, at middle: Int, by precedes: (Int, Int) -> Bool
) {
  var (first, last) = (range.lowerBound, range.upperBound - 1)
  while first < last {
    let pivot = values[first + (last - first) / 2]
    var (i, j) = (first, last)
    while i <= j {
      while precedes(values[i], pivot) { i += 1 }
      while precedes(pivot, values[j]) { j -= 1 }
      if i <= j {
        values.swapAt(i, j)
        i += 1
        j -= 1
      }
    }
    if middle <= j {
      last = j
    } else if middle >= i {
      first = i
    } else {
      return
    }
  }
}
