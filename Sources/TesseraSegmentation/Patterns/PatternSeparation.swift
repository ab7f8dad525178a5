import TesseraNumerics

/// How far apart two patterns of a model are in an image: where noise is stronger than in the first image their descriptors run into
/// each other, and every point still has a nearest group.
struct PatternSeparation: Sendable {
  let first, second: Int
  /// Distance of the means in standard deviations, along the line through both.
  let deviations: Double
  /// Points of both.
  let counts: (Int, Int)

  /// Patterns of fewer points say nothing of their scatter.
  private static let fewestPoints = 30

  /// Of every two patterns that are there.
  /// - Parameters:
  ///   - labels: of the points of the grid, 1 ... `count`.
  ///   - isCore: points whose descriptor is of one pattern alone.
  static func all(
    in field: DescriptorField, labels: Raster<Int>, count: Int, core isCore: Raster<Bool>
  ) -> [PatternSeparation] {
    var members = [[Int]](repeating: [], count: count + 1)
    for point in labels.values.indices where isCore.values[point] && labels.values[point] <= count {
      members[labels.values[point]].append(point)
    }
    let (values, width) = (field.components.values, field.components.columns)
    let present = members.indices.dropFirst().filter { members[$0].count >= fewestPoints }
    let means = members.map { points -> [Double] in
      var sum = [Double](repeating: 0, count: width)
      for point in points { for k in 0..<width { sum[k] += Double(values[point * width + k]) } }
      return sum.map { $0 / Double(max(1, points.count)) }
    }
    return present.flatMap { a in
      present.filter { $0 > a }.map { b in
        let line = zip(means[b], means[a]).map { $0 - $1 }
        let length = line.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0 else {
          return PatternSeparation(first: a, second: b, deviations: 0, counts: (members[a].count, members[b].count))
        }
        func variance(_ label: Int) -> Double {
          let places = members[label].map { point in
            (0..<width).reduce(0.0) { $0 + Double(values[point * width + $1]) * line[$1] } / length
          }
          let deviation = Statistics.deviation(places)
          return deviation * deviation
        }
        let scatter = ((variance(a) + variance(b)) / 2).squareRoot()
        return PatternSeparation(
          first: a, second: b, deviations: scatter > 0 ? length / scatter : .infinity,
          counts: (members[a].count, members[b].count))
      }
    }
  }
}
