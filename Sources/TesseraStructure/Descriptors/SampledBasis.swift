import TesseraNumerics

/// The matrix that turns the pixels of one shape into moments.
struct SampledBasis: Sendable {
  let pixels: PixelRuns
  /// One row per pixel, in the order of the cut, and one column per term.
  let weights: Matrix<Float>

  /// Least squares on the pixels nearer than `radius` to the centre: B (BᵀB)⁻¹, other rows zero.
  init(fitting pixels: PixelRuns, radius: Double, order: Int, around centre: Point) {
    let sampled = sampledPolynomials(at: pixels, radius: radius, order: order, around: centre)
    self.pixels = pixels
    let inverse = sampled.gram.pseudoInverse(tolerance: 1e-13) ?? Matrix(rows: 0, columns: 0, filling: 0)
    weights = sampled.times(inverse).map { Float($0) }
  }

  /// Integral of polynomial times interpolation kernel of each pixel. Where the shape ends, the weights of the pixels that are
  /// there are raised, so that a constant image still has no moment but the first.
  init(integrating quadrature: DiscQuadrature, over pixels: PixelRuns, around centre: Point) {
    self.pixels = pixels
    let terms = quadrature.terms
    let reach = Int(saturating: quadrature.radius) + 5
    let width = 2 * reach + 1
    var places = [Int](repeating: -1, count: width * width)
    for (index, pixel) in pixels.pixels.enumerated() { places[(pixel.y + reach) * width + pixel.x + reach] = index }
    let lanes = quadrature.lanes
    var sums = [SIMD8<Double>](repeating: .zero, count: pixels.count * lanes)
    var total = sums.mutableSpan
    for node in 0..<quadrature.points.count {
      let place = quadrature.points[node] + centre
      let (x0, y0) = (Int(saturating: place.x.rounded(.down)) - 2, Int(saturating: place.y.rounded(.down)) - 2)
      let horizontal = (0..<6).map { sixPointKernel(Double(x0 + $0) - place.x) }
      var near: [(index: Int, weight: Double)] = []
      near.reserveCapacity(36)
      for row in 0..<6 {
        let vertical = sixPointKernel(Double(y0 + row) - place.y)
        for column in 0..<6 {
          let index = places[(y0 + row + reach) * width + x0 + column + reach]
          let weight = vertical * horizontal[column]
          if index >= 0 && weight != 0 { near.append((index, weight)) }
        }
      }
      let scale = 1 / near.reduce(0) { $0 + $1.weight }
      let polynomials = quadrature.weighted.span.extracting(node * lanes..<(node + 1) * lanes)
      for (index, weight) in near {
        let factor = weight * scale
        for lane in 0..<lanes { total[index * lanes + lane] += factor * polynomials[lane] }
      }
    }
    weights = Matrix(
      rows: pixels.count, columns: terms,
      values: (0..<pixels.count * terms).map { k in
        let (pixel, term) = k.quotientAndRemainder(dividingBy: terms)
        return Float(sums[pixel * lanes + term / 8][term % 8])
      })
  }
}

/// The polynomials at each pixel of a shape (rows); zero outside the disc.
func sampledPolynomials(at pixels: PixelRuns, radius: Double, order: Int, around centre: Point) -> Matrix<Double> {
  let terms = ZernikeTerm.count(order: order)
  var values: [Double] = []
  values.reserveCapacity(pixels.count * terms)
  for pixel in pixels.pixels {
    let place = Point(Double(pixel.x), Double(pixel.y)) - centre
    if place.squaredLength < radius * radius {
      values += zernikePolynomials(order: order, atRadius: place.length / radius, angle: place.angle)
    } else {
      values += [Double](repeating: 0, count: terms)
    }
  }
  return Matrix(rows: pixels.count, columns: terms, values: values)
}

/// Ratio of the largest to the smallest singular value of the sampled basis; infinite where terms cannot be told apart.
func conditionNumber(radius: Double, order: Int, centre: Point) -> Double {
  let pixels = PixelRuns(disc: radius, around: centre)
  let sampled = sampledPolynomials(at: pixels, radius: radius, order: order, around: centre)
  guard pixels.count >= sampled.columns, let squares = sampled.gram.symmetricEigen()?.values,
    let least = squares.first, let most = squares.last, least > 1e-12 * most
  else { return .infinity }
  return (most / least).squareRoot()
}
