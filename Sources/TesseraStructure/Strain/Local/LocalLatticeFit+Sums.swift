import TesseraNumerics

/// The least squares of the matched columns around one place: the vectors, their bias, their errors and how well columns match.
extension LocalLatticeFit {
  /// Weighted sums of the matched columns, and what follows from them.
  struct Sums {
    let matches: [Match]
    let vectors: LatticeVectors
    private let inverse: PlanarCovariance
    /// For each match the mean indices and the weight of its sublattice.
    private let means: [Point]
    private let totals: [Double]

    var count: Int { matches.count }

    /// Nil where the columns lie on one line. Matches of one sublattice follow each other.
    init?(_ matches: [Match], of fit: LocalLatticeFit, around place: Point) {
      var (nn, xn, yn) = (PlanarCovariance.zero, Point.zero, Point.zero)
      var means: [Point] = []
      var totals: [Double] = []
      var start = 0
      while start < matches.count {
        var end = start
        while end < matches.count && fit.basis[matches[end].column] == fit.basis[matches[start].column] { end += 1 }
        let group = matches[start..<end]
        var (total, mean, centre) = (0.0, Point.zero, Point.zero)
        for match in group {
          let w = fit.weight(match.column, place)
          total += w
          mean += match.n * w
          centre += (fit.index.points[match.column] - place) * w
        }
        (mean, centre) = (mean / total, centre / total)
        for match in group {
          let w = fit.weight(match.column, place)
          let (n, p) = (match.n - mean, fit.index.points[match.column] - place - centre)
          nn = nn + PlanarCovariance(outer: n) * w
          xn += n * (w * p.x)
          yn += n * (w * p.y)
        }
        means += [Point](repeating: mean, count: group.count)
        totals += [Double](repeating: total, count: group.count)
        start = end
      }
      let determinant = nn.xx * nn.yy - nn.xy * nn.xy
      guard determinant > 1e-3 * nn.xx * nn.yy, determinant > 1e-12 else { return nil }
      inverse = PlanarCovariance(xx: nn.yy / determinant, xy: -nn.xy / determinant, yy: nn.xx / determinant)
      let (ax, ay) = (Self.times(inverse, xn), Self.times(inverse, yn))
      vectors = LatticeVectors(u: Point(ax.x, ay.x), v: Point(ax.y, ay.y))
      (self.matches, self.means, self.totals) = (matches, means, totals)
    }

    private static func times(_ m: PlanarCovariance, _ p: Point) -> Point {
      Point(m.xx * p.x + m.xy * p.y, m.xy * p.x + m.yy * p.y)
    }

    /// The vectors less what weights that depend on the columns' errors make of them on the mean.
    func unbiased(of fit: LocalLatticeFit, around place: Point) -> LatticeVectors {
      guard let covariances = fit.covariances else { return vectors }
      var result = vectors
      for (k, match) in matches.enumerated() {
        let w = fit.weight(match.column, place)
        let n = match.n - means[k]
        let c = Self.times(inverse, n)
        let leverage = w / totals[k] + w * n.dot(c)
        let offset = fit.index.points[match.column] - place
        let shift = Self.times(covariances[match.column], offset) * (w * (1 - leverage) / (fit.blur * fit.blur))
        result.u += shift * c.x
        result.v += shift * c.y
      }
      return result
    }

    /// Mean square distance along one axis of the columns from the nodes, weighted as the fit, in square pixels, by which it exceeds what
    /// the errors of the columns give; zero where no errors are known.
    func squaredMisfit(of fit: LocalLatticeFit, around place: Point) -> Double {
      guard let covariances = fit.covariances else { return 0 }
      var (sum, expected, total, squares, start) = (0.0, 0.0, 0.0, 0.0, 0)
      var groups = 0
      while start < matches.count {
        let end =
          matches[start...].firstIndex { fit.basis[$0.column] != fit.basis[matches[start].column] } ?? matches.count
        var centre = Point.zero
        for match in matches[start..<end] {
          centre += (fit.index.points[match.column] - place) * (fit.weight(match.column, place) / totals[start])
        }
        for k in start..<end {
          let (column, n) = (matches[k].column, matches[k].n - means[k])
          let w = fit.weight(column, place)
          let miss = fit.index.points[column] - place - centre - vectors.u * n.x - vectors.v * n.y
          let leverage = w / totals[k] + w * n.dot(Self.times(inverse, n))
          sum += w * miss.squaredLength / 2
          expected += w * (1 - leverage) * (covariances[column].xx + covariances[column].yy) / 2
          total += w
          squares += w * w
        }
        (start, groups) = (end, groups + 1)
      }
      // Each column has two coordinates, a sublattice needs two and the vectors four.
      let degrees = max(1, 2 * total * total / squares - Double(2 * groups + 4))
      let factor = StrainSpread.errorFactor * StrainSpread.errorFactor
      return max(0, sum - factor * (1 + StrainSpread.significance * (2 / degrees).squareRoot()) * expected) / total
    }

    func spread(of fit: LocalLatticeFit, around place: Point) -> VectorSpread {
      guard let covariances = fit.covariances else { return .zero }
      var spread = VectorSpread.zero
      for (match, mean) in zip(matches, means) {
        let c = PlanarCovariance(outer: Self.times(inverse, match.n - mean) * fit.weight(match.column, place))
        let own = covariances[match.column]
        spread.xx = spread.xx + c * own.xx
        spread.xy = spread.xy + c * own.xy
        spread.yy = spread.yy + c * own.yy
      }
      return spread
    }
  }
}
