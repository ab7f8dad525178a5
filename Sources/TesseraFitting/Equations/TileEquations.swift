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
  let unknowns: FitUnknowns
  /// Number of columns.
  let count: Int
  /// Lower Cholesky factors of the own blocks, row-major size x size each, with one over the diagonal in its place; zero
  /// there for an unknown that the pixels say nothing about.
  var factors: [Double]
  /// Own score, whitened; count x lanes.
  var score: [Float]
  /// Pairs that matter, and their whitened blocks: `size` rows of `lanes` each, rows of the first and lanes of the second.
  var pairs: [(first: Int, second: Int)] = []
  var blocks: [Float] = []
  /// Whitened coupling of the columns to each shared unknown: shared x (count x lanes).
  var couplings: [[Float]]
  /// The shared unknowns' own matrix (row-major) and score.
  var sharedMatrix: [Double]
  var sharedScore: [Double]
  /// The couplings' solutions without damping, once something has asked for them.
  var responses: [[Float]]?
  /// The columns and the variance of a pixel that the matrix belongs to.
  let columns: [GaussianColumn]
  private let constantVariance, gain: Double

  var size: Int { unknowns.size }
  var shared: Int { unknowns.shared }
  var lanes: Int { unknowns.lanes }

  /// - Parameter unit: the length in which background coefficients are counted, in pixels.
  init(of tile: FitTile, pixels: TilePixels, in scene: FitScene, backgroundUnit unit: Double) {
    unknowns = scene.unknowns
    count = tile.columns.count
    columns = tile.columns.map { scene.columns[$0] }
    (constantVariance, gain) = (scene.constantVariance, scene.gain)
    let (size, shared, lanes) = (unknowns.size, unknowns.shared, unknowns.lanes)
    sharedMatrix = [Double](repeating: 0, count: shared * shared)
    sharedScore = [Double](repeating: 0, count: shared)
    couplings = [[Float]](repeating: [Float](repeating: 0, count: count * lanes), count: shared)
    factors = [Double](repeating: 0, count: count * size * size)
    score = [Float](repeating: 0, count: count * lanes)
    let sums = pixels.backgroundSums(centre: tile.centre, unit: unit)
    for a in 0..<unknowns.background {
      sharedScore[a] = sums.score[a]
      for b in 0..<unknowns.background { sharedMatrix[a * shared + b] = sums.square[Moment.products[6 * a + b]] }
    }
    let scratch = TileScratch(columns: count)
    for k in 0..<count { addColumn(k, of: tile, pixels: pixels, in: scene, unit: unit, scratch) }
    for pair in tile.pairs { addPair(pair, pixels: pixels, in: scene, scratch) }
  }

  /// A matrix serves as long as the variance of a pixel changes by less than this, and all but one column in so many stay as they
  /// are.
  private static let nearVariance = 0.1
  private static let columnsPerStray = 50

  /// The matrix belongs to columns and a variance that differ little from these: steps it gives still lead to the same
  /// end, where the score is zero.
  /// - Parameter share: the largest difference that counts as little, of all but a few columns: in widths, heights,
  ///   inverse covariances.
  func isNear(_ tile: FitTile, in scene: FitScene, share: Double) -> Bool {
    func differs(_ a: Double, _ b: Double) -> Bool { abs(a - b) > Self.nearVariance * abs(a) }
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
    return Self.columnsPerStray * far <= count
  }

  /// The same matrix with the scores of the columns as they are now.
  func rescored(for tile: FitTile, pixels: TilePixels, in scene: FitScene, backgroundUnit unit: Double) -> Self {
    var result = self
    result.sharedScore = [Double](repeating: 0, count: shared)
    let sums = pixels.backgroundSums(centre: tile.centre, unit: unit)
    for t in 0..<unknowns.background { result.sharedScore[t] = sums.score[t] }
    let origin = Point(Double(pixels.x), Double(pixels.y))
    let depth = 0.5 * scene.windowRadius * scene.windowRadius
    for (k, index) in tile.columns.enumerated() {
      let column = scene.columns[index]
      let derivatives = ColumnDerivatives(
        of: column, isElliptical: unknowns.isElliptical, showsWidth: !scene.isCut(column))
      let sums = pixels.window(of: column, in: scene, origin: origin)?
        .scores(weighted: pixels.weighted, stride: pixels.width, depth: depth)
      result.setScore(k, derivatives.combined(sums ?? .zero), of: column, in: scene)
    }
    return result
  }

  /// Writes a column's score, and adds that of the common width.
  mutating func setScore(_ k: Int, _ plain: SIMD8<Double>, of column: GaussianColumn, in scene: FitScene) {
    var plain = plain
    if unknowns.sharesWidth { sharedScore[unknowns.width] += plain[FitUnknowns.widthOfColumn] }
    if scene.isCut(column) {
      plain[0] += scene.priorWeight * (scene.typicalAmplitude - column.amplitude)
    }
    let white = whitened(plain, column: k)
    for a in 0..<size { score[k * lanes + a] = Float(white[a]) }
  }

  /// Whether the pixels say anything about column `k`.
  func isKnown(_ k: Int) -> Bool { factors[k * size * size] > 0 }

  /// Standard error of the height of column `k` when all else is held, its place too: what tells whether there is a column.
  /// (Whether a flank at the border is near and low or far and high is another question.)
  func heldAmplitudeError(of k: Int) -> Double { isKnown(k) ? factors[k * size * size] : .infinity }

  /// What is left of an unknown's information once those before it are known must exceed this share of it, or it is rounding.
  private static let leastPivot = 1e-10

  /// The Cholesky factor of the leading part of a block. An unknown that the pixels say nothing about gets a zero row: it
  /// has no score and stays where it is.
  mutating func factor(_ block: UnsafePointer<SIMD8<Double>>, column k: Int) {
    let (base, size) = (k * size * size, size)
    factors.withUnsafeMutableBufferPointer { l in
      for i in 0..<size {
        for j in 0...i {
          var sum = block[i][j]
          for m in 0..<j { sum -= l[base + i * size + m] * l[base + j * size + m] }
          if i != j {
            l[base + i * size + j] = sum * l[base + j * size + j]
          } else if sum > Self.leastPivot * block[i][i] && sum > 0 {
            l[base + i * size + i] = 1 / sum.squareRoot()
          } else {
            for m in 0...i { l[base + i * size + m] = 0 }
          }
        }
      }
    }
  }

  /// L⁻¹ x for column `k`.
  func whitened(_ x: SIMD8<Double>, column k: Int) -> SIMD8<Double> {
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
