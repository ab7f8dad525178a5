import Foundation
import TesseraImaging
import TesseraNumerics

/// Where the background changes from column to column, as at an interface: too fast for what follows it over two spacings.
extension ColumnFitState {
  /// How a column is known that stands on a plane of its own.
  struct Ground: Sendable {
    /// How far the column moves with it, in pixels.
    var shift: Point
    /// Standard errors of place (pixels) and height (intensity).
    var positionErrors: Point
    var amplitudeError: Double
  }

  /// Standard deviations of a column within which its ground is judged.
  private static let groundRadius = 2.0
  /// A background that rises by this share of a column's height within the reach of the local minima is uneven. Less is what tails of
  /// neighbours add between columns, and a vacancy lacks.
  private static let unevenShare = 0.25

  /// Columns on ground that rises or falls too fast, and how each is known on a plane of its own.
  func columnsOnUnevenGround(shape: ColumnFit.Shape) -> [Int: Ground] {
    guard fit.background == .smooth, let edges else { return [:] }
    let scene = scene(shape: shape)
    let uneven = columns.indices.filter {
      edges.rise(at: columns[$0].centre) > Self.unevenShare * columns[$0].amplitude
    }
    let grounds = concurrentMap(count: uneven.count) { [columns] k in Self.ground(of: columns[uneven[k]], in: scene) }
    return Dictionary(uniqueKeysWithValues: zip(uneven, grounds).compactMap { i, ground in ground.map { (i, $0) } })
  }

  /// Gives such columns the errors of a fit with a ground of their own, and what that would move them by.
  mutating func doubt(_ grounds: [Int: Ground]) {
    for (i, ground) in grounds {
      accuracies[i].position.x = max(accuracies[i].position.x, hypot(ground.positionErrors.x, ground.shift.x))
      accuracies[i].position.y = max(accuracies[i].position.y, hypot(ground.positionErrors.y, ground.shift.y))
      accuracies[i].amplitude = max(accuracies[i].amplitude, ground.amplitudeError)
      if accuracies[i].flag == nil || accuracies[i].flag == .misfit { accuracies[i].flag = .background }
    }
  }

  /// Weighted least squares of a column's residual by its own height, place and width and a plane.
  private static func ground(of column: GaussianColumn, in scene: FitScene) -> Ground? {
    let reach = column.reach(groundRadius)
    let window = column.window(
      radius: max(reach.x, reach.y), width: scene.image.width, height: scene.image.height)
    guard column.amplitude > 0 else { return nil }
    let size = 7
    var (matrix, vector) = ([Double](repeating: 0, count: size * size), [Double](repeating: 0, count: size))
    var row = [Double](repeating: 0, count: size)
    for y in window.y {
      for x in window.x {
        let weight = Double(scene.measured[x, y])
        let d = Point(Double(x) - column.centre.x, Double(y) - column.centre.y)
        let square = column.quadratic(d)
        guard weight > 0, square <= groundRadius * groundRadius else { continue }
        let shape = exp(-square / 2)
        let residual = Double(scene.residual[x, y])
        let variance = max(
          scene.leastVariance, scene.constantVariance + scene.gain * (Double(scene.image[x, y]) - residual))
        (row[0], row[1], row[2], row[3]) = (
          shape, column.amplitude * shape * (column.p * d.x + column.q * d.y),
          column.amplitude * shape * (column.q * d.x + column.r * d.y), column.amplitude * shape * square
        )
        (row[4], row[5], row[6]) = (1, d.x, d.y)
        for i in 0..<size {
          let scaled = row[i] * weight / variance
          vector[i] += scaled * residual
          for j in 0...i { matrix[i * size + j] += scaled * row[j] }
        }
      }
    }
    for i in 0..<size { for j in 0..<i { matrix[j * size + i] = matrix[i * size + j] } }
    guard let inverse = SmallSystem.inverse(matrix, count: size) else { return nil }
    func solved(_ i: Int) -> Double { (0..<size).reduce(0) { $0 + inverse[i * size + $1] * vector[$1] } }
    func covariance(_ i: Int, _ j: Int) -> Double { inverse[i * size + j] }
    return Ground(
      shift: Point(solved(1), solved(2)),
      positionErrors: Point(covariance(1, 1).squareRoot(), covariance(2, 2).squareRoot()),
      amplitudeError: covariance(0, 0).squareRoot())
  }
}
