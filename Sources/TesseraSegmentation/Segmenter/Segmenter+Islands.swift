import Foundation
import TesseraImaging
import TesseraNumerics

extension Segmenter {
  /// Patterns of an image most of which does not repeat itself: crystals as small as a few patches, on a film or in vacuum. Their descriptors
  /// lead without a gap to that of nothing, since most patches see both, so the pixels are asked.
  struct Islands: Sendable {
    /// 1 the surroundings, 2 upwards the crystals; 0 between.
    var labels: Raster<Int>
    /// Mean descriptor of each, and its label.
    var centres: Matrix<Double>
    var labelOfCentre: [Int]
  }

  /// By how many robust standard deviations the descriptor of an island is longer than that of its surroundings: what a field of some
  /// thousand points does not reach by chance.
  private static let islandDeviations = 6.0
  /// Above this the surroundings have the lattice of the island: the crystal goes on, with less contrast. Other crystals reach 0.75 at
  /// most, where noise is small.
  private static let sameLattice = 0.5

  /// Parts of the image that repeat themselves, each with a lattice that is not that of the rest; nil without any.
  func islands(in field: DescriptorField, of image: Raster<Float>, scales: Scales) -> Islands? {
    let lengths = field.lengths
    let (usual, deviation) = (Statistics.median(lengths.values), Statistics.robustDeviation(lengths.values))
    let limit = usual + Float(Self.islandDeviations) * max(deviation, Float(finder.resolution / 6 * field.scale))
    let surroundings = lengths.map { $0 < limit }
    let rest = repeats(where: spread(surroundings, on: field.grid, over: image), in: image, scales: scales)
    var crystals: [(points: [Int], map: Raster<Float>)] = []
    var isTaken = surroundings.map { _ in false }
    for region in surroundings.map({ $0 ? 0 : 1 }).connectedRegions()
    where !region.contains(where: { isTaken.values[$0] }) {
      // Half of a patch at the edge lies outside. In strong speckle that reaches below what the surroundings reach by chance.
      let half = (usual + (region.map { lengths.values[$0] }.max() ?? 0)) / 2
      let inside = lengths.region(above: half, around: region)
      for point in inside { isTaken.values[point] = true }
      guard let crystal = crystal(inside, on: field.grid, in: image, beside: rest, scales: scales) else { continue }
      if let same = crystals.firstIndex(where: {
        DistortedLattice($0.map, crystal, spacing: scales.spacing).agreement >= DistortedLattice.leastAgreement
      }) {
        crystals[same].points += inside
      } else {
        crystals.append((inside, crystal))
      }
    }
    guard !crystals.isEmpty else { return nil }
    let groups = [surroundings.values.indices.filter { surroundings.values[$0] }] + crystals.map(\.points)
    var labels = surroundings.map { $0 ? 1 : 0 }
    for (index, group) in groups.enumerated() { for point in group { labels.values[point] = index + 1 } }
    return Islands(labels: labels, centres: field.means(of: groups), labelOfCentre: Array(1...groups.count))
  }

  /// What repeats a part of the image that is a crystal of its own; nil of one that is not, or too narrow to say so.
  private func crystal(
    _ points: [Int], on grid: DescriptorGrid, in image: Raster<Float>, beside rest: RepeatVectors, scales: Scales
  ) -> Raster<Float>? {
    guard Double(points.count * grid.stride * grid.stride) >= Self.fewestCells * scales.spacing * scales.spacing else {
      return nil
    }
    var inside = Raster(width: grid.columns, height: grid.rows, filling: false)
    for point in points { inside.values[point] = true }
    let depth = DistanceTransform.distances(toWhere: inside.map { !$0 })
    guard Double(depth.values.max() ?? 0) * Double(grid.stride) > scales.reach else { return nil }
    let own = repeats(where: spread(inside, on: grid, over: image), in: image, scales: scales)
    guard own.order != .none else { return nil }
    let isContinued =
      rest.order != .none && rest.correlation > finder.contrast * own.correlation
      && DistortedLattice(rest.map, own.map, spacing: scales.spacing).agreement > Self.sameLattice
    return isContinued ? nil : own.map
  }
}

extension Raster<Float> {
  /// The points above a level that are joined to one of `seeds` by such points along rows and columns, rising.
  func region(above level: Float, around seeds: [Int]) -> [Int] {
    var isInside = map { _ in false }
    var open = seeds.filter { values[$0] > level }
    for point in open { isInside.values[point] = true }
    var next = 0
    while next < open.count {
      forEachNeighbour(of: open[next]) { point in
        guard values[point] > level, !isInside.values[point] else { return }
        isInside.values[point] = true
        open.append(point)
      }
      next += 1
    }
    return open.sorted()
  }
}

extension DescriptorField {
  /// How far the descriptor of each point is from that of nothing, along the components.
  var lengths: Raster<Float> {
    let zero = origin.map { Float($0) }
    let width = components.columns
    return Raster(
      width: grid.columns, height: grid.rows,
      values: (0..<grid.count).map { point in
        (0..<width).reduce(Float(0)) {
          let offset = components.values[point * width + $1] - zero[$1]
          return $0 + offset * offset
        }.squareRoot()
      })
  }

  /// The mean descriptor of some groups of points, one row each.
  func means(of groups: [[Int]]) -> Matrix<Double> {
    let width = components.columns
    let rows = groups.map { points in
      (0..<width).map { k in
        points.reduce(0.0) { $0 + Double(components.values[$1 * width + k]) } / Double(max(1, points.count))
      }
    }
    return Matrix(rows: groups.count, columns: width, values: rows.flatMap { $0 })
  }
}
