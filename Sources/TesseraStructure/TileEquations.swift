import Foundation
import TesseraNumerics

/// The Gauss-Newton equations of one tile, in coordinates that make each column's own block the unit matrix.
///
/// With J the derivatives of the model, W the inverse variances of the pixels and r the residual, a step solves
/// JᵀWJ δ = JᵀWr: Fisher's scoring, whose fixed point is the weighted least-squares or, with W = 1 / model, the Poisson
/// maximum-likelihood estimate, and whose matrix is the Fisher information (Kay, Fundamentals of Statistical Signal Processing,
/// vol. 1, 7.7). The unknowns are few for each column, and some that all columns share: the coefficients of the background, and
/// the width where it is common. Every sum over pixels is a moment of a Gaussian, since a product of two is one too.
///
/// The columns' part is sparse: one block for each overlapping pair. With H = L Lᵀ for each column's own block, all
/// blocks are multiplied by L⁻¹ from the left and L⁻ᵀ from the right, and conjugate gradients solve what is left in a few
/// rounds; the shared unknowns follow from their Schur complement.
struct TileEquations {
  /// Columns, unknowns of each, shared unknowns.
  let count, size, shared: Int
  /// Lower Cholesky factors of the own blocks, row-major size x size each.
  private(set) var factors: [Double]
  /// Own score, whitened; count x size.
  private(set) var score: [Double]
  /// Pairs that matter, and their whitened blocks, row-major (first, second).
  private(set) var pairs: [(first: Int, second: Int)] = []
  private(set) var blocks: [Double] = []
  /// Whitened coupling of the columns to each shared unknown: shared x (count x size).
  private(set) var couplings: [[Double]]
  /// The shared unknowns' own matrix (row-major) and score.
  private(set) var sharedMatrix: [Double]
  private(set) var sharedScore: [Double]

  /// Pairs whose whitened block has no entry above this are left out: it changes a variance by 1e-4.
  private static let leastCoupling = 0.01
  /// Where the product of two Gaussians stays below this, they are told nothing of each other. That is far out: counts are
  /// few between columns and weigh up to a hundred times as much there, and widths and the background lean on just these.
  private static let leastHeight = 1e-5
  /// The distance at which the product of two alike is that low, in their standard deviations.
  static let reach = 2 * (-log(leastHeight)).squareRoot()
  /// Below this, at distances of four standard deviations and more, the weights hardly change under the product, and one of
  /// them serves for all.
  private static let farHeight = 0.018

  init(of tile: FitTile, pixels: TilePixels, in scene: FitScene, backgroundUnit unit: Double) {
    let isElliptical = scene.shape == .elliptical
    let raw = isElliptical ? 6 : 4
    let sharesWidth = scene.shape == .shared
    let terms = scene.backgroundDegree.map { $0 == 0 ? 1 : 3 } ?? 0
    let (n, size) = (tile.columns.count, sharesWidth ? 3 : raw)
    let shared = terms + (sharesWidth ? 1 : 0)
    (count, self.size, self.shared) = (n, size, shared)
    var matrix = [Double](repeating: 0, count: shared * shared)
    var rights = [Double](repeating: 0, count: shared)
    var couplings = [[Double]](repeating: [Double](repeating: 0, count: n * size), count: shared)
    var factors = [Double](repeating: 0, count: n * size * size)
    var score = [Double](repeating: 0, count: n * size)
    if terms > 0 {
      let sums = pixels.backgroundSums(centre: tile.centre, unit: unit)
      for a in 0..<terms {
        rights[a] = sums.score[a]
        for b in 0..<terms { matrix[a * shared + b] = sums.square[Moment.products[6 * a + b]] }
      }
    }
    let width = terms  // The place of the common width among the shared unknowns.
    let origin = Point(Double(pixels.x), Double(pixels.y))
    let depth = 0.5 * scene.windowRadius * scene.windowRadius
    // One block of memory for all that is written and read over and over: derivatives, moments, small matrices.
    let room = UnsafeMutablePointer<Double>.allocate(capacity: n * raw * 6 + 31 + 4 * 36)
    room.initialize(repeating: 0, count: n * raw * 6 + 31 + 4 * 36)
    defer { room.deallocate() }
    let derivatives = room
    let square = room + n * raw * 6
    let (plain, scores, block) = (square + 15, square + 25, square + 31)
    let (local, first, second) = (block + 36, block + 72, block + 108)
    for (k, index) in tile.columns.enumerated() {
      let column = scene.columns[index]
      let isCut = scene.isCut(column)
      let rows = derivatives + k * raw * 6
      // Half a column does not show its width.
      column.writeDerivatives(isElliptical: isElliptical, showsWidth: !isCut, to: rows)
      block.update(repeating: 0, count: raw * raw)
      if let window = GaussianWindow(
        centre: column.centre - origin, shape: (column.p, column.q, column.r), reach: column.reach(scene.windowRadius),
        rasterWidth: pixels.width, rasterHeight: pixels.height, scratch: pixels.scratch)
      {
        window.moments(
          weights: pixels.weights, weighted: pixels.weighted, stride: pixels.width, depth: depth, square: square,
          plain: plain, score: scores)
        Self.product(rows, square, rows, count: raw, into: block)
        for a in 0..<raw {
          var value = 0.0
          for m in 0..<6 { value += rows[a * 6 + m] * scores[m] }
          if a < size { score[k * size + a] = value } else { rights[width] += value }
        }
        let offset = column.centre - tile.centre
        for t in 0..<terms {
          for a in 0..<raw {
            var value = 0.0
            for m in 0..<6 where rows[a * 6 + m] != 0 {
              switch t {
              case 0: value += rows[a * 6 + m] * plain[m]
              case 1: value += rows[a * 6 + m] * (offset.x * plain[m] + plain[Moment.timesX[m]]) / unit
              default: value += rows[a * 6 + m] * (offset.y * plain[m] + plain[Moment.timesY[m]]) / unit
              }
            }
            if a < size {
              couplings[t][k * size + a] = value
            } else {
              matrix[t * shared + width] += value
              matrix[width * shared + t] += value
            }
          }
        }
      }
      if isCut {
        // What is cut by the border fits a near low column as well as a far high one.
        let weight = 1 / (0.16 * scene.typicalAmplitude * scene.typicalAmplitude)
        block[0] += weight
        score[k * size] += weight * (scene.typicalAmplitude - column.amplitude)
      }
      if sharesWidth {
        matrix[width * shared + width] += block[15]
        for a in 0..<3 { couplings[width][k * size + a] += block[a * raw + 3] }
      }
      Self.factor(block, stride: raw, size: size, into: &factors, at: k * size * size)
    }
    for pair in tile.pairs {
      let (one, two) = (scene.columns[tile.columns[pair.first]], scene.columns[tile.columns[pair.second]])
      let shape = (p: one.p + two.p, q: one.q + two.q, r: one.r + two.r)
      let determinant = shape.p * shape.r - shape.q * shape.q
      // The centre of the product of both Gaussians, seen from the first.
      let gap = two.centre - one.centre
      let pull = Point(two.p * gap.x + two.q * gap.y, two.q * gap.x + two.r * gap.y)
      let d1 = Point(
        (shape.r * pull.x - shape.q * pull.y) / determinant, (shape.p * pull.y - shape.q * pull.x) / determinant)
      let d2 = d1 - gap
      let height = exp(-0.5 * (one.quadratic(d1) + two.quadratic(d2)))
      guard height > Self.leastHeight, determinant > 0 else { continue }
      let centre = one.centre + d1 - origin
      let covariance = (xx: shape.r / determinant, xy: -shape.q / determinant, yy: shape.p / determinant)
      if height < Self.farHeight {
        guard let weight = pixels.weight(at: centre) else { continue }
        Moment.write(gaussian: covariance, mass: 2 * .pi * height * weight / determinant.squareRoot(), to: square)
      } else {
        guard
          let window = GaussianWindow(
            centre: centre, shape: shape, reach: 4 * Point(covariance.xx.squareRoot(), covariance.yy.squareRoot()),
            rasterWidth: pixels.width, rasterHeight: pixels.height, scratch: pixels.scratch)
        else { continue }
        window.moments(weights: pixels.weights, stride: pixels.width, depth: 8, sums: square)
        for i in 0..<15 { square[i] *= height }
      }
      Self.shift(derivatives + pair.first * raw * 6, by: d1, count: raw, into: first)
      Self.shift(derivatives + pair.second * raw * 6, by: d2, count: raw, into: second)
      Self.product(first, square, second, count: raw, into: block)
      if sharesWidth {
        matrix[width * shared + width] += 2 * block[15]
        for a in 0..<3 {
          couplings[width][pair.first * size + a] += block[a * raw + 3]
          couplings[width][pair.second * size + a] += block[3 * raw + a]
        }
      }
      for a in 0..<size { for b in 0..<size { local[a * size + b] = block[a * raw + b] } }
      Self.whiten(local, factors, pair.first, pair.second, size: size)
      let part = UnsafeMutableBufferPointer(start: local, count: size * size)
      guard part.contains(where: { abs($0) > Self.leastCoupling }) else { continue }
      pairs.append(pair)
      blocks += part
    }
    for k in 0..<n { Self.solveLower(factors, k, size: size, &score, at: k * size) }
    for t in 0..<shared { for k in 0..<n { Self.solveLower(factors, k, size: size, &couplings[t], at: k * size) } }
    (self.factors, self.score, self.couplings) = (factors, score, couplings)
    (sharedMatrix, sharedScore) = (matrix, rights)
  }

  /// Whether the pixels say anything about column `k`.
  func isKnown(_ k: Int) -> Bool { factors[k * size * size].isFinite }

  /// Standard error of the height of column `k` when all else is held, its place too: what tells whether there is a column.
  /// (Whether a flank at the border is near and low or far and high is another question.)
  func heldAmplitudeError(of k: Int) -> Double { isKnown(k) ? 1 / factors[k * size * size] : .infinity }

  // MARK: Small matrices

  /// A M Bᵀ with M the 6 x 6 matrix of moments of products of monomials.
  private static func product(
    _ a: UnsafePointer<Double>, _ moments: UnsafePointer<Double>, _ b: UnsafePointer<Double>, count: Int,
    into block: UnsafeMutablePointer<Double>
  ) {
    let table = Moment.products.span
    for i in 0..<count {
      var row = SIMD8<Double>.zero
      for l in 0..<6 {
        let factor = a[i * 6 + l]
        if factor == 0 { continue }
        for m in 0..<6 { row[m] += factor * moments[table[l * 6 + m]] }
      }
      for j in 0..<count {
        var sum = 0.0
        for m in 0..<6 { sum += row[m] * b[j * 6 + m] }
        block[i * count + j] = sum
      }
    }
  }

  /// Polynomials in d = e + shift, rewritten in e.
  private static func shift(
    _ rows: UnsafePointer<Double>, by shift: Point, count: Int, into result: UnsafeMutablePointer<Double>
  ) {
    let (x, y) = (shift.x, shift.y)
    for base in Swift.stride(from: 0, to: 6 * count, by: 6) {
      let (a, b, c) = (rows[base], rows[base + 1], rows[base + 2])
      let (d, e, f) = (rows[base + 3], rows[base + 4], rows[base + 5])
      result[base] = a + b * x + c * y + d * x * x + e * x * y + f * y * y
      result[base + 1] = b + 2 * d * x + e * y
      result[base + 2] = c + e * x + 2 * f * y
      (result[base + 3], result[base + 4], result[base + 5]) = (d, e, f)
    }
  }

  /// The Cholesky factor of the leading part of a block. An unknown that the pixels say nothing about gets the unit
  /// row: it has no score and stays where it is.
  private static func factor(
    _ block: UnsafePointer<Double>, stride: Int, size: Int, into l: inout [Double], at base: Int
  ) {
    for i in 0..<size {
      for j in 0...i {
        var sum = block[i * stride + j]
        for k in 0..<j { sum -= l[base + i * size + k] * l[base + j * size + k] }
        if i == j {
          let isKnown = sum > 1e-10 * block[i * stride + i] && sum > 0
          if isKnown {
            l[base + i * size + i] = sum.squareRoot()
          } else {
            for k in 0..<i { l[base + i * size + k] = 0 }
            l[base + i * size + i] = .infinity
          }
        } else {
          l[base + i * size + j] = sum / l[base + j * size + j]
        }
      }
    }
  }

  /// Replaces x by L⁻¹ x for column `k`.
  private static func solveLower(_ factors: [Double], _ k: Int, size: Int, _ x: inout [Double], at offset: Int) {
    let base = k * size * size
    for i in 0..<size {
      var sum = x[offset + i]
      for j in 0..<i { sum -= factors[base + i * size + j] * x[offset + j] }
      x[offset + i] = sum / factors[base + i * size + i]
    }
  }

  /// Replaces a block B by L₁⁻¹ B L₂⁻ᵀ.
  private static func whiten(
    _ block: UnsafeMutablePointer<Double>, _ factors: [Double], _ first: Int, _ second: Int, size: Int
  ) {
    let (one, two) = (first * size * size, second * size * size)
    for b in 0..<size {
      for i in 0..<size {
        var sum = block[i * size + b]
        for j in 0..<i { sum -= factors[one + i * size + j] * block[j * size + b] }
        block[i * size + b] = sum / factors[one + i * size + i]
      }
    }
    for a in 0..<size {
      for i in 0..<size {
        var sum = block[a * size + i]
        for j in 0..<i { sum -= factors[two + i * size + j] * block[a * size + j] }
        block[a * size + i] = sum / factors[two + i * size + i]
      }
    }
  }
}
