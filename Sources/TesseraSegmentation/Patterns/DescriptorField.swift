import Foundation
import TesseraLearning
import TesseraNumerics

/// Descriptors of the points of a grid, reduced to their principal components [S21, section II.B].
public struct DescriptorField: Sendable {
  /// The points of the image at which descriptors were computed.
  public let grid: DescriptorGrid
  /// One row a point of the grid, one column a component.
  public let components: Matrix<Float>
  /// Part of the variance of the descriptors that each component holds, 0 ... 1.
  public let explained: [Double]
  /// Length of a descriptor, the mean not taken off, that one point in twenty exceeds: what differences are measured by.
  public let scale: Double
  /// Where a descriptor of zeros, of something that does not resemble itself at all, lies among the components; last, its
  /// distance from the space of the components.
  let origin: [Double]

  /// - Parameters:
  ///   - kinds: the maps of each kind of operation, all of the grid's size. Several kinds get equal weight.
  ///   - count: components wanted, 1 or more.
  init(of kinds: [[Raster<Float>]], on grid: DescriptorGrid, count: Int) throws {
    var maps: [Raster<Float>] = []
    for kind in kinds {
      let power = kind.reduce(0.0) { $0 + $1.values.reduce(0.0) { $0 + Double($1) * Double($1) } } / Double(grid.count)
      let weight = kinds.count > 1 && power > 0 ? Float(1 / power.squareRoot()) : 1
      maps += weight == 1 ? kind : kind.map { map in map.map { $0 * weight } }
    }
    var table = Matrix<Float>(rows: grid.count, columns: maps.count, filling: 0)
    var lengths = [Float](repeating: 0, count: grid.count)
    for (column, map) in maps.enumerated() {
      for point in 0..<grid.count {
        table.values[point * maps.count + column] = map.values[point]
        lengths[point] += map.values[point] * map.values[point]
      }
    }
    let axes = try PrincipalComponents(of: table, count: count)
    self.grid = grid
    components = axes.transform(table)
    let projected = axes.transform(Matrix<Float>(rows: 1, columns: maps.count, filling: 0)).values.map { Double($0) }
    let whole = axes.mean.reduce(0) { $0 + $1 * $1 }
    origin = projected + [max(0, whole - projected.reduce(0) { $0 + $1 * $1 }).squareRoot()]
    explained = axes.variances.map { axes.totalVariance > 0 ? $0 / axes.totalVariance : 0 }
    scale = Double(Statistics.quantile(lengths, 0.95).squareRoot())
  }

  /// One component as an image of the grid.
  public func map(ofComponent component: Int) -> Raster<Float> {
    let values = (0..<grid.count).map { components.values[$0 * components.columns + component] }
    return Raster(width: grid.columns, height: grid.rows, values: values)
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
