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
  /// Correlation of what neighbouring columns of one sublattice leave the field by, -1 ... 1: about 0 where it is followed, more where brightness
  /// changes in steps, as at the edge of another thickness or phase.
  public let roughness: Double
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
    var (grid, rest) = (Raster<Float>(width: 1, height: 1, filling: 0), heights)
    for _ in 0..<Self.rounds {
      rest = heights
      for group in groups.indices {
        let range = starts[group]..<starts[group + 1]
        let level = Statistics.median(range.map { heights[$0] - field[$0] })
        for k in range { rest[k] -= level }
      }
      grid = Self.grid(through: rest, at: index, step: step, width: width, height: height)
      field = index.points.map { Self.value(of: grid, at: $0 / step) }
      let middle = Float(Statistics.median(field))
      for k in grid.values.indices { grid.values[k] -= middle }
      for k in field.indices { field[k] -= Double(middle) }
    }
    let left = zip(rest, field).map { $0 - $1 }
    roughness = Self.correlation(
      of: left, groups: starts.indices.dropLast().map { starts[$0]..<starts[$0 + 1] }, at: index.points)
    (logarithms, self.step) = (grid, step)
    ratio = exp(Statistics.quantile(field, 0.95) - Statistics.quantile(field, 0.05))
  }

  /// Of what columns leave the field by, with that of their nearest neighbours of the same sublattice; what stands out, as of another kind, is cut.
  private static func correlation(of left: [Double], groups: [Range<Int>], at places: [Point]) -> Double {
    var (products, squares) = (0.0, 0.0)
    for group in groups {
      let own = group.map { left[$0] }
      let (middle, limit) = (Statistics.median(own), farthest / 2 * Statistics.robustDeviation(own))
      let values = own.map { min(limit, max(-limit, $0 - middle)) }
      let index = PlanarIndex(group.map { places[$0] })
      for k in values.indices {
        let near = index.nearest(neighbours + 1, to: index.points[k]).filter { $0 != k }
        guard !near.isEmpty else { continue }
        products += values[k] * near.reduce(0) { $0 + values[$1] } / Double(near.count)
        squares += values[k] * values[k]
      }
    }
    return squares > 0 ? products / squares : 0
  }

  /// So many neighbours of a column are compared with it.
  private static let neighbours = 4

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

  private static func grid(
    through values: [Double], at index: PlanarIndex, step: Double, width: Int, height: Int
  ) -> Raster<Float> {
    let columns = Int(saturating: Double(width) / step) + 2
    let rows = Int(saturating: Double(height) / step) + 2
    return Raster(
      width: columns, height: rows,
      values: concurrentMap(count: columns * rows) { k in
        let place = Point(Double(k % columns), Double(k / columns)) * step
        let near = index.nearest(nearest, to: place)
        return Float(level(of: near.map { values[$0] }, at: near.map { index.points[$0] - place }))
      })
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
