import Foundation
import TesseraImaging
import TesseraNumerics

/// How high a column stands in the middle of a polygon, with its standard error.
///
/// Within a disc around the middle the image is a constant, a Gaussian in the middle and one of the columns' width at each corner:
/// linear least squares of all heights and the constant at once, each pixel weighted by the inverse of its variance. What other
/// columns and the fitted background add is taken off before. So tails of the wall do not count as filling, and noise gives an
/// error instead of a column. The middle is that of the column found there, or else the mean of the corners. What fills units may be
/// narrower or wider than the columns around: where something does, one width for all middles is taken, that which explains them best.
package struct UnitFilling: Sendable, Codable, Equatable {
  /// How far the disc reaches beyond the mean distance of the corners, in standard deviations of a column.
  package var margin = 1.5
  /// So many pixels of a disc must be measured at least: this share of its area, less so many that its ragged rim may lack.
  private static let (leastMeasured, rimPixels) = (0.9, 8.0)
  /// The variance of a pixel is this share of that on a typical column at least, so that none outweighs all others.
  private static let leastVarianceShare = 0.01

  package init() {}

  /// Height of the middle and of the corners, in the image's units.
  package struct Heights: Sendable {
    package var middle, error: Double
    package var corners: [Double]
  }

  /// Widths of the middles that are tried, over the columns' own.
  private static let widthRatios = [0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.05, 1.1, 1.2, 1.3, 1.4]
  /// Another width than the columns' is taken if the sum of squares, in variances, falls by so much: what chance has with 0.1 % of fits
  /// is 11, and of so many units the texture adds some.
  private static let leastGain = 25.0
  /// So many units whose middle stands out by so many errors tell the width; more would add little.
  private static let (mostFilled, clearHeight) = (150, 5.0)

  /// The heights of each unit; nil where the disc leaves the image or holds too few pixels.
  package func heights(
    of units: [PolygonalUnit], columns found: ColumnFinder.Found, in image: Raster<Float>, isMeasured: Raster<Bool>
  ) -> [Heights?] {
    guard let scene = Scene(found, image, isMeasured) else { return units.map { _ in nil } }
    func solutions(of units: [PolygonalUnit], ratio: Double) -> [NormalSums.Solution?] {
      concurrentMap(count: units.count) { solution(of: units[$0], middleSigma: ratio * scene.sigma, in: scene) }
    }
    var solved = solutions(of: units, ratio: 1)
    let filled = units.indices.filter { solved[$0].map { $0.values[1] > Self.clearHeight * $0.errors[1] } ?? false }
    let step = max(1, filled.count / Self.mostFilled)
    let sample = stride(from: 0, to: filled.count, by: step).map { filled[$0] }
    if !sample.isEmpty {
      func rest(_ solved: [NormalSums.Solution?]) -> Double { solved.reduce(0) { $0 + ($1?.rest ?? .infinity) } }
      let own = rest(sample.map { solved[$0] })
      let rests = Self.widthRatios.map { rest(solutions(of: sample.map { units[$0] }, ratio: $0)) }
      let best = rests.indices.min { rests[$0] < rests[$1] }!
      if own - rests[best] > Self.leastGain { solved = solutions(of: units, ratio: Self.widthRatios[best]) }
    }
    return solved.map { solution in
      solution.map { Heights(middle: $0.values[1], error: $0.errors[1], corners: Array($0.values[2...])) }
    }
  }

  /// The image with what is known of it.
  private struct Scene: Sendable {
    let found: ColumnFinder.Found
    let image: Raster<Float>
    let isMeasured: Raster<Bool>
    let sites: [Site]
    let index: PlanarIndex
    /// Width of a column, and the least variance of a pixel.
    let sigma, least: Double

    /// Nil without a column of known width.
    init?(_ found: ColumnFinder.Found, _ image: Raster<Float>, _ isMeasured: Raster<Bool>) {
      (self.found, self.image, self.isMeasured) = (found, image, isMeasured)
      sites = found.sites.sites + found.outside.sites
      index = PlanarIndex(sites.map(\.position))
      let widths = found.sites.sites.map { ($0.sigmaMajor * $0.sigmaMinor).squareRoot() }
        .filter { $0.isFinite && $0 > 0 }
      guard !widths.isEmpty else { return nil }
      sigma = Statistics.median(widths)
      least = UnitFilling.leastVariance(found)
    }
  }

  /// Constant, height of the middle and those of the corners.
  private func solution(of unit: PolygonalUnit, middleSigma: Double, in scene: Scene) -> NormalSums.Solution? {
    let (sites, found, image) = (scene.sites, scene.found, scene.image)
    let middle = unit.middle.map { sites[$0].position } ?? unit.centre
    let radius = unit.radius + margin * scene.sigma
    let near = scene.index.neighbours(of: middle, within: radius + 4 * scene.sigma)
    let own = Set(unit.corners + (unit.middle.map { [$0] } ?? []))
    let others = near.filter { !own.contains($0) && sites[$0].amplitude.isFinite }
    let corners = unit.corners.map { sites[$0].position }
    var sums = NormalSums(count: corners.count + 2)
    var row = [Double](repeating: 1, count: corners.count + 2)
    for y in Self.range(middle.y, radius, image.height) {
      for x in Self.range(middle.x, radius, image.width) {
        let place = Point(Double(x), Double(y))
        guard (place - middle).squaredLength <= radius * radius, scene.isMeasured[x, y] else { continue }
        let background = Double(found.background[x, y])
        var rest = background
        for other in others { rest += Self.value(of: sites[other], at: place, sigma: scene.sigma) }
        let model = Double(image[x, y]) - Double(found.residual[x, y])
        let variance = found.noiseCorrelation * max(scene.least, found.constantVariance + found.gain * model)
        row[1] = Self.gaussian(place - middle, middleSigma)
        for (k, corner) in corners.enumerated() { row[k + 2] = Self.gaussian(place - corner, scene.sigma) }
        sums.add(row, value: Double(image[x, y]) - rest, weight: 1 / variance)
      }
    }
    let whole = Double.pi * radius * radius
    guard Double(sums.pixels) > Self.leastMeasured * whole - Self.rimPixels else { return nil }
    return sums.solution()
  }

  private static func leastVariance(_ found: ColumnFinder.Found) -> Double {
    let typical = Statistics.median(found.sites.sites.map(\.amplitude).filter(\.isFinite))
    return max(1e-30, leastVarianceShare * abs(found.constantVariance + found.gain * typical))
  }

  private static func range(_ centre: Double, _ radius: Double, _ limit: Int) -> Range<Int> {
    let low = max(0, min(limit, Int(saturating: (centre - radius).rounded(.up))))
    return low..<max(low, min(limit, Int(saturating: (centre + radius).rounded(.down)) + 1))
  }

  private static func gaussian(_ d: Point, _ sigma: Double) -> Double { exp(-d.squaredLength / (2 * sigma * sigma)) }

  /// A fitted column's intensity at a place.
  private static func value(of site: Site, at place: Point, sigma: Double) -> Double {
    let d = place - site.position
    guard site.sigmaMajor > 0 && site.sigmaMinor > 0 else { return site.amplitude * gaussian(d, sigma) }
    let turned = d.rotated(by: -site.angle)
    let (u, v) = (turned.x / site.sigmaMajor, turned.y / site.sigmaMinor)
    return site.amplitude * exp(-0.5 * (u * u + v * v))
  }
}

/// The sums of a weighted linear least-squares problem.
private struct NormalSums {
  let count: Int
  private(set) var pixels = 0
  private var matrix, right: [Double]
  private var squares = 0.0

  init(count: Int) {
    self.count = count
    matrix = [Double](repeating: 0, count: count * count)
    right = [Double](repeating: 0, count: count)
  }

  mutating func add(_ row: [Double], value: Double, weight: Double) {
    pixels += 1
    squares += weight * value * value
    for i in 0..<count {
      right[i] += weight * row[i] * value
      for j in 0...i { matrix[i * count + j] += weight * row[i] * row[j] }
    }
  }

  /// Unknowns, their standard errors, widened where the residual exceeds the noise, and the sum of squares that is left, in variances.
  struct Solution: Sendable {
    var values, errors: [Double]
    var rest: Double
  }

  /// Nil if the unknowns are not determined.
  func solution() -> Solution? {
    guard pixels > count else { return nil }
    var full = matrix
    for i in 0..<count { for j in 0..<i { full[j * count + i] = full[i * count + j] } }
    guard let inverse = SmallSystem.inverse(full, count: count) else { return nil }
    let values = (0..<count).map { i in (0..<count).reduce(0.0) { $0 + inverse[i * count + $1] * right[$1] } }
    let residual = squares - dot(values, right)
    let scale = max(1, residual / Double(pixels - count)).squareRoot()
    return Solution(
      values: values, errors: (0..<count).map { scale * max(0, inverse[$0 * count + $0]).squareRoot() }, rest: residual)
  }
}
