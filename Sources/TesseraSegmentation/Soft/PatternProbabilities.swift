import Foundation
import TesseraImaging
import TesseraNumerics

/// How probable each pattern is at a pixel.
///
/// Two things are uncertain: on which side of a boundary a pixel lies, and whether the region it lies in is of the pattern that its
/// label says. The first depends on the distance d to the boundary: the probability of region j is that of the errors with which
/// boundaries are placed,
///
///     s_j(x) = Σ_w share_w exp(d_j / λ_w) / Σ_i exp(d_i / λ_w),
///
/// d_j being the distance to the edge of region j, positive inside. The second is the mean, over the descriptors inside region j that
/// are near, of the probability of pattern k by the descriptor (`PatternMixture`). P_k = Σ_j s_j r_jk.
public struct PatternProbabilities: Sendable {
  /// Pattern of each pixel, 1 ... `count`; 0 where it has none.
  let labels: Raster<UInt16>
  /// The same of each point of the grid.
  let points: Raster<Int>
  let field: DescriptorField
  let model: PatternModel
  let mixture: PatternMixture
  let isMeasured: Raster<Bool>?

  private var count: Int { model.count }
  private var grid: DescriptorGrid { field.grid }

  /// Logistic distributions of the distance between found and true boundaries, in plane spacings: measured on simulated
  /// specimens of four kinds and counts from 1 to 10^4 in the brightest pixel, on which it depends little (docs/segmentation.md).
  private static let placement = [(share: 0.85, scale: 0.10), (share: 0.15, scale: 0.35)]
  /// Boundaries that translations do not place lie where the descriptor changes fastest, several times less exactly.
  private static let placementByChange = [(share: 0.5, scale: 0.35), (share: 0.5, scale: 1.2)]

  /// Scales of the errors of boundaries in pixels, with their shares.
  /// - Parameter isPlaced: whether translations place them.
  private static func errors(isPlaced: Bool, by model: PatternModel) -> [(share: Double, scale: Double)] {
    (isPlaced ? placement : placementByChange).map { ($0.share, $0.scale * model.scales.spacing) }
  }

  /// Mean distance of the found boundary between two patterns from the true one, in pixels: 2 ln 2 scales of a logistic distribution.
  static func meanPlacement(between a: Int, and b: Int, by model: PatternModel) -> Double {
    2 * log(2)
      * errors(isPlaced: model.isPlaced(a) && model.isPlaced(b), by: model).reduce(0) { $0 + $1.share * $1.scale }
  }

  /// For each label, 0 the first, the probability of each pattern on the grid by descriptors in regions of that label.
  private func byDescriptor() -> [[Raster<Float>]] {
    let probabilities = mixture.probabilities(of: field)
    let step = Double(grid.stride)
    let empty = Raster<Float>(width: grid.columns, height: grid.rows, filling: 0)
    return (0...count).map { label in
      guard label > 0 else { return (0..<count).map { _ in empty } }
      let isOwn = points.map { $0 == label }
      let depth = DistanceTransform.distances(toWhere: isOwn.map { !$0 })
      // A descriptor within this reach of a boundary sees both sides. Regions too narrow to have an inside speak with their
      // middle.
      let deepest = Double(depth.values.max() ?? 0)
      let inside = min(model.scales.reach / step, 0.7 * deepest)
      var weights = empty
      for point in weights.values.indices where isOwn.values[point] && Double(depth.values[point]) >= inside {
        weights.values[point] = 1
      }
      guard weights.values.contains(1) else {
        return (1...count).map { pattern in empty.map { _ in pattern == label ? 1 : 0 } }
      }
      return (0..<count).map { pattern in
        var map = empty
        for point in map.values.indices { map.values[point] = probabilities.values[point * count + pattern] }
        return GaussianFilter.broadlySmoothed(map, weights: weights, sigma: model.scales.reach / 2 / step)
      }
    }
  }

  /// One map per pattern, of the image's size: 0 ... 1, NaN where nothing was measured. They sum to 1, less the probability that
  /// a pixel has none of the patterns.
  public func maps() -> [Raster<Float>] {
    let (inside, byDescriptor) = (insideness(), byDescriptor())
    return (0..<count).map { pattern in
      concurrentRows(width: labels.width, height: labels.height, of: Float.nan) { y, row in
        let v = max(0, min(Double(grid.rows - 1), grid.place(ofPixel: y)))
        for x in 0..<row.count where isMeasured?.values[y * row.count + x] ?? true {
          let u = max(0, min(Double(grid.columns - 1), grid.place(ofPixel: x)))
          var sum: Float = 0
          for label in inside.indices {
            let share = inside[label].values[y * row.count + x]
            if share > 0 { sum += share * byDescriptor[label][pattern].bilinear(at: Point(u, v)) }
          }
          row[x] = min(1, sum)
        }
      }
    }
  }

  /// The entropy of the probabilities in bits, what has no pattern being one more: 0 where one is certain, 1 between two that are
  /// equally probable. At the points of the grid; NaN where nothing was measured.
  public func entropy() -> Raster<Float> {
    let (inside, byDescriptor) = (insideness(on: grid), byDescriptor())
    return concurrentRows(width: grid.columns, height: grid.rows, of: Float.nan) { v, row in
      let y = min(labels.height - 1, grid.pixel(v))
      for u in 0..<row.count {
        let x = min(labels.width - 1, grid.pixel(u))
        guard isMeasured?.values[y * labels.width + x] ?? true else { continue }
        var (entropy, rest): (Float, Float) = (0, 1)
        for pattern in 0..<count {
          let p = inside.indices.reduce(Float(0)) {
            $0 + inside[$1][u, v] * byDescriptor[$1][pattern].values[v * grid.columns + u]
          }
          rest -= p
          if p > 0 { entropy -= p * log2(p) }
        }
        if rest > 1e-5 { entropy -= rest * log2(rest) }
        row[u] = max(0, entropy)
      }
    }
  }

  /// Rows of pixels whose distances are held at once, and how far beyond them boundaries count, in scales of the widest error.
  private static let stripRows = 1024
  private static let reachInScales = 12.0

  /// Probability that each pixel, or each point of a grid, lies in a region of each label, 0 the first. Strip by strip: a boundary
  /// farther away than all errors changes nothing.
  private func insideness(on grid: DescriptorGrid? = nil) -> [Raster<Float>] {
    let (width, height) = (grid?.columns ?? labels.width, grid?.rows ?? labels.height)
    let step = grid?.stride ?? 1
    let rows = max(1, Self.stripRows / step)
    var values = [[Float]](repeating: [], count: count + 1)
    for label in values.indices { values[label].reserveCapacity(width * height) }
    let widest = (0...1).flatMap { Self.errors(isPlaced: $0 == 1, by: model).map(\.scale) }.max() ?? 0
    let halo = Int(saturating: (Self.reachInScales * widest).rounded(.up))
    for first in stride(from: 0, to: height, by: rows) {
      let strip = first..<min(height, first + rows)
      let places = strip.map { min(labels.height - 1, grid?.pixel($0) ?? $0) }
      let (top, bottom) = (max(0, places[0] - halo), min(labels.height, places[places.count - 1] + halo + 1))
      let part = labels.cropped(x: 0, y: top, width: labels.width, height: bottom - top)
      let parts = insideness(in: part, rows: places.map { $0 - top }, on: grid, width: width)
      for label in values.indices { values[label] += parts[label] }
    }
    return values.map { Raster(width: width, height: height, values: $0) }
  }

  /// - Parameters:
  ///   - part: some rows of the labels; `rows` those of them that are asked for.
  private func insideness(
    in part: Raster<UInt16>, rows: [Int], on grid: DescriptorGrid?, width: Int
  ) -> [[Float]] {
    let present = Set(part.values.lazy.map { Int($0) }).filter { $0 <= count }.sorted()
    guard present.count > 1 else {
      return (0...count).map { [Float](repeating: present == [$0] ? 1 : 0, count: rows.count * width) }
    }
    let distances = present.map { label -> [Float] in
      let isIn = part.map { Int($0) == label }
      let (depth, away) = (
        DistanceTransform.distances(toWhere: isIn.map { !$0 }), DistanceTransform.distances(toWhere: isIn)
      )
      return concurrentRows(width: width, height: rows.count, of: Float(0)) { y, row in
        let line = rows[y] * part.width
        for x in 0..<row.count {
          let index = line + min(part.width - 1, grid?.pixel(x) ?? x)
          // Half a pixel from the middle of the last pixel to the line between it and the next.
          row[x] = isIn.values[index] ? depth.values[index] - 0.5 : 0.5 - away.values[index]
        }
      }.values
    }
    let isPlaced = present.map { model.isPlaced($0) }
    let (byChange, byTranslations) = (Self.errors(isPlaced: false, by: model), Self.errors(isPlaced: true, by: model))
    // The boundary next to a pixel is that of the two regions that are nearest.
    let isSharp = concurrentRows(width: width, height: rows.count, of: true) { y, row in
      if isPlaced.allSatisfy({ $0 }) { return }
      for x in 0..<width {
        let index = y * width + x
        var (first, second) = (0, 1)
        if distances[1][index] > distances[0][index] { (first, second) = (1, 0) }
        for k in present.indices.dropFirst(2) {
          if distances[k][index] > distances[first][index] {
            (first, second) = (k, first)
          } else if distances[k][index] > distances[second][index] {
            second = k
          }
        }
        row[x] = isPlaced[first] && isPlaced[second]
      }
    }
    return (0...count).map { label in
      guard let own = present.firstIndex(of: label) else { return [Float](repeating: 0, count: rows.count * width) }
      return concurrentRows(width: width, height: rows.count, of: Float(0)) { y, row in
        for x in 0..<width {
          let index = y * width + x
          var sum = 0.0
          for error in isSharp.values[index] ? byTranslations : byChange {
            // Between two regions d_2 = −d_1: exp(d / λ) with λ of twice the logistic scale.
            let others = distances.reduce(0.0) {
              $0 + exp(Double($1[index] - distances[own][index]) / (2 * error.scale))
            }
            sum += error.share / others
          }
          row[x] = Float(sum)
        }
      }.values
    }
  }
}
