import TesseraLearning
import TesseraNumerics

/// How the scores of operations become the components of a descriptor: the weight of each kind, and principal axes. Fitted to one
/// image, it makes descriptors of others comparable with those of the first.
public struct DescriptorBasis: Sendable, Codable, Equatable {
  /// Indices of the scores among those of all operations, rising; nil: all of them.
  let selection: [Int]?
  /// What the scores of each kind of operation are multiplied by, so that several kinds count alike.
  let weights: [Float]
  /// The principal axes of all scores.
  let axes: PrincipalComponents
  /// Variance of each weighted score.
  let scoreVariances: [Double]
  /// Length of a descriptor, the mean not taken off, that one point in twenty exceeds: what differences are measured by.
  let scale: Double
  /// Where a descriptor of zeros, of something that does not resemble itself at all, lies among the components; last, its
  /// distance from the space of the components.
  let origin: [Double]

  /// Directions at random that tell how much of a descriptor lies outside: a dozen know its length to a fifth.
  private static let randomDirections = 12

  /// A basis, and the coordinates of the points that it was fitted to (`coordinates(of:)`), one row each.
  /// - Parameters:
  ///   - kinds: the maps of each kind of operation, all of one size. Several kinds get equal weight.
  ///   - selection: which scores these are, among those of all operations; nil: all.
  ///   - count: components wanted, 1 or more.
  static func fitted(
    to kinds: [[Raster<Float>]], selection: [Int]?, count: Int
  ) throws -> (basis: DescriptorBasis, coordinates: Matrix<Float>) {
    let weights = weights(of: kinds)
    let table = table(of: kinds, weights: weights)
    let basis = try DescriptorBasis(of: table, weights: weights, selection: selection, count: count)
    let seen = basis.axes.transform(table)
    let unseen = table.times(basis.directionsOutside.map { Float($0) }, transposingRight: true)
    return (basis, basis.coordinates(of: seen, unseen))
  }

  /// Directions that the components do not see, one row each, of unit length, at right angles to the axes and to one another: first that
  /// along which the mean descriptor leaves the space of the components (zeros where it does not), then some at random.
  var directionsOutside: Matrix<Double> {
    let d = axes.mean.count
    let seen = (0..<axes.axes.rows).map { Array(axes.axes.row($0)) }
    var found: [[Double]] = []
    func length(_ row: [Double]) -> Double { dot(row, row).squareRoot() }
    func rest(of row: [Double]) -> [Double] {
      var row = row
      // Twice is enough for right angles to all digits.
      for _ in 0..<2 {
        for other in seen + found {
          let share = dot(row, other)
          for k in row.indices { row[k] -= share * other[k] }
        }
      }
      return row
    }
    func unit(_ row: [Double]) -> [Double] {
      let (rest, whole) = (rest(of: row), length(row))
      let left = length(rest)
      return left > 1e-6 * whole ? rest.map { $0 / left } : row.map { _ in 0 }
    }
    found.append(unit(axes.mean))
    var random = RandomSource(seed: 1)
    for _ in 0..<max(0, min(Self.randomDirections, d - axes.axes.rows - 1)) {
      found.append(unit((0..<d).map { _ in random.gaussian() }))
    }
    return Matrix(rows: found.count, columns: d, values: found.flatMap { $0 })
  }

  /// Dimensions of what neither the components nor the height see.
  var unseenDimensions: Int { max(0, axes.mean.count - axes.axes.rows - 1) }

  /// The components, the height (how far a descriptor lies from nothing along the first direction outside) and the remainder (the length of
  /// all else, from its random directions), one row per point.
  /// - Parameters:
  ///   - seen: components, one row per point.
  ///   - unseen: scalar products with the directions outside.
  func coordinates(of seen: Matrix<Float>, _ unseen: Matrix<Float>) -> Matrix<Float> {
    let (width, others) = (seen.columns, unseen.columns)
    let scale = others > 1 ? Float(unseenDimensions) / Float(others - 1) : 0
    var result = Matrix<Float>(rows: seen.rows, columns: width + 2, filling: 0)
    for row in 0..<seen.rows {
      for k in 0..<width { result.values[row * (width + 2) + k] = seen.values[row * width + k] }
      result.values[row * (width + 2) + width] = unseen.values[row * others]
      var squares: Float = 0
      for k in 1..<max(1, others) { squares += unseen.values[row * others + k] * unseen.values[row * others + k] }
      result.values[row * (width + 2) + width + 1] = (scale * squares).squareRoot()
    }
    return result
  }

  private static func weights(of kinds: [[Raster<Float>]]) -> [Float] {
    let points = Double(kinds.lazy.compactMap { $0.first }.first?.count ?? 1)
    return kinds.map { kind in
      let power = kind.reduce(0.0) { $0 + $1.values.reduce(0.0) { $0 + Double($1) * Double($1) } } / points
      return kinds.count { !$0.isEmpty } > 1 && power > 0 ? Float(1 / power.squareRoot()) : 1
    }
  }

  private init(of table: Matrix<Float>, weights: [Float], selection: [Int]?, count: Int) throws {
    (self.weights, self.selection) = (weights, selection)
    let axes = try PrincipalComponents(of: table, count: count)
    self.axes = axes
    var squares = [Double](repeating: 0, count: table.columns)
    for (index, value) in table.values.enumerated() {
      let offset = Double(value) - axes.mean[index % table.columns]
      squares[index % table.columns] += offset * offset
    }
    scoreVariances = squares.map { $0 / Double(max(1, table.rows)) }
    let projected = axes.transform(Matrix<Float>(rows: 1, columns: table.columns, filling: 0)).values.map { Double($0) }
    let whole = axes.mean.reduce(0) { $0 + $1 * $1 }
    origin = projected + [max(0, whole - projected.reduce(0) { $0 + $1 * $1 }).squareRoot()]
    let lengths = (0..<table.rows).map { row in table.row(row).reduce(Float(0)) { $0 + $1 * $1 } }
    scale = Double(Statistics.quantile(lengths, 0.95).squareRoot())
  }

  /// Part of the variance of the descriptors that each component holds, 0 ... 1.
  var explained: [Double] { axes.variances.map { axes.totalVariance > 0 ? $0 / axes.totalVariance : 0 } }

  /// Whether the numbers fit one another, as those of a damaged file may not.
  /// - Parameter total: scores of one point, chosen or not.
  func isConsistent(total: Int) -> Bool {
    let operations = selection?.count ?? total
    if let selection {
      guard !selection.isEmpty, zip(selection, selection.dropFirst()).allSatisfy({ $0 < $1 }), selection[0] >= 0,
        selection[selection.count - 1] < total
      else { return false }
    }
    let count = axes.axes.rows
    return axes.mean.count == operations && axes.axes.columns == operations && count >= 1 && count <= operations
      && axes.axes.values.count == count * operations && axes.variances.count == count
      && scoreVariances.count == operations && scoreVariances.allSatisfy(\.isFinite) && origin.count == count + 1
      && scale.isFinite && scale >= 0 && weights.allSatisfy { $0.isFinite && $0 > 0 }
      && (axes.mean + axes.axes.values + axes.variances + origin + [axes.totalVariance]).allSatisfy(\.isFinite)
  }

  /// One row per point, one column per operation.
  private static func table(of kinds: [[Raster<Float>]], weights: [Float]) -> Matrix<Float> {
    let maps = zip(kinds, weights).flatMap { kind, weight in
      weight == 1 ? kind : kind.map { map in map.map { $0 * weight } }
    }
    let points = maps.first?.count ?? 0
    var table = Matrix<Float>(rows: points, columns: maps.count, filling: 0)
    for (column, map) in maps.enumerated() {
      for point in 0..<points { table.values[point * maps.count + column] = map.values[point] }
    }
    return table
  }
}
