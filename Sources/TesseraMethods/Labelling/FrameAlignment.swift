import TesseraNumerics

/// How columns lie in a frame against the places that registration gives them: shifted and, where they show it, linearly distorted.
///
/// By least squares, each column weighted with its error; what lies more than four deviations off, as an atom that has moved, takes no part.
struct FrameAlignment {
  /// Displacement of the middle of the columns, and its standard error, in pixels.
  private(set) var shift = Point.zero, shiftError = Point.zero
  /// Rows of the linear part: displacement along x and along y per pixel of x and of y; zero where none is significant.
  private(set) var gradientX = Point.zero, gradientY = Point.zero
  /// Root mean square distance per axis of the columns from their places, beyond their own errors, in pixels.
  private(set) var residual = 0.0
  private let centre: Point

  /// Whether the frame is distorted against the labels.
  var isDistorted: Bool { gradientX != .zero || gradientY != .zero }

  /// Where a place given by registration really lies.
  func applied(to place: Point) -> Point {
    let d = place - centre
    return place + shift + Point(gradientX.dot(d), gradientY.dot(d))
  }

  /// Fewer columns do not tell a shift from their noise.
  private static let fewestColumns = 4
  /// Four numbers of the linear part lower the sum of squares by so many variances where it is no chance: once in a thousand frames.
  private static let leastGain = 18.5
  /// A column this many deviations off lies elsewhere.
  private static let outlier = 4.0
  private static let rounds = 4

  /// Nil with too few columns whose place is known.
  /// - Parameters:
  ///   - places: where registration sees the columns, in pixels.
  ///   - fitted: where the fit sees them.
  ///   - errors: standard errors of `fitted`; columns without a finite, positive one take no part.
  ///   - reach: columns that lie farther from their place are others, in pixels.
  init?(places: [Point], fitted: [Point], errors: [Point], reach: Double) {
    let known = places.indices.filter { index in
      let error = errors[index]
      return error.x > 0 && error.y > 0 && error.length < reach && (fitted[index] - places[index]).length < reach
    }
    guard known.count >= Self.fewestColumns else { return nil }
    centre = known.reduce(Point.zero) { $0 + places[$1] } / Double(known.count)
    var used = known
    for round in 0..<Self.rounds {
      guard let plain = Line(used, places, fitted, errors, around: centre, isLinear: false) else { return nil }
      let linear = Line(used, places, fitted, errors, around: centre, isLinear: true)
      let best = linear.flatMap { plain.squares - $0.squares > Self.leastGain * $0.spread ? $0 : nil } ?? plain
      (shift, gradientX, gradientY) = (best.shift, best.gradientX, best.gradientY)
      shiftError = best.spread.squareRoot() * best.shiftError
      let misses = known.map { fitted[$0] - applied(to: places[$0]) }
      // The robust deviation of what is left, which exceeds the errors where the frame is distorted otherwise.
      let scale = max(
        1, Statistics.robustDeviation(zip(known, misses).flatMap { [$1.x / errors[$0].x, $1.y / errors[$0].y] }))
      let near = zip(known, misses).filter { index, miss in
        max(abs(miss.x) / errors[index].x, abs(miss.y) / errors[index].y) <= Self.outlier * scale
      }
      let beyond = near.reduce(0.0) { sum, pair in
        let (miss, error) = (pair.1, errors[pair.0])
        return sum + (miss.squaredLength - error.squaredLength) / 2
      }
      residual = max(0, beyond / Double(max(1, near.count))).squareRoot()
      let next = near.map(\.0)
      if next == used || next.count < Self.fewestColumns || round + 1 == Self.rounds { break }
      used = next
    }
  }

  /// A weighted fit of both components.
  private struct Line {
    var shift = Point.zero, shiftError = Point.zero
    var gradientX = Point.zero, gradientY = Point.zero
    /// Sum of squares in variances, and the same per degree of freedom, one at least.
    var squares = 0.0, spread = 1.0

    init?(
      _ used: [Int], _ places: [Point], _ fitted: [Point], _ errors: [Point], around centre: Point, isLinear: Bool
    ) {
      let terms = isLinear ? 3 : 1
      for axis in [true, false] {
        var matrix = Matrix<Double>(rows: terms, columns: terms, filling: 0)
        var right = [Double](repeating: 0, count: terms)
        var all = 0.0
        for index in used {
          let (d, miss) = (places[index] - centre, fitted[index] - places[index])
          let (value, error) = axis ? (miss.x, errors[index].x) : (miss.y, errors[index].y)
          let (row, weight) = ([1, d.x, d.y], 1 / (error * error))
          for i in 0..<terms {
            right[i] += weight * row[i] * value
            for j in 0..<terms { matrix[i, j] += weight * row[i] * row[j] }
          }
          all += weight * value * value
        }
        guard let solution = matrix.solvedPositive(right), let inverse = matrix.invertedPositive() else { return nil }
        squares += all - dot(solution, right)
        let slope = isLinear ? Point(solution[1], solution[2]) : .zero
        let error = max(0, inverse[0, 0]).squareRoot()
        if axis {
          (shift.x, shiftError.x, gradientX) = (solution[0], error, slope)
        } else {
          (shift.y, shiftError.y, gradientY) = (solution[0], error, slope)
        }
      }
      let degrees = 2 * (used.count - terms)
      guard degrees > 0 else { return nil }
      spread = max(1, squares / Double(degrees))
    }
  }
}
