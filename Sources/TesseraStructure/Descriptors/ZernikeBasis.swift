import TesseraNumerics

/// The Zernike polynomials of one disc, ready to turn patches into moments by matrix products.
///
/// Moments are those of f = Σ A(j) Z(j), so A(0) is the mean. The disc is centred on the site to an eighth of a pixel
/// by one of 16 sampled bases, one for each place on the quarter-pixel grid; the rest is shifted away when the patch is
/// cut. Making a basis costs O(side² terms): some 20 ms at side 33 and order 10. Keep it for many images.
public struct ZernikeBasis: Sendable {
  /// Diameter of the disc in pixels.
  public let side: Int
  /// Largest radial order p.
  public let order: Int
  /// How moments are taken from pixels: by integrals or by least squares.
  public let rule: MomentRule
  /// Condition number of the basis sampled at the pixels of the centred disc: 1 is orthogonal.
  public let condition: Double

  /// One for each node (x, y) of the quarter-pixel grid, at index `4 * (y + 1) + x + 1`; empty without sub-pixel nodes.
  let nodes: [SampledBasis]
  /// For plain squares of `side` pixels, even or odd, centred on the middle of the square.
  let square: SampledBasis

  /// - Parameters:
  ///   - side: diameter of the disc in pixels, at least 3.
  ///   - order: largest p, 0 ... 40.
  ///   - rule: how moments are taken from pixels.
  ///   - coversSites: whether the 16 bases that patches around sites need are made, too.
  public init(side: Int, order: Int, rule: MomentRule = .integral, coversSites: Bool = true) {
    precondition(side >= 3 && (0...40).contains(order))
    (self.side, self.order, self.rule) = (side, order, rule)
    let radius = Double(side) / 2
    let middle = side.isMultiple(of: 2) ? Point(-0.5, -0.5) : .zero
    condition = conditionNumber(radius: radius, order: order, centre: middle)
    let quadrature = rule == .integral ? DiscQuadrature(radius: radius, order: order) : nil
    @Sendable func sampled(_ pixels: PixelRuns, _ centre: Point) -> SampledBasis {
      switch quadrature {
      case let quadrature?: SampledBasis(integrating: quadrature, over: pixels, around: centre)
      case nil: SampledBasis(fitting: pixels, radius: radius, order: order, around: centre)
      }
    }
    square = sampled(PixelRuns(square: side), middle)
    let reach = rule == .integral ? radius + 2 : radius
    nodes = concurrentMap(count: coversSites ? 16 : 0) { index in
      let centre = Point(Double(index % 4 - 1), Double(index / 4 - 1)) / 4
      return sampled(PixelRuns(disc: reach, around: centre), centre)
    }
  }

  /// The number of moments.
  public var termCount: Int { ZernikeTerm.count(order: order) }

  /// Variance of one moment when every pixel has white noise of variance 1.
  public func noiseGain(of term: ZernikeTerm) -> Double {
    let weights = square.weights
    return (0..<weights.rows).reduce(0) { sum, pixel in
      let weight = Double(weights[pixel, term.index])
      return sum + weight * weight
    }
  }

  /// The mean of that variance over all moments.
  package var meanNoiseGain: Double { Statistics.mean(ZernikeTerm.all(order: order).map(noiseGain)) }

  /// Moments of plain patches, one row of `side * side` pixels each, centred in the square. One matrix product.
  public func moments(ofRows patches: Matrix<Float>) -> Matrix<Float> {
    precondition(patches.columns == side * side, "a row needs side x side pixels")
    return patches.times(square.weights)
  }

  /// The largest order, at most `limit`, whose sampled basis has a condition number of at most `conditionLimit`.
  public static func largestOrder(side: Int, atMost limit: Int, conditionLimit: Double) -> Int {
    let middle = side.isMultiple(of: 2) ? Point(-0.5, -0.5) : .zero
    return (0...limit).last { order in
      conditionNumber(radius: Double(side) / 2, order: order, centre: middle) <= conditionLimit
    } ?? 0
  }
}
