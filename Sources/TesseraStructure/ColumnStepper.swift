import Foundation
import TesseraImaging
import TesseraNumerics

/// What one step of one column brought.
struct ColumnStep: Sendable {
  /// How far the centre moved, in pixels.
  var move = 0.0
  /// The round width that the data ask for, whether or not the shape may change.
  var wantedSigma = Double.nan
  var amplitudeError = Double.infinity
  var positionError = Point(.infinity, .infinity)
}

/// One damped Gauss-Newton step of a single column on the residual that the rest of the model leaves.
///
/// Unknowns: amplitude, x, y and three numbers of shape (or one, or none).
struct ColumnStepper: Sendable {
  let width: Int
  let reach: Double
  let height: Int
  let constantVariance, gain: Double
  /// Bounds of a column's standard deviation, in pixels.
  let widths: ClosedRange<Double>
  let shape: ColumnFit.Shape
  /// Median height of all columns: what half a column at the border is expected to have, within two fifths.
  let typicalAmplitude: Double
  /// No column is higher than this: twice the image's range.
  let largestAmplitude: Double

  /// Amplitude, x, y, p, q, r.
  private static let unknowns = 6

  func advance(
    _ column: inout GaussianColumn, from start: Point, residual: UnsafeMutableBufferPointer<Float>,
    image: Raster<Float>, measured: Raster<Float>
  ) -> ColumnStep {
    let count = Self.unknowns
    var result = ColumnStep()
    var normal = [Double](repeating: 0, count: count * count)
    var right = [Double](repeating: 0, count: count)
    accumulate(column, residual: residual, image: image, measured: measured, normal: &normal, right: &right)
    let sigma = column.sigma
    let rim = min(
      column.centre.x, column.centre.y, Double(width - 1) - column.centre.x, Double(height - 1) - column.centre.y)
    if rim < 1.5 * sigma {
      // What is cut by the border fits a near low column as well as a far high one.
      let weight = 1 / (0.16 * typicalAmplitude * typicalAmplitude)
      normal[0] += weight
      right[0] += weight * (typicalAmplitude - column.amplitude)
    }
    guard let information = SmallSystem(reduced(normal, right, to: [0, 1, 2])) else { return result }
    // A single width: the sum of both diagonal shape derivatives.
    let round = SmallSystem(roundened(normal, right))
    if let roundStep = round?.solution {
      let change = roundStep[3]
      let inverse = 1 / (sigma * sigma) + change
      result.wantedSigma = inverse > 0 ? min(max(1 / inverse.squareRoot(), widths.lowerBound), widths.upperBound) : .nan
    }
    // Half a column does not show its width.
    let shape = rim < 1.5 * sigma ? .shared : self.shape
    let full = shape == .elliptical ? SmallSystem((count, normal, right)) : shape == .round ? round : information
    guard let system = full else { return result }
    let step = system.solution
    result.amplitudeError = system.variance(0).squareRoot()
    result.positionError = Point(system.variance(1).squareRoot(), system.variance(2).squareRoot())

    add(column, to: residual, sign: 1)
    let limit = 0.5 * sigma
    let moved = Point(max(-limit, min(limit, step[1])), max(-limit, min(limit, step[2])))
    column.centre += moved
    // A column that leaves its own peak has lost it: it stays at the rim and the finder judges it by its amplitude.
    let offset = column.centre - start
    let leash = 1.5 * sigma
    if offset.length > leash { column.centre = start + offset * (leash / offset.length) }
    column.amplitude = min(max(column.amplitude + step[0], 0.02 * column.amplitude), largestAmplitude)
    switch shape {
    case .shared: break
    case .round:
      let inverse = max(column.p + step[3], 0.25 * column.p)
      (column.p, column.q, column.r) = (inverse, 0, inverse)
    case .elliptical:
      let bound = 0.5 * max(column.p, column.r)
      column.p += max(-bound, min(bound, step[3]))
      column.q += max(-bound, min(bound, step[4]))
      column.r += max(-bound, min(bound, step[5]))
    }
    column.clampWidths(widths)
    add(column, to: residual, sign: -1)
    result.move = moved.length
    return result
  }

  private func add(_ column: GaussianColumn, to residual: UnsafeMutableBufferPointer<Float>, sign: Float) {
    column.forEachPixel(radius: reach, width: width, height: height) { index, _, _, value in
      residual[index] += sign * Float(value)
    }
  }

  /// Sums the weighted normal equations over the column's window.
  private func accumulate(
    _ column: GaussianColumn, residual: UnsafeMutableBufferPointer<Float>, image: Raster<Float>,
    measured: Raster<Float>, normal: inout [Double], right: inout [Double]
  ) {
    let floor = max(1e-30, 0.05 * abs(constantVariance + gain * column.amplitude))
    let (pixels, weights) = (image.values.span, measured.values.span)
    var sums = normal.mutableSpan
    var rights = right.mutableSpan
    let (p, q, r) = (column.p, column.q, column.r)
    let inverseAmplitude = 1 / column.amplitude
    column.forEachPixel(radius: reach, width: width, height: height) { index, dx, dy, value in
      guard weights[index] > 0 else { return }
      let left = Double(residual[index])
      let model = Double(pixels[index]) - left
      let weight = Double(weights[index]) / max(constantVariance + gain * model, floor)
      let d0 = value * inverseAmplitude
      let d1 = value * (p * dx + q * dy)
      let d2 = value * (q * dx + r * dy)
      let d3 = -0.5 * value * dx * dx
      let d4 = -value * dx * dy
      let d5 = -0.5 * value * dy * dy
      let (w0, w1, w2, w3, w4, w5) = (weight * d0, weight * d1, weight * d2, weight * d3, weight * d4, weight * d5)
      sums[0] += w0 * d0
      sums[1] += w0 * d1
      sums[2] += w0 * d2
      sums[3] += w0 * d3
      sums[4] += w0 * d4
      sums[5] += w0 * d5
      sums[7] += w1 * d1
      sums[8] += w1 * d2
      sums[9] += w1 * d3
      sums[10] += w1 * d4
      sums[11] += w1 * d5
      sums[14] += w2 * d2
      sums[15] += w2 * d3
      sums[16] += w2 * d4
      sums[17] += w2 * d5
      sums[21] += w3 * d3
      sums[22] += w3 * d4
      sums[23] += w3 * d5
      sums[28] += w4 * d4
      sums[29] += w4 * d5
      sums[35] += w5 * d5
      rights[0] += w0 * left
      rights[1] += w1 * left
      rights[2] += w2 * left
      rights[3] += w3 * left
      rights[4] += w4 * left
      rights[5] += w5 * left
    }
  }

  /// The equations of some of the unknowns, the others held.
  private func reduced(_ normal: [Double], _ right: [Double], to kept: [Int]) -> (Int, [Double], [Double]) {
    let n = Self.unknowns
    var small = [Double](repeating: 0, count: kept.count * kept.count)
    for (i, a) in kept.enumerated() {
      for (j, b) in kept.enumerated() { small[i * kept.count + j] = normal[min(a, b) * n + max(a, b)] }
    }
    return (kept.count, small, kept.map { right[$0] })
  }

  /// The equations of amplitude, x, y and one common width (p = r, q = 0).
  private func roundened(_ normal: [Double], _ right: [Double]) -> (Int, [Double], [Double]) {
    let n = Self.unknowns
    func entry(_ a: Int, _ b: Int) -> Double { normal[min(a, b) * n + max(a, b)] }
    let groups = [[0], [1], [2], [3, 5]]
    var small = [Double](repeating: 0, count: 16)
    for (i, a) in groups.enumerated() {
      for (j, b) in groups.enumerated() {
        small[i * 4 + j] = a.reduce(0) { sum, u in b.reduce(sum) { $0 + entry(u, $1) } }
      }
    }
    return (4, small, groups.map { $0.reduce(0) { $0 + right[$1] } })
  }
}

/// A small symmetric positive definite system, solved by Cholesky's factors.
struct SmallSystem {
  private let count: Int
  private var factor: [Double]
  private let right: [Double]

  /// Takes the upper triangle, row-major. Nil if the matrix is not positive definite.
  init?(_ system: (count: Int, upper: [Double], right: [Double])) {
    let n = system.count
    var l = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        var sum = system.upper[j * n + i]
        for k in 0..<j { sum -= l[i * n + k] * l[j * n + k] }
        if i == j {
          // Columns of zeros (a window that sees nothing) have no solution.
          guard sum > 1e-12 * system.upper[i * n + i], sum > 0 else { return nil }
          l[i * n + i] = sum.squareRoot()
        } else {
          l[i * n + j] = sum / l[j * n + j]
        }
      }
    }
    (count, factor, right) = (n, l, system.right)
  }

  var solution: [Double] { backward(forward(right)) }

  /// The diagonal element `i` of the inverse: the variance of an unknown when weights are inverse variances.
  func variance(_ i: Int) -> Double {
    var unit = [Double](repeating: 0, count: count)
    unit[i] = 1
    return forward(unit).reduce(0) { $0 + $1 * $1 }
  }

  private func forward(_ b: [Double]) -> [Double] {
    var y = b
    for i in 0..<count {
      for k in 0..<i { y[i] -= factor[i * count + k] * y[k] }
      y[i] /= factor[i * count + i]
    }
    return y
  }

  private func backward(_ b: [Double]) -> [Double] {
    var x = b
    for i in (0..<count).reversed() {
      for k in i + 1..<max(count, i + 1) { x[i] -= factor[k * count + i] * x[k] }
      x[i] /= factor[i * count + i]
    }
    return x
  }
}
