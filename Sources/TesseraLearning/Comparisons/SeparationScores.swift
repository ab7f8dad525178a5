import TesseraNumerics

// Scores with which layouts are compared; no command uses them.
extension Layout {
  /// Mean silhouette of the points that have a label above 0: -1 ... 1, near 1 where classes are tight and far apart.
  ///
  ///     s = (b - a) / max(a, b)
  ///
  /// with a the mean distance to the other members of the point's class and b the least mean distance to the members
  /// of another class; 0 for the only member of a class. NaN with fewer than two classes. Source: Rousseeuw,
  /// J. Comput. Appl. Math. 20 (1987) 53, eq. 1. O(n²), on all processors.
  public func silhouette(_ labels: [Int]) -> Double {
    let groups = Groups(points, labels)
    guard groups.sizes.count >= 2 else { return .nan }
    let parts = concurrentMap(chunksOf: 256, of: groups.points.count) { range in
      range.reduce(0.0) { sum, index in sum + groups.silhouette(of: index) }
    }
    return parts.reduce(0, +) / Double(groups.points.count)
  }

  /// Davies-Bouldin index of the points that have a label above 0: 0 or more, small where classes are tight and far
  /// apart; NaN with fewer than two classes.
  ///
  ///     DB = mean over i of max over j != i of (Sᵢ + Sⱼ) / |cᵢ - cⱼ|
  ///
  /// with S the mean distance of a class's members from its mean c. Source: Davies & Bouldin, IEEE TPAMI 1 (1979) 224.
  public func daviesBouldin(_ labels: [Int]) -> Double {
    let groups = Groups(points, labels)
    let count = groups.sizes.count
    guard count >= 2 else { return .nan }
    var centres = [Point](repeating: .zero, count: count)
    for (point, group) in zip(groups.points, groups.group) { centres[group] += point / Double(groups.sizes[group]) }
    var scatters = [Double](repeating: 0, count: count)
    for (point, group) in zip(groups.points, groups.group) {
      scatters[group] += (point - centres[group]).length / Double(groups.sizes[group])
    }
    let worst = (0..<count).map { i -> Double in
      var largest = 0.0
      for j in 0..<count where j != i {
        largest = max(largest, (scatters[i] + scatters[j]) / (centres[i] - centres[j]).length)
      }
      return largest
    }
    return worst.reduce(0, +) / Double(count)
  }
}

/// Labelled points, class after class.
private struct Groups {
  let points: [Point]
  /// Class of each point, 0 ..< number of classes.
  let group: [Int]
  let sizes: [Int]

  init(_ all: [Point], _ labels: [Int]) {
    precondition(all.count == labels.count, "separation scores need a label for each point")
    let ranks = Dictionary(
      uniqueKeysWithValues: Set(labels.filter { $0 > 0 }).sorted().enumerated().map { ($1, $0) })
    let order = labels.indices.filter { labels[$0] > 0 }.sorted { (labels[$0], $0) < (labels[$1], $1) }
    points = order.map { all[$0] }
    group = order.map { ranks[labels[$0]]! }
    var sizes = [Int](repeating: 0, count: ranks.count)
    for index in group { sizes[index] += 1 }
    self.sizes = sizes
  }

  func silhouette(of index: Int) -> Double {
    let (own, here) = (group[index], points[index])
    guard sizes[own] > 1 else { return 0 }
    var (first, inside, outside) = (0, 0.0, Double.infinity)
    for (number, size) in sizes.enumerated() {
      var sum = 0.0
      for other in first..<first + size { sum += (points[other] - here).length }
      if number == own {
        inside = sum / Double(size - 1)
      } else {
        outside = min(outside, sum / Double(size))
      }
      first += size
    }
    let larger = max(inside, outside)
    return larger > 0 ? (outside - inside) / larger : 0
  }
}
