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
struct TileEquations: Sendable {
  /// Columns, unknowns of each, shared unknowns.
  let count, size, shared: Int
  /// Floats a column's unknowns take in a vector: 4 or 8, those behind the last unknown being zero.
  let lanes: Int
  /// Lower Cholesky factors of the own blocks, row-major size x size each, with one over the diagonal in its place; zero
  /// there for an unknown that the pixels say nothing about.
  private(set) var factors: [Double]
  /// Own score, whitened; count x lanes.
  private(set) var score: [Float]
  /// Pairs that matter, and their whitened blocks: `size` rows of `lanes` each, rows of the first and lanes of the second.
  private(set) var pairs: [(first: Int, second: Int)] = []
  private(set) var blocks: [Float] = []
  /// Whitened coupling of the columns to each shared unknown: shared x (count x lanes).
  private(set) var couplings: [[Float]]
  /// The shared unknowns' own matrix (row-major) and score.
  private(set) var sharedMatrix: [Double]
  private(set) var sharedScore: [Double]
  /// The couplings' solutions without damping, once something has asked for them.
  var responses: [[Float]]?
  /// The columns and the variance of a pixel that the matrix belongs to.
  private let columns: [GaussianColumn]
  private let constantVariance, gain: Double
  private let terms: Int

  /// Pairs whose whitened block has no entry above this are left out: it changes a variance by 1e-4.
  private static let leastCoupling: Float = 0.01
  /// Where the product of two Gaussians stays below this, they are told nothing of each other. That is far out: counts are
  /// few between columns and weigh up to a hundred times as much there, and widths and the background lean on just these.
  private static let leastHeight = 1e-5
  /// The distance at which the product of two alike is that low, in their standard deviations.
  static let reach = 2 * (-log(leastHeight)).squareRoot()
  /// Below this, at distances of four standard deviations and more, one weight serves for all pixels, unless they weigh by
  /// their counts: these change by an order of magnitude under the product.
  private static let farHeight = 0.018

  init(of tile: FitTile, pixels: TilePixels, in scene: FitScene, backgroundUnit unit: Double) {
    let isElliptical = scene.shape == .elliptical
    let raw = isElliptical ? 6 : 4
    let sharesWidth = scene.shape == .shared
    let terms = scene.backgroundDegree.map { $0 == 0 ? 1 : 3 } ?? 0
    let (n, size) = (tile.columns.count, sharesWidth ? 3 : raw)
    let lanes = isElliptical ? 8 : 4
    let shared = terms + (sharesWidth ? 1 : 0)
    (count, self.size, self.shared, self.lanes, self.terms) = (n, size, shared, lanes, terms)
    columns = tile.columns.map { scene.columns[$0] }
    (constantVariance, gain) = (scene.constantVariance, scene.gain)
    sharedMatrix = [Double](repeating: 0, count: shared * shared)
    sharedScore = [Double](repeating: 0, count: shared)
    couplings = [[Float]](repeating: [Float](repeating: 0, count: n * lanes), count: shared)
    factors = [Double](repeating: 0, count: n * size * size)
    score = [Float](repeating: 0, count: n * lanes)
    if terms > 0 {
      let sums = pixels.backgroundSums(centre: tile.centre, unit: unit)
      for a in 0..<terms {
        sharedScore[a] = sums.score[a]
        for b in 0..<terms { sharedMatrix[a * shared + b] = sums.square[Moment.products[6 * a + b]] }
      }
    }
    // One block of memory for all that is written and read over and over.
    let weights = UnsafeMutablePointer<SIMD8<Float>>.allocate(capacity: 6 * n)
    let products = UnsafeMutablePointer<SIMD8<Double>>.allocate(capacity: 6)
    let moments = UnsafeMutablePointer<Double>.allocate(capacity: 31)
    weights.initialize(repeating: .zero, count: 6 * n)
    products.initialize(repeating: .zero, count: 6)
    moments.initialize(repeating: 0, count: 31)
    defer {
      weights.deallocate()
      products.deallocate()
      moments.deallocate()
    }
    for k in 0..<n {
      addColumn(
        k, of: tile, pixels: pixels, in: scene, unit: unit, moments: moments, products: products,
        weights: weights + 6 * k)
    }
    for pair in tile.pairs {
      addPair(pair, pixels: pixels, in: scene, moments: moments, weights: weights)
    }
  }

  /// The matrix belongs to columns and a variance that differ little from these: steps it gives still lead to the same
  /// end, where the score is zero.
  /// - Parameter share: the largest difference that counts as little, of all but one column in fifty: in widths, heights,
  ///   inverse covariances.
  func isNear(_ tile: FitTile, in scene: FitScene, share: Double) -> Bool {
    func differs(_ a: Double, _ b: Double) -> Bool { abs(a - b) > 0.1 * abs(a) }
    if differs(constantVariance, scene.constantVariance) || differs(gain, scene.gain) { return false }
    var far = 0
    for (old, index) in zip(columns, tile.columns) {
      let new = scene.columns[index]
      let shape = max(abs(new.p - old.p), abs(new.q - old.q), abs(new.r - old.r))
      if abs(new.amplitude - old.amplitude) > share * old.amplitude || shape > share * max(old.p, old.r)
        || (new.centre - old.centre).squaredLength * max(old.p, old.r) > share * share
      {
        far += 1
      }
    }
    return 50 * far <= count
  }

  /// The same matrix with the scores of the columns as they are now.
  func rescored(for tile: FitTile, pixels: TilePixels, in scene: FitScene, backgroundUnit unit: Double) -> Self {
    var result = self
    result.sharedScore = [Double](repeating: 0, count: shared)
    if terms > 0 {
      let sums = pixels.backgroundSums(centre: tile.centre, unit: unit)
      for t in 0..<terms { result.sharedScore[t] = sums.score[t] }
    }
    let origin = Point(Double(pixels.x), Double(pixels.y))
    let depth = 0.5 * scene.windowRadius * scene.windowRadius
    for (k, index) in tile.columns.enumerated() {
      let column = scene.columns[index]
      let derivatives = ColumnDerivatives(
        of: column, isElliptical: scene.shape == .elliptical, showsWidth: !scene.isCut(column))
      let sums = pixels.window(of: column, in: scene, origin: origin)?
        .scores(weighted: pixels.weighted, stride: pixels.width, depth: depth)
      result.setScore(k, derivatives.combined(sums ?? .zero), of: column, in: scene)
    }
    return result
  }

  /// Writes a column's score, and adds that of the common width.
  private mutating func setScore(_ k: Int, _ plain: SIMD8<Double>, of column: GaussianColumn, in scene: FitScene) {
    var plain = plain
    if size == 3 { sharedScore[terms] += plain[3] }
    if scene.isCut(column) {
      plain[0] += scene.priorWeight * (scene.typicalAmplitude - column.amplitude)
    }
    let white = whitened(plain, column: k)
    for a in 0..<size { score[k * lanes + a] = Float(white[a]) }
  }

  /// Adds what one column says: its own block, its score, and its couplings to what all share.
  private mutating func addColumn(
    _ k: Int, of tile: FitTile, pixels: TilePixels, in scene: FitScene, unit: Double,
    moments: UnsafeMutablePointer<Double>, products: UnsafeMutablePointer<SIMD8<Double>>,
    weights: UnsafeMutablePointer<SIMD8<Float>>
  ) {
    let column = columns[k]
    let isCut = scene.isCut(column)
    let origin = Point(Double(pixels.x), Double(pixels.y))
    let depth = 0.5 * scene.windowRadius * scene.windowRadius
    // Half a column does not show its width.
    let derivatives = ColumnDerivatives(of: column, isElliptical: lanes == 8, showsWidth: !isCut)
    let (plain, scores) = (moments + 15, moments + 25)
    let window = pixels.window(of: column, in: scene, origin: origin)
    if let window {
      window.moments(
        weights: pixels.weights, weighted: pixels.weighted, stride: pixels.width, depth: depth, square: moments,
        plain: plain, score: scores)
    } else {
      moments.update(repeating: 0, count: 31)
    }
    derivatives.products(of: moments, into: products)
    // What is cut by the border fits a near low column as well as a far high one.
    if isCut { products[0][0] += scene.priorWeight }
    factor(products, column: k)
    setScore(k, derivatives.combined(Self.six(scores)), of: column, in: scene)
    // L⁻¹ times the derivatives; the common width, a fourth unknown, stays as it is.
    for i in 0..<derivatives.count {
      var row = derivatives.polynomial(i)
      if i < size {
        for j in 0..<i { row -= factors[(k * size + i) * size + j] * SIMD8<Double>(weights[j]) }
        row *= factors[(k * size + i) * size + i]
      }
      weights[i] = SIMD8<Float>(row)
    }
    let width = terms
    if size == 3 {
      sharedMatrix[width * shared + width] += products[3][3]
      add(whitened(products[3], column: k), toCoupling: width, of: k)
    }
    guard terms > 0, let window else { return }
    // The part of the window on the tile's background.
    var ground = plain
    if !pixels.square.contains(window) {
      ground = moments
      pixels.moments(of: column, in: scene, depth: depth, onSquare: ground)
    }
    let offset = column.centre - tile.centre
    for t in 0..<terms {
      var sums = Self.six(ground)
      if t > 0 {
        let table = t == 1 ? Moment.timesX : Moment.timesY
        for m in 0..<6 { sums[m] = ((t == 1 ? offset.x : offset.y) * ground[m] + ground[table[m]]) / unit }
      }
      let coupling = derivatives.combined(sums)
      add(whitened(coupling, column: k), toCoupling: t, of: k)
      if size == 3 {
        sharedMatrix[t * shared + width] += coupling[3]
        sharedMatrix[width * shared + t] += coupling[3]
      }
    }
  }

  /// Adds the block of an overlapping pair.
  private mutating func addPair(
    _ pair: (first: Int, second: Int), pixels: TilePixels, in scene: FitScene, moments: UnsafeMutablePointer<Double>,
    weights: UnsafePointer<SIMD8<Float>>
  ) {
    let (one, two) = (columns[pair.first], columns[pair.second])
    let shape = (p: one.p + two.p, q: one.q + two.q, r: one.r + two.r)
    let determinant = shape.p * shape.r - shape.q * shape.q
    guard determinant > 0 else { return }
    // The centre of the product of both Gaussians, seen from the first.
    let gap = two.centre - one.centre
    let pull = Point(two.p * gap.x + two.q * gap.y, two.q * gap.x + two.r * gap.y)
    let d1 = Point(
      (shape.r * pull.x - shape.q * pull.y) / determinant, (shape.p * pull.y - shape.q * pull.x) / determinant)
    let d2 = d1 - gap
    let height = exp(-0.5 * (one.quadratic(d1) + two.quadratic(d2)))
    guard height > Self.leastHeight else { return }
    let centre = one.centre + d1 - Point(Double(pixels.x), Double(pixels.y))
    let covariance = (xx: shape.r / determinant, xy: -shape.q / determinant, yy: shape.p / determinant)
    if height < Self.farHeight && scene.gain == 0 {
      guard let weight = pixels.weight(at: centre) else { return }
      Moment.write(gaussian: covariance, mass: 2 * .pi * weight / determinant.squareRoot(), to: moments)
    } else {
      guard
        let window = GaussianWindow(
          centre: centre, shape: shape,
          reach: (height < Self.farHeight ? 3 : 4) * Point(covariance.xx.squareRoot(), covariance.yy.squareRoot()),
          rasterWidth: pixels.width, rasterHeight: pixels.height, scratch: pixels.scratch)
      else { return }
      window.moments(weights: pixels.weights, stride: pixels.width, depth: 8, sums: moments)
    }
    let unknowns = lanes == 8 ? 6 : 4
    var table = MonomialRows(moments, factor: height)
    table.shift(by: d2)
    table.combine(weights + 6 * pair.second, count: unknowns)
    table.transpose()
    table.shift(by: d1)
    table.combine(weights + 6 * pair.first, count: unknowns)
    var rows = table.rows
    if size == 3 {
      // The fourth row and lane belong to the common width.
      let width = terms
      sharedMatrix[width * shared + width] += 2 * Double(rows.3[3])
      for (a, row) in [rows.0, rows.1, rows.2].enumerated() {
        couplings[width][pair.first * lanes + a] += row[3]
        couplings[width][pair.second * lanes + a] += rows.3[a]
      }
      (rows.0[3], rows.1[3], rows.2[3], rows.3) = (0, 0, 0, .zero)
    }
    let limit = SIMD8<Float>(repeating: Self.leastCoupling)
    let unknown = [rows.0, rows.1, rows.2, rows.3, rows.4, rows.5].prefix(size)
    guard unknown.contains(where: { any($0 .> limit) || any($0 .< -limit) }) else { return }
    pairs.append(pair)
    for row in unknown {
      for lane in 0..<lanes { blocks.append(row[lane]) }
    }
  }

  /// Whether the pixels say anything about column `k`.
  func isKnown(_ k: Int) -> Bool { factors[k * size * size] > 0 }

  /// Standard error of the height of column `k` when all else is held, its place too: what tells whether there is a column.
  /// (Whether a flank at the border is near and low or far and high is another question.)
  func heldAmplitudeError(of k: Int) -> Double { isKnown(k) ? factors[k * size * size] : .infinity }

  // MARK: Small matrices

  @inline(__always) private static func six(_ p: UnsafePointer<Double>) -> SIMD8<Double> {
    SIMD8(p[0], p[1], p[2], p[3], p[4], p[5], 0, 0)
  }

  private mutating func add(_ values: SIMD8<Double>, toCoupling t: Int, of k: Int) {
    for a in 0..<size { couplings[t][k * lanes + a] += Float(values[a]) }
  }

  /// The Cholesky factor of the leading part of a block. An unknown that the pixels say nothing about gets a zero row: it
  /// has no score and stays where it is.
  private mutating func factor(_ block: UnsafePointer<SIMD8<Double>>, column k: Int) {
    let (base, size) = (k * size * size, size)
    factors.withUnsafeMutableBufferPointer { l in
      for i in 0..<size {
        for j in 0...i {
          var sum = block[i][j]
          for m in 0..<j { sum -= l[base + i * size + m] * l[base + j * size + m] }
          if i != j {
            l[base + i * size + j] = sum * l[base + j * size + j]
          } else if sum > 1e-10 * block[i][i] && sum > 0 {
            l[base + i * size + i] = 1 / sum.squareRoot()
          } else {
            for m in 0...i { l[base + i * size + m] = 0 }
          }
        }
      }
    }
  }

  /// L⁻¹ x for column `k`.
  private func whitened(_ x: SIMD8<Double>, column k: Int) -> SIMD8<Double> {
    var y = x
    let base = k * size * size
    for i in 0..<size {
      var sum = x[i]
      for j in 0..<i { sum -= factors[base + i * size + j] * y[j] }
      y[i] = sum * factors[base + i * size + i]
    }
    return y
  }
}
