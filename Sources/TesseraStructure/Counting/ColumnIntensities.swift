import Foundation
import TesseraImaging
import TesseraNumerics

/// Scattering cross-sections of columns at known places: all columns at once, on one constant background,
///
///     f(x, y) = ζ + Σᵢ ηᵢ exp(-((x - xᵢ)² + (y - yᵢ)²) / 2ρ²),    Vᵢ = 2π ρ² ηᵢ,
///
/// with one width ρ for all. Heights and background are linear least squares, the width has the least sum of squares.
/// Source: Van Aert et al., Phys. Rev. B 87 (2013) 064107; De Backer et al., Ultramicroscopy 171 (2016) 104.
///
/// `ColumnFinder` lets the background follow the image slowly, which finds columns on any support; but between columns that
/// overlap such a background takes intensity from them, more where the crystal is thicker. Sums over a column
/// then no longer grow evenly with its atoms.
public struct ColumnIntensities: Sendable, Codable, Equatable {
  /// The width is sought between these multiples of the median width of the sites; positive, rising.
  public var smallestFactor = 0.7, largestFactor = 1.5

  /// A fit whose common width lies between 0.7 and 1.5 times the median width of the sites.
  public init() {}

  /// What the columns scatter.
  public struct Result: Sendable {
    /// Of each site, in the image's intensity units times pixels, with standard errors from what the fit leaves over.
    public var values, errors: [Double]
    /// The common width in pixels, and the background in the image's intensity units.
    public var width, background: Double
  }

  /// The cross-sections of `sites`; nil where no site has a width. O(pixels + sites).
  /// - Parameters:
  ///   - image: finite intensities, in any unit.
  ///   - sites: columns whose places stay; their median width bounds that of all.
  ///   - outside: columns centred outside the image that reach into it; fitted too, but not returned.
  public func result(of image: Raster<Float>, sites: Sites, outside: Sites = Sites([])) throws(ParameterError)
    -> Result?
  {
    try require(smallestFactor > 0, "smallest factor", is: smallestFactor, mustBe: "positive")
    try require(
      largestFactor > smallestFactor, "largest factor", is: largestFactor, mustBe: "above the smallest factor")
    let widths = sites.sites.map { ($0.sigmaMajor * $0.sigmaMinor).squareRoot() }.filter { $0.isFinite && $0 > 0 }
    guard !widths.isEmpty else { return nil }
    let typical = Statistics.median(widths)
    let columns = WholeImageFit(
      image: image, places: (sites.sites + outside.sites).map(\.position), reach: 4.5 * largestFactor * typical)
    // The sum of squares has one minimum between the bounds.
    let width = GoldenSection(smallestFactor * typical...largestFactor * typical, tolerance: 1e-3 * typical)
      .minimum { columns.solution(width: $0).squares }
    let solution = columns.solution(width: width)
    let errors = columns.errors(of: solution)
    let area = 2 * .pi * width * width
    return Result(
      values: sites.sites.indices.map { area * solution.heights[$0] },
      errors: sites.sites.indices.map { area * errors[$0] }, width: width,
      background: solution.background + columns.mean)
  }
}

/// Least squares of Gaussians at fixed places on a constant background.
private struct WholeImageFit {
  let image: Raster<Float>
  let places: [Point]
  /// Mean of the image, which is subtracted so that no digits are lost.
  let mean: Double
  private let squares: Double
  private let reach: Double
  private let neighbours: [[Int]]

  struct Solution {
    var width: Double
    var heights: [Double]
    var background: Double
    /// Sum of the squared residuals.
    var squares: Double
    fileprivate var profiles: [Profile]
    /// Sum of the squares of each Gaussian.
    var norms: [Double]
  }

  /// A Gaussian on its window: the product of a row and a column.
  fileprivate struct Profile {
    var x, y: Range<Int>
    var row, column: [Double]

    func overlap(with other: Profile) -> Double {
      Self.product(x, row, other.x, other.row) * Self.product(y, column, other.y, other.column)
    }

    private static func product(_ a: Range<Int>, _ first: [Double], _ b: Range<Int>, _ second: [Double]) -> Double {
      let shared = a.clamped(to: b)
      return shared.reduce(0.0) { $0 + first[$1 - a.lowerBound] * second[$1 - b.lowerBound] }
    }
  }

  /// - Parameter reach: of a Gaussian of the largest width, in pixels.
  init(image: Raster<Float>, places: [Point], reach: Double) {
    let mean = image.values.reduce(0.0) { $0 + Double($1) } / Double(image.values.count)
    let index = PlanarIndex(places)
    (self.image, self.places, self.mean, self.reach) = (image, places, mean, reach)
    squares = image.values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    neighbours = concurrentMap(count: places.count) { i in
      index.neighbours(of: places[i], within: 1.4 * reach).filter { $0 != i }.sorted()
    }
  }

  private func profile(_ place: Point, width: Double) -> Profile {
    func side(_ centre: Double, _ limit: Int) -> (Range<Int>, [Double]) {
      let radius = min(4.5 * width, reach)
      let low = min(limit, max(0, Int(saturating: (centre - radius).rounded(.up))))
      let range = low..<max(low, min(limit, Int(saturating: (centre + radius).rounded(.down)) + 1))
      return (range, range.map { exp(-0.5 * (Double($0) - centre) * (Double($0) - centre) / (width * width)) })
    }
    let (x, row) = side(place.x, image.width)
    let (y, column) = side(place.y, image.height)
    return Profile(x: x, y: y, row: row, column: column)
  }

  /// Heights and background for one width: normal equations by conjugate gradients, preconditioned by their diagonal.
  func solution(width: Double) -> Solution {
    let count = places.count
    let profiles = concurrentMap(count: count) { profile(places[$0], width: width) }
    let norms = profiles.map { $0.overlap(with: $0) }
    let links = concurrentMap(count: count) { i in
      neighbours[i].map { (site: $0, value: profiles[i].overlap(with: profiles[$0])) }.filter { $0.value > 0 }
    }
    let sums = profiles.map { $0.row.reduce(0, +) * $0.column.reduce(0, +) }
    let right = concurrentMap(count: count) { i in project(profiles[i]) { Double($0) - mean } } + [0]
    let pixels = Double(image.values.count)
    func applied(_ z: [Double]) -> [Double] {
      var result = (0..<count).map { i in
        links[i].reduce(norms[i] * z[i] + sums[i] * z[count]) { $0 + $1.value * z[$1.site] }
      }
      result.append((0..<count).reduce(pixels * z[count]) { $0 + sums[$1] * z[$1] })
      return result
    }
    let diagonal = norms.map { max($0, 1e-12) } + [pixels]
    var z = [Double](repeating: 0, count: count + 1)
    var residual = right
    var scaled = zip(residual, diagonal).map { $0 / $1 }
    var direction = scaled
    var size = dot(residual, scaled)
    let goal = 1e-20 * size
    for _ in 0..<500 where size > goal {
      let image = applied(direction)
      let step = size / dot(direction, image)
      for i in z.indices {
        z[i] += step * direction[i]
        residual[i] -= step * image[i]
      }
      scaled = zip(residual, diagonal).map { $0 / $1 }
      let next = dot(residual, scaled)
      for i in direction.indices { direction[i] = scaled[i] + next / size * direction[i] }
      size = next
    }
    return Solution(
      width: width, heights: Array(z[..<count]), background: z[count], squares: squares - dot(z, right),
      profiles: profiles, norms: norms)
  }

  /// Standard errors of the heights, with the variance of each pixel estimated by its squared residual. Source: White,
  /// Econometrica 48 (1980) 817; the columns' overlap is left out.
  func errors(of solution: Solution) -> [Double] {
    var model = [Double](repeating: solution.background + mean, count: image.values.count)
    for (height, profile) in zip(solution.heights, solution.profiles) {
      for (y, down) in zip(profile.y, profile.column) {
        for (x, across) in zip(profile.x, profile.row) { model[y * image.width + x] += height * down * across }
      }
    }
    let residuals = Raster(
      width: image.width, height: image.height, values: zip(image.values, model).map { Float(Double($0) - $1) })
    return concurrentMap(count: solution.profiles.count) { i in
      let profile = solution.profiles[i]
      var sum = 0.0
      for (y, down) in zip(profile.y, profile.column) {
        for (x, across) in zip(profile.x, profile.row) {
          let term = Double(residuals.values[y * image.width + x]) * down * across
          sum += term * term
        }
      }
      return solution.norms[i] > 0 ? sum.squareRoot() / solution.norms[i] : .nan
    }
  }

  private func project(_ profile: Profile, _ value: (Float) -> Double) -> Double {
    var sum = 0.0
    for (y, down) in zip(profile.y, profile.column) {
      var line = 0.0
      for (x, across) in zip(profile.x, profile.row) { line += across * value(image.values[y * image.width + x]) }
      sum += down * line
    }
    return sum
  }
}
