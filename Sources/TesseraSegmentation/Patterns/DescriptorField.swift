import Foundation
import TesseraImaging
import TesseraLearning
import TesseraNumerics

/// Descriptors of the points of a grid, reduced to their principal components [S21, section II.B].
public struct DescriptorField: Sendable {
  /// The points of the image at which descriptors were computed.
  public let grid: DescriptorGrid
  /// One row per point of the grid, one column per component.
  public private(set) var components: Matrix<Float>
  /// How far the descriptor of each point lies from that of nothing along the direction in which the mean leaves the space of the
  /// components: the mean has the last number of `origin`.
  private(set) var heights: [Float]
  /// The length of what neither the components nor the height see of each descriptor: what no pattern of the image that the basis was
  /// fitted to has.
  private(set) var remainders: [Float]
  /// Part of the variance of the descriptors of the image that the basis was fitted to that each component holds, 0 ... 1.
  public var explained: [Double] { basis.explained }
  /// Length of a descriptor, the mean not taken off, that one point in twenty exceeds: what differences are measured by.
  public var scale: Double { basis.scale }
  /// Where a descriptor of zeros lies among the components; last, its distance from their space.
  var origin: [Double] { basis.origin }
  /// How scores became components: fitted to this image, or to another.
  public let basis: DescriptorBasis

  /// The components of an image by a basis that was fitted to another.
  init(of image: Raster<Float>, by scores: OperationScores, on grid: DescriptorGrid, basis: DescriptorBasis) {
    (self.grid, self.basis) = (grid, basis)
    let sampled = scores.sampled(grid, width: image.width, height: image.height)
    (components, heights, remainders) = Self.parts(
      Self.interpolated(scores.coordinates(of: image, on: sampled, basis: basis), from: sampled, to: grid))
  }

  /// The same with a basis of `count` components fitted to the image. A large one is fitted to a coarser grid: its points need not all
  /// be held.
  init(of image: Raster<Float>, by scores: OperationScores, on grid: DescriptorGrid, count: Int) throws {
    self.grid = grid
    let sampled = scores.sampled(grid, width: image.width, height: image.height)
    let factor = OperationScores.coarsening(points: sampled.count, scores: scores.names.count)
    guard factor > 1 else {
      let (basis, coordinates) = try DescriptorBasis.fitted(
        to: scores.maps(of: image, on: sampled), selection: scores.selection, count: count)
      self.basis = basis
      (components, heights, remainders) = Self.parts(Self.interpolated(coordinates, from: sampled, to: grid))
      return
    }
    let coarse = DescriptorGrid(width: image.width, height: image.height, stride: factor * sampled.stride)
    basis = try DescriptorBasis.fitted(
      to: scores.maps(of: image, on: coarse), selection: scores.selection, count: count
    ).basis
    (components, heights, remainders) = Self.parts(
      Self.interpolated(scores.coordinates(of: image, on: sampled, basis: basis), from: sampled, to: grid))
  }

  /// Components, heights and remainders.
  private static func parts(_ coordinates: Matrix<Float>) -> (Matrix<Float>, [Float], [Float]) {
    let (rows, width, count) = (coordinates.rows, coordinates.columns, coordinates.columns - 2)
    var components = Matrix<Float>(rows: rows, columns: count, filling: 0)
    var (heights, remainders) = ([Float](repeating: 0, count: rows), [Float](repeating: 0, count: rows))
    let values = coordinates.values.span
    for row in 0..<rows {
      for k in 0..<count { components.values[row * count + k] = values[row * width + k] }
      (heights[row], remainders[row]) = (values[row * width + count], values[row * width + count + 1])
    }
    return (components, heights, remainders)
  }

  /// Coordinates at the points of a finer grid.
  private static func interpolated(
    _ coordinates: Matrix<Float>, from coarse: DescriptorGrid, to grid: DescriptorGrid
  ) -> Matrix<Float> {
    guard coarse != grid else { return coordinates }
    let width = coordinates.columns
    let maps = concurrentMap(count: width) { k in
      GridInterpolation(from: coarse, to: grid).values(
        of: (0..<coarse.count).map { coordinates.values[$0 * width + k] })
    }
    var result = Matrix<Float>(rows: grid.count, columns: width, filling: 0)
    for (k, map) in maps.enumerated() {
      map.withUnsafeBufferPointer { map in
        result.values.withUnsafeMutableBufferPointer { values in
          for point in map.indices { values[point * width + k] = map[point] }
        }
      }
    }
    return result
  }

  /// One component as an image of the grid.
  public func map(ofComponent component: Int) -> Raster<Float> {
    let values = (0..<grid.count).map { components.values[$0 * components.columns + component] }
    return Raster(width: grid.columns, height: grid.rows, values: values)
  }

  /// The same with all numbers averaged over the Gaussian of some scales, points that are not known left out; itself without one.
  func averaged(at scales: Segmenter.Scales, over isKnown: Raster<Bool>) -> DescriptorField {
    guard let smoothing = scales.smoothing else { return self }
    let sigma = smoothing / Double(grid.stride)
    let weights = isKnown.values.contains(false) ? isKnown.map { $0 ? Float(1) : 0 } : nil
    func smooth(_ values: [Float]) -> [Float] {
      GaussianFilter.broadlySmoothed(
        Raster(width: grid.columns, height: grid.rows, values: values), weights: weights, sigma: sigma
      ).values
    }
    var result = self
    let width = components.columns
    for k in 0..<width {
      for (point, value) in smooth(map(ofComponent: k).values).enumerated() {
        result.components.values[point * width + k] = value
      }
    }
    (result.heights, result.remainders) = (smooth(heights), smooth(remainders))
    return result
  }

  /// Root mean square of the length by which the components differ from those of another field of the same grid, over some points.
  func rmsDifference(from other: DescriptorField, where isCore: Raster<Bool>) -> Double {
    let width = components.columns
    var (sum, count) = (0.0, 0)
    for point in isCore.values.indices where isCore.values[point] {
      for index in point * width..<(point + 1) * width {
        let difference = Double(components.values[index] - other.components.values[index])
        sum += difference * difference
      }
      count += 1
    }
    return count > 0 ? (sum / Double(count)).squareRoot() : 0
  }

  /// How much the components change across each point, from `reach` points before it to `reach` points after it along x
  /// and along y.
  func change(across reach: Int) -> Raster<Float> {
    let width = components.columns
    return concurrentRows(width: grid.columns, height: grid.rows, of: Float(0)) { y, row in
      let values = components.values.span
      let (above, below) = (max(0, y - reach), min(grid.rows - 1, y + reach))
      for x in 0..<grid.columns {
        let (left, right) = (max(0, x - reach), min(grid.columns - 1, x + reach))
        var sum: Float = 0
        for c in 0..<width {
          let dx = values[(y * grid.columns + right) * width + c] - values[(y * grid.columns + left) * width + c]
          let dy = values[(below * grid.columns + x) * width + c] - values[(above * grid.columns + x) * width + c]
          sum += dx * dx + dy * dy
        }
        row[x] = sum.squareRoot()
      }
    }
  }
}
