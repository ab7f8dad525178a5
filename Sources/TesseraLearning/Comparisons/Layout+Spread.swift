import TesseraNumerics

// Sizes with which layouts are compared; no command uses them.
extension Layout {
  /// Root mean square distance of the points from their mean.
  public var radiusOfGyration: Double {
    guard !points.isEmpty else { return 0 }
    let mean = points.reduce(.zero, +) / Double(points.count)
    return (points.reduce(0) { $0 + ($1 - mean).squaredLength } / Double(points.count)).squareRoot()
  }

  /// Root mean square distance of the points from the mean of their class, over the points that have a label above 0.
  public func spread(within labels: [Int]) -> Double {
    precondition(labels.count == points.count)
    let count = max(0, labels.max() ?? 0)
    var (sums, sizes) = ([Point](repeating: .zero, count: count), [Double](repeating: 0, count: count))
    for (point, label) in zip(points, labels) where label > 0 {
      sums[label - 1] += point
      sizes[label - 1] += 1
    }
    var (square, number) = (0.0, 0.0)
    for (point, label) in zip(points, labels) where label > 0 {
      square += (point - sums[label - 1] / sizes[label - 1]).squaredLength
      number += 1
    }
    return number > 0 ? (square / number).squareRoot() : 0
  }
}
