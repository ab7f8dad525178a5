import Foundation
import TesseraImaging
import TesseraNumerics

/// How the inside of each pattern looks to a patch that is smaller than that of the descriptor: what places boundaries.
///
/// The scores are the correlations at the shifts that repeat the patterns and at those of the uniform grid, each with the larger value
/// of a shift and its opposite, so that a pixel beside a boundary is compared with its own side. Patterns are told apart by normal
/// distributions of one covariance (linear discriminant analysis: Fisher, Annals of Eugenics 7 (1936) 179), learned from points that
/// are far from any boundary.
struct BoundaryDiscriminant: Sendable, Codable, Equatable {
  let translation: TranslationDescriptor
  /// One row per pattern, one column per shift; zeros of a pattern that was not learned.
  let directions: Matrix<Float>
  /// What is taken off Σ direction x score, so that the largest result wins.
  let constants: [Float]
  let isLearned: [Bool]
  /// Standard deviations between the two patterns that the scores tell apart worst.
  let separation: Double

  /// Standard deviation of the Gaussian over which its scores are averaged, in plane spacings.
  static let poolingShare = 1.0 / 3

  /// Points that a pattern needs away from its boundaries to be learned from.
  private static let leastInterior = 50
  /// Of the mean variance of a map: what is added to each, so that a direction in which neighbouring points, which share their pixels, hardly
  /// scatter does not decide alone.
  private static let roundness = 0.02
  /// Added where nothing scatters; descriptors are correlations, between -1 and 1.
  private static let rounding = 1e-4
  /// Some thousand points know the covariance well enough.
  private static let sampleLimit = 4000

  /// Nil where fewer than two patterns have an inside.
  /// - Parameter interior: for each pattern the points of the grid that lie well inside it.
  init?(
    _ translation: TranslationDescriptor, interior: [[Int]], in image: Raster<Float>, on grid: DescriptorGrid
  ) {
    let learned = interior.map { $0.count >= Self.leastInterior }
    guard learned.count(where: { $0 }) > 1 else { return nil }
    let (maps, points) = Self.maps(translation, at: interior, in: image, on: grid)
    let d = maps.count
    var pooled = Matrix<Double>(rows: d, columns: d, filling: 0)
    let means = points.indices.map { pattern -> [Double] in
      guard learned[pattern], !points[pattern].isEmpty else { return [] }
      let points = points[pattern]
      let mean = maps.map { map in points.reduce(0.0) { $0 + Double(map.values[$1]) } / Double(points.count) }
      let sample = Swift.stride(from: 0, to: points.count, by: max(1, points.count / Self.sampleLimit)).map {
        points[$0]
      }
      var offsets = Matrix<Double>(rows: sample.count, columns: d, filling: 0)
      for (row, point) in sample.enumerated() {
        for k in 0..<d { offsets.values[row * d + k] = Double(maps[k].values[point]) - mean[k] }
      }
      let gram = offsets.gram
      for index in pooled.values.indices { pooled.values[index] += gram.values[index] / Double(sample.count) }
      return mean
    }
    let patterns = Double(learned.count { $0 })
    let trace = (0..<d).reduce(0) { $0 + pooled[$1, $1] } / patterns
    pooled = pooled.map { $0 / patterns }
    for k in 0..<d { pooled[k, k] += Self.roundness * trace / Double(d) + Self.rounding }
    var directions = Matrix<Float>(rows: interior.count, columns: d, filling: 0)
    var constants = [Float](repeating: 0, count: interior.count)
    for (pattern, mean) in means.enumerated() where !mean.isEmpty {
      guard let direction = pooled.solvedPositive(mean) else { continue }
      for k in 0..<d { directions[pattern, k] = Float(direction[k]) }
      constants[pattern] = Float(dot(direction, mean) / 2)
    }
    (self.translation, self.directions, self.constants, isLearned) = (translation, directions, constants, learned)
    let known = means.indices.filter { !means[$0].isEmpty }
    var least = Double.infinity
    for a in known {
      for b in known where b > a {
        let difference = zip(means[b], means[a]).map { $0 - $1 }
        let solved = pooled.solvedPositive(difference) ?? difference.map { _ in 0 }
        least = min(least, dot(difference, solved).squareRoot())
      }
    }
    separation = least
  }

  /// The maps of a grid and the points of the patterns on it; of a large grid those of a coarser one.
  private static func maps(
    _ translation: TranslationDescriptor, at interior: [[Int]], in image: Raster<Float>, on grid: DescriptorGrid
  ) -> ([Raster<Float>], [[Int]]) {
    let sampled = grid.sampled(
      spacing: translation.pooling / poolingShare, width: image.width, height: image.height)
    let factor = OperationScores.coarsening(points: sampled.count, scores: translation.shifts.count)
    guard factor > 1 || sampled != grid else { return (translation.maps(of: image, on: grid), interior) }
    let coarse = DescriptorGrid(width: image.width, height: image.height, stride: factor * sampled.stride)
    let places = interior.map { points in
      Set(
        points.map { point in
          let (u, v) = (grid.pixel(point % grid.columns), grid.pixel(point / grid.columns))
          let column = max(0, min(coarse.columns - 1, Int(coarse.place(ofPixel: u).rounded())))
          return max(0, min(coarse.rows - 1, Int(coarse.place(ofPixel: v).rounded()))) * coarse.columns + column
        }
      ).sorted()
    }
    return (translation.maps(of: image, on: coarse), places)
  }

  /// The log-likelihood of each pattern at each point, less what all have in common; 0 of a pattern that was not learned.
  /// - Parameters:
  ///   - gain: what the scores of this image are multiplied by to be compared with those of the image that was learned from.
  ///   - smoothing: standard deviation, in points of the grid, of the Gaussian over which evidence is averaged.
  func logLikelihoods(
    of image: Raster<Float>, on grid: DescriptorGrid, gain: Double, smoothing: Double
  ) -> [Raster<Float>] {
    let sampled = grid.sampled(
      spacing: translation.pooling / Self.poolingShare, width: image.width, height: image.height)
    let sums = translation.sums(
      of: image, on: sampled, weights: directions.map { $0 * Float(gain) },
      offsets: [Float](repeating: 0, count: directions.columns))
    let sigma = smoothing * Double(grid.stride) / Double(sampled.stride)
    return concurrentMap(count: sums.count) { pattern in
      let smooth = GaussianFilter.smoothed(sums[pattern].map { $0 - constants[pattern] }, sigma: sigma)
      return sampled == grid
        ? smooth
        : Raster(
          width: grid.columns, height: grid.rows,
          values: GridInterpolation(from: sampled, to: grid).values(of: smooth.values))
    }
  }

  private init(
    translation: TranslationDescriptor, directions: Matrix<Float>, constants: [Float], isLearned: [Bool],
    separation: Double
  ) {
    (self.translation, self.directions, self.constants) = (translation, directions, constants)
    (self.isLearned, self.separation) = (isLearned, separation)
  }

  /// The same with other numbers for the patterns.
  /// - Parameter names: the new number of each old one.
  func renumbered(_ names: [Int: Int], count: Int) -> BoundaryDiscriminant {
    var other = Matrix<Float>(rows: count, columns: directions.columns, filling: 0)
    var (constants, isLearned) = ([Float](repeating: 0, count: count), [Bool](repeating: false, count: count))
    for (old, new) in names where old <= self.constants.count && (1...count).contains(new) {
      for k in 0..<directions.columns { other[new - 1, k] = directions[old - 1, k] }
      (constants[new - 1], isLearned[new - 1]) = (self.constants[old - 1], self.isLearned[old - 1])
    }
    return BoundaryDiscriminant(
      translation: translation, directions: other, constants: constants, isLearned: isLearned, separation: separation)
  }

  /// Whether the numbers fit one another, as those of a damaged file may not.
  func isConsistent(patterns: Int, scales: Segmenter.Scales) -> Bool {
    let shifts = translation.shifts
    let reach = 3 * Int(saturating: max(scales.spacing, Double(scales.window)).rounded(.up)) + 3
    return (1...2000).contains(translation.half) && translation.half <= scales.half && (1...1000).contains(shifts.count)
      && shifts.allSatisfy { $0 > Shift(x: 0, y: 0) && max(abs($0.x), abs($0.y)) <= reach }
      && translation.pooling.isFinite && (0...4000).contains(translation.pooling)
      && directions.rows == patterns && directions.columns == shifts.count
      && directions.values.count == patterns * shifts.count && constants.count == patterns
      && isLearned.count == patterns && separation.isFinite && (directions.values + constants).allSatisfy(\.isFinite)
  }
}
