import Foundation
import TesseraNumerics

/// Brightness that changes slowly over an image: by what factor columns of one kind stand higher in one place than in another, as where
/// the specimen is thicker, or the illumination stronger.
///
/// The logarithm of the height of column i of sublattice b is
///
///     log hᵢ = s_b + f(xᵢ) + eᵢ,
///
/// with a level s of each sublattice and a smooth field f. Around each place f is a plane through the nearest columns, weighted by their
/// distance and less the farther they are from the plane, so that columns of another kind do not bend it: Cleveland, J. Am. Stat.
/// Assoc. 74 (1979) 829. Levels and field follow from one another in turns: Breiman & Friedman, J. Am. Stat. Assoc. 80 (1985) 580.
public struct BrightnessField: Sendable, Equatable {
  /// The brightest tenth of the columns beside the dimmest one: the ratio of the factors that a twentieth of them exceeds and falls short of.
  public let ratio: Double
  /// How much of the whole change happens from a column to its nearest neighbour, 0 ... 1, where it changes most: of a hundred columns one. Where
  /// brightness changes slowly over n columns it is 1 / n; at the edge of another thickness or phase it changes within two or three.
  public let steepness: Double
  /// Logarithms of the factor at the nodes of a grid; the first node is at pixel (0, 0).
  private let logarithms: Raster<Float>
  /// Of the grid, in pixels.
  private let step: Double

  /// So many columns tell the plane around a place: few enough that the field follows thickness, and so many that a plane is known to a
  /// tenth of their scatter.
  private static let nearest = 100
  /// Smaller sublattices say nothing of the field.
  private static let fewestMembers = 20
  /// The grid is so many column spacings wide.
  private static let stepInSpacings = 2.0
  /// Levels and field are found anew so often.
  private static let rounds = 3
  /// Columns farther than so many robust deviations from the plane do not count.
  private static let farthest = 4.0

  /// - Parameters:
  ///   - columns: of the image; those without a height say nothing.
  ///   - sublattices: a number for the sublattice of each column, negative off the lattice.
  ///   - width: of the image, in pixels.
  ///   - height: of the image, in pixels.
  /// - Returns: nil where fewer than 100 columns belong to sublattices of at least 20.
  public init?(of columns: Sites, sublattices: [Int], width: Int, height: Int) {
    var members: [Int: [Int]] = [:]
    for (column, site) in columns.sites.enumerated()
    where sublattices[column] >= 0 && site.amplitude > 0 && site.amplitude.isFinite {
      members[sublattices[column], default: []].append(column)
    }
    // In the order of their numbers, so that sums do not depend on that of a dictionary.
    let groups = members.filter { $0.value.count >= Self.fewestMembers }.sorted { $0.key < $1.key }.map(\.value)
    let known = groups.flatMap { $0 }
    let index = PlanarIndex(known.map { columns[$0].position })
    guard known.count >= Self.nearest, let spacing = index.medianSpacing, spacing > 0 else { return nil }
    let step = Self.stepInSpacings * spacing
    let starts = groups.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    let heights = known.map { log(columns[$0].amplitude) }
    var field = [Double](repeating: 0, count: known.count)
    let across = Int(saturating: Double(width) / step) + 2
    var grid = Raster<Float>(width: across, height: Int(saturating: Double(height) / step) + 2, filling: 0)
    let nodes = grid.values.indices.map { Point(Double($0 % across), Double($0 / across)) * step }
    let near = concurrentMap(count: nodes.count) { index.nearest(Self.nearest, to: nodes[$0]) }
    // One level is a constant, and the field has none.
    for _ in 0..<(groups.count > 1 ? Self.rounds : 1) {
      var rest = heights
      for group in groups.indices {
        let range = starts[group]..<starts[group + 1]
        let level = Statistics.median(range.map { heights[$0] - field[$0] })
        for k in range { rest[k] -= level }
      }
      let values = rest
      grid.values = concurrentMap(count: nodes.count) { k in
        Float(Self.level(of: near[k].map { values[$0] }, at: near[k].map { index.points[$0] - nodes[k] }))
      }
      field = index.points.map { Self.value(of: grid, at: $0 / step) }
      let middle = Float(Statistics.median(field))
      for k in grid.values.indices { grid.values[k] -= middle }
      for k in field.indices { field[k] -= Double(middle) }
    }
    self.init(logarithms: grid, step: step, at: index.points)
  }

  /// - Parameters:
  ///   - logarithms: of the factor at the nodes of a grid, whose first node is at pixel (0, 0).
  ///   - step: of the grid, in pixels.
  ///   - places: at which the field counts.
  init(logarithms: Raster<Float>, step: Double, at places: [Point]) {
    (self.logarithms, self.step) = (logarithms, step)
    let index = PlanarIndex(places)
    let field = places.map { Self.value(of: logarithms, at: $0 / step) }
    let change = Statistics.quantile(field, 0.95) - Statistics.quantile(field, 0.05)
    let steps = places.indices.map { k -> Double in
      let near = index.nearest(2, to: places[k]).first { $0 != k }
      return near.map { abs(field[$0] - field[k]) } ?? 0
    }
    ratio = exp(change)
    steepness = change > 0 ? min(1, Statistics.quantile(steps, 0.99) / change) : 0
  }

  /// The factor at a place in pixels: 1 where columns are as bright as at the median.
  public func factor(at place: Point) -> Double { exp(Self.value(of: logarithms, at: place / step)) }

  /// By what factor levelling makes the noise around these columns larger in the root mean square.
  package func noiseFactor(at columns: Sites) -> Double {
    Statistics.mean(columns.positions.map { 1 / (factor(at: $0) * factor(at: $0)) }).squareRoot()
  }

  /// An image as it would be were all of it as bright as at the median; its background must be zero.
  public func levelled(_ image: Raster<Float>) -> Raster<Float> { scaled(image) { 1 / $0 } }

  /// An image that is as bright everywhere as at the median, as it is with this field.
  public func applied(to image: Raster<Float>) -> Raster<Float> { scaled(image) { $0 } }

  /// The same columns were all of the image as bright as at the median.
  public func levelled(_ sites: Sites) -> Sites {
    var sites = sites
    for k in sites.sites.indices { sites.sites[k].amplitude /= factor(at: sites.sites[k].position) }
    return sites
  }

  private func scaled(_ image: Raster<Float>, by scale: @Sendable (Double) -> Double) -> Raster<Float> {
    concurrentRows(width: image.width, height: image.height, of: Float.nan) { y, row in
      for x in 0..<row.count { row[x] = image[x, y] * Float(scale(factor(at: Point(Double(x), Double(y))))) }
    }
  }

  /// Bilinear, from the four nodes around a place in units of the grid; beyond the grid that of its border.
  private static func value(of grid: Raster<Float>, at place: Point) -> Double {
    func split(_ value: Double, _ count: Int) -> (Int, Double) {
      let inside = min(max(0, value), Double(count - 1))
      let low = min(Int(saturating: inside), max(0, count - 2))
      return (low, inside - Double(low))
    }
    let ((x, u), (y, v)) = (split(place.x, grid.width), split(place.y, grid.height))
    let (right, below) = (min(x + 1, grid.width - 1), min(y + 1, grid.height - 1))
    let top = Double(grid[x, y]) * (1 - u) + Double(grid[right, y]) * u
    let bottom = Double(grid[x, below]) * (1 - u) + Double(grid[right, below]) * u
    return top * (1 - v) + bottom * v
  }

  /// The value at the origin of a plane through values around it.
  private static func level(of values: [Double], at offsets: [Point]) -> Double {
    let reach = offsets.map(\.length).max() ?? 0
    let nearness = offsets.map { offset in
      let share = offset.length / reach
      return (1 - share * share * share) * (1 - share * share * share) * (1 - share * share * share)
    }
    let middle = Statistics.median(values)
    var (level, rest) = (middle, values.map { $0 - middle })
    for _ in 0..<rounds {
      let limit = farthest * Statistics.robustDeviation(rest)
      let weights = zip(nearness, rest).map { near, rest in
        guard limit > 0 else { return near }
        let share = min(1, abs(rest) / limit)
        return near * (1 - share * share) * (1 - share * share)
      }
      guard let plane = WeightedPlane(values, at: offsets, weights: weights) else { break }
      (level, rest) = (plane.level, plane.residuals(values, at: offsets))
    }
    return level
  }
}
