import Foundation
import TesseraNumerics

/// What columns and overlapping pairs add to the equations.
extension TileEquations {
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
  /// Half sides of the window of a pair's product, in its standard deviations: of a far pair, and of one that overlaps.
  private static let farReach = 3.0
  private static let nearReach = 4.0
  /// Pixels of the product below exp(-8) of its height are left out.
  private static let pairDepth = 8.0

  /// Adds what one column says: its own block, its score, and its couplings to what all share.
  mutating func addColumn(
    _ k: Int, of tile: FitTile, pixels: TilePixels, in scene: FitScene, unit: Double, _ scratch: TileScratch
  ) {
    let column = columns[k]
    let isCut = scene.isCut(column)
    let origin = Point(Double(pixels.x), Double(pixels.y))
    let depth = 0.5 * scene.windowRadius * scene.windowRadius
    // Half a column does not show its width.
    let derivatives = ColumnDerivatives(of: column, isElliptical: unknowns.isElliptical, showsWidth: !isCut)
    let (moments, products) = (scratch.moments, scratch.products)
    let window = pixels.window(of: column, in: scene, origin: origin)
    if let window {
      window.moments(
        weights: pixels.weights, weighted: pixels.weighted, stride: pixels.width, depth: depth, into: moments)
    } else {
      moments.clear()
    }
    derivatives.products(of: moments.square, into: products)
    // What is cut by the border fits a near low column as well as a far high one.
    if isCut { products[0][0] += scene.priorWeight }
    factor(products, column: k)
    setScore(k, derivatives.combined(Self.six(moments.score)), of: column, in: scene)
    whiten(derivatives, column: k, into: scratch.derivatives(of: k))
    if unknowns.sharesWidth {
      let byWidth = products[FitUnknowns.widthOfColumn]
      sharedMatrix[unknowns.width * shared + unknowns.width] += byWidth[FitUnknowns.widthOfColumn]
      add(whitened(byWidth, column: k), toCoupling: unknowns.width, of: k)
    }
    guard let window else { return }
    // The part of the window on the tile's background.
    var ground = moments.plain
    if !pixels.square.contains(window) {
      ground = moments.square
      pixels.moments(of: column, in: scene, depth: depth, onSquare: ground)
    }
    coupleToBackground(k, derivatives, moments: ground, offset: column.centre - tile.centre, unit: unit)
  }

  /// L⁻¹ times the derivatives; the common width, a fourth unknown, stays as it is.
  private func whiten(
    _ derivatives: ColumnDerivatives, column k: Int, into rows: UnsafeMutablePointer<SIMD8<Float>>
  ) {
    for i in 0..<derivatives.count {
      var row = derivatives.polynomial(i)
      if i < size {
        for j in 0..<i { row -= factors[(k * size + i) * size + j] * SIMD8<Double>(rows[j]) }
        row *= factors[(k * size + i) * size + i]
      }
      rows[i] = SIMD8<Float>(row)
    }
  }

  /// Adds how a column and each coefficient of the background depend on each other.
  /// - Parameters:
  ///   - moments: of w G over the pixels of the tile's square, about the column.
  ///   - offset: of the column from the tile's centre, in pixels.
  private mutating func coupleToBackground(
    _ k: Int, _ derivatives: ColumnDerivatives, moments: UnsafePointer<Double>, offset: Point, unit: Double
  ) {
    for t in 0..<unknowns.background {
      var sums = Self.six(moments)
      if t > 0 {
        let table = t == 1 ? Moment.timesX : Moment.timesY
        for m in 0..<6 { sums[m] = ((t == 1 ? offset.x : offset.y) * moments[m] + moments[table[m]]) / unit }
      }
      let coupling = derivatives.combined(sums)
      add(whitened(coupling, column: k), toCoupling: t, of: k)
      if unknowns.sharesWidth {
        sharedMatrix[t * shared + unknowns.width] += coupling[FitUnknowns.widthOfColumn]
        sharedMatrix[unknowns.width * shared + t] += coupling[FitUnknowns.widthOfColumn]
      }
    }
  }

  /// Adds the block of an overlapping pair.
  mutating func addPair(
    _ pair: (first: Int, second: Int), pixels: TilePixels, in scene: FitScene, _ scratch: TileScratch
  ) {
    guard let product = GaussianProduct(columns[pair.first], columns[pair.second]), product.height > Self.leastHeight,
      fill(scratch.moments, with: product, pixels: pixels, in: scene)
    else { return }
    var table = MonomialRows(scratch.moments.square, factor: product.height)
    table.shift(by: product.fromSecond)
    table.combine(scratch.derivatives(of: pair.second), count: unknowns.derivatives)
    table.transpose()
    table.shift(by: product.fromFirst)
    table.combine(scratch.derivatives(of: pair.first), count: unknowns.derivatives)
    var rows = table.rows
    if unknowns.sharesWidth {
      // The fourth row and lane belong to the common width.
      let width = unknowns.width
      sharedMatrix[width * shared + width] += 2 * Double(rows.3[3])
      for (a, row) in [rows.0, rows.1, rows.2].enumerated() {
        couplings[width][pair.first * lanes + a] += row[3]
        couplings[width][pair.second * lanes + a] += rows.3[a]
      }
      (rows.0[3], rows.1[3], rows.2[3], rows.3) = (0, 0, 0, .zero)
    }
    let limit = SIMD8<Float>(repeating: Self.leastCoupling)
    let block = [rows.0, rows.1, rows.2, rows.3, rows.4, rows.5].prefix(size)
    guard block.contains(where: { any($0 .> limit) || any($0 .< -limit) }) else { return }
    pairs.append(pair)
    for row in block {
      for lane in 0..<lanes { blocks.append(row[lane]) }
    }
  }

  /// Writes the weighted moments of the product of two columns' Gaussians about its centre; false where the image shows none of it.
  private func fill(
    _ moments: FitMoments, with product: GaussianProduct, pixels: TilePixels, in scene: FitScene
  ) -> Bool {
    let centre = product.centre - Point(Double(pixels.x), Double(pixels.y))
    let isFar = product.height < Self.farHeight
    if isFar && scene.gain == 0 {
      guard let weight = pixels.weight(at: centre) else { return false }
      Moment.write(
        gaussian: product.covariance, mass: 2 * .pi * weight / product.determinant.squareRoot(), to: moments.square)
      return true
    }
    let deviation = Point(product.covariance.xx.squareRoot(), product.covariance.yy.squareRoot())
    let window = GaussianWindow(
      centre: centre, shape: product.shape, reach: (isFar ? Self.farReach : Self.nearReach) * deviation,
      rasterWidth: pixels.width, rasterHeight: pixels.height, scratch: pixels.scratch)
    guard let window else { return false }
    window.moments(weights: pixels.weights, stride: pixels.width, depth: Self.pairDepth, sums: moments.square)
    return true
  }

  @inline(__always) private static func six(_ p: UnsafePointer<Double>) -> SIMD8<Double> {
    SIMD8(p[0], p[1], p[2], p[3], p[4], p[5], 0, 0)
  }

  private mutating func add(_ values: SIMD8<Double>, toCoupling t: Int, of k: Int) {
    for a in 0..<size { couplings[t][k * lanes + a] += Float(values[a]) }
  }
}
