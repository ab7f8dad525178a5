import TesseraNumerics

/// How well the instances of a label map agree with the true ones: each true one is found if an instance of its own overlaps it with an
/// intersection over union of at least one half. Each instance can be that of one true one only.
///
/// True instances that the border of the image cuts do not count, and neither do predicted ones that lie mostly on them.
public struct InstanceScore: Sendable, Equatable {
  /// True instances that the border of the image does not cut.
  public var trueCount = 0
  /// True instances that were found.
  public var foundCount = 0
  /// Predicted instances, without those that match or lie mostly on a true one cut by the border.
  public var predictedCount = 0
  /// Predicted instances that match no true one.
  public var falseCount = 0
  /// Sum of the intersections over unions of the found ones.
  public var overlapSum = 0.0

  /// No instance compared yet: the start of a sum over images.
  public init() {}

  /// Labels 1 upwards; 0: none. Both maps must have the same size.
  public init(_ predicted: Raster<Int>, truth: Raster<Int>) {
    precondition(predicted.width == truth.width && predicted.height == truth.height, "label maps of different sizes")
    var sizes: (predicted: [Int: Int], truth: [Int: Int]) = ([:], [:])
    var shared: [Int: [Int: Int]] = [:]
    var cut: Set<Int> = []
    for index in truth.values.indices {
      let (p, t) = (predicted.values[index], truth.values[index])
      if p > 0 { sizes.predicted[p, default: 0] += 1 }
      guard t > 0 else { continue }
      sizes.truth[t, default: 0] += 1
      if p > 0 { shared[t, default: [:]][p, default: 0] += 1 }
      let (x, y) = (index % truth.width, index / truth.width)
      if x == 0 || y == 0 || x == truth.width - 1 || y == truth.height - 1 { cut.insert(t) }
    }
    var left = Set(sizes.predicted.keys)
    // In rising order, so that sums are the same everywhere.
    for label in sizes.truth.keys.sorted() {
      for (other, common) in (shared[label] ?? [:]).sorted(by: { $0.key < $1.key }) where left.contains(other) {
        let overlap = Double(common) / Double(sizes.truth[label]! + sizes.predicted[other]! - common)
        if cut.contains(label) {
          if overlap >= 0.5 || 2 * common > sizes.predicted[other]! { left.remove(other) }
        } else if overlap >= 0.5 {
          left.remove(other)
          foundCount += 1
          overlapSum += overlap
          break
        }
      }
    }
    trueCount = sizes.truth.count - cut.count
    falseCount = left.count
    predictedCount = foundCount + falseCount
  }

  /// Share of the true instances that were found; 1 where there are none.
  public var recall: Double { trueCount > 0 ? Double(foundCount) / Double(trueCount) : 1 }
  /// Share of the predicted instances that match a true one; 1 where there are none.
  public var precision: Double { predictedCount > 0 ? Double(foundCount) / Double(predictedCount) : 1 }
  /// Mean intersection over union of the found ones; not a number where there are none.
  public var meanOverlap: Double { foundCount > 0 ? overlapSum / Double(foundCount) : .nan }

  /// The score of the instances of both together.
  public static func + (a: InstanceScore, b: InstanceScore) -> InstanceScore {
    var sum = a
    sum.trueCount += b.trueCount
    sum.foundCount += b.foundCount
    sum.predictedCount += b.predictedCount
    sum.falseCount += b.falseCount
    sum.overlapSum += b.overlapSum
    return sum
  }
}
