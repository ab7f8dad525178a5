import TesseraNumerics

/// Chains of a lattice by their place in the cell.
struct Sublattices {
  /// Sites connected by lattice vectors, each with its indices relative to the first.
  typealias Chain = [(site: Int, i: Int, j: Int)]

  let chains: [Chain]
  let cells: CellGrid
  /// In units of the cell's edges; the first at (0, 0).
  private(set) var basis: [Point] = []
  /// The basis column of each chain, and the cells by which its indices are moved.
  private(set) var owner: [(basis: Int, shift: (Int, Int))] = []

  /// A place of the cell is a sublattice if it holds a column in at least this share of the cells that its fullest place has.
  private static let leastFilling = 0.5

  /// Places of the cell closer than this, in units of the shorter edge, are one: a chain's mean place bends with the lattice, and
  /// columns of a basis stand farther apart than a fifth of the edge.
  private static let samePlace = 0.2
  /// And closer than this in spacings of the columns: in a large cell many columns stand within a fifth of the edge.
  private static let samePlaceInSpacings = 0.6

  /// Whether each basis column is there in most cells.
  var isMostlyFilled: [Bool] {
    var counts = [Int](repeating: 0, count: basis.count)
    for (chain, owner) in zip(chains, owner) { counts[owner.basis] += chain.count }
    let fullest = Double(counts.max() ?? 0)
    return counts.map { Double($0) >= Self.leastFilling * fullest }
  }

  /// Chains of one sublattice on both sides of a defect have equal places in the cell: they become one basis column. Nil where
  /// the chains span no cell.
  init?(of chains: [Chain], _ positions: [Point], _ u: Point, _ v: Point) {
    guard !chains.isEmpty, let fit = Self.fit(chains, positions, u, v),
      let cells = CellGrid(origin: fit.offsets[0], u: fit.u, v: fit.v)
    else { return nil }
    (self.chains, self.cells) = (chains, cells)
    var reach = Self.samePlace * min(fit.u.length, fit.v.length)
    if let spacing = PlanarIndex(chains.flatMap { $0.map { positions[$0.site] } }).medianSpacing {
      reach = min(reach, Self.samePlaceInSpacings * spacing)
    }
    for offset in fit.offsets {
      let place = cells.coordinates(of: offset)
      let match = basis.firstIndex { known in
        let d = place - known
        let wrapped = Point(d.x - d.x.rounded(), d.y - d.y.rounded())
        return cells.length(of: wrapped) < reach
      }
      if let match {
        let d = place - basis[match]
        owner.append((match, (Int(saturating: d.x.rounded()), Int(saturating: d.y.rounded()))))
      } else {
        let floor = Point((place.x + 1e-6).rounded(.down), (place.y + 1e-6).rounded(.down))
        basis.append(place - floor)
        owner.append((basis.count - 1, (Int(saturating: floor.x), Int(saturating: floor.y))))
      }
    }
  }

  /// Positions leave a lattice as a whole, not one by one, where they do by more than this share of the shorter edge in the root mean square, and
  /// by so many times what half of the steps from column to column are off by: of positions that scatter one by one it is 0.85.
  private static let (largestMisfit, looseness) = (0.03, 2.0)

  /// Common vectors and one offset per chain: position = offset + i u + j v.
  ///
  /// Least squares over the positions, or, where these leave the lattice together, the mean steps from column to column: indices
  /// that do not close around a dislocation, or cross a wide seam, would stretch vectors that are fitted to positions.
  private static func fit(
    _ chains: [Chain], _ positions: [Point], _ u: Point, _ v: Point
  ) -> (u: Point, v: Point, offsets: [Point])? {
    // Offsets drop out by taking each chain's own means.
    var (sii, sij, sjj) = (0.0, 0.0, 0.0)
    var (six, sjx) = (Point.zero, Point.zero)
    var means: [(i: Double, j: Double, place: Point)] = []
    for chain in chains {
      let n = Double(chain.count)
      let mi = chain.reduce(0.0) { $0 + Double($1.i) } / n
      let mj = chain.reduce(0.0) { $0 + Double($1.j) } / n
      let mp = chain.reduce(Point.zero) { $0 + positions[$1.site] } / n
      means.append((mi, mj, mp))
      for link in chain {
        let (di, dj, dp) = (Double(link.i) - mi, Double(link.j) - mj, positions[link.site] - mp)
        sii += di * di
        sij += di * dj
        sjj += dj * dj
        six += dp * di
        sjx += dp * dj
      }
    }
    let determinant = sii * sjj - sij * sij
    guard determinant > 1e-9 * max(sii * sjj, 1e-30) else { return nil }
    var fitted = ((six * sjj - sjx * sij) / determinant, (sjx * sii - six * sij) / determinant)
    var (squares, count) = (0.0, 0)
    for (chain, mean) in zip(chains, means) {
      for link in chain {
        let place = mean.place + fitted.0 * (Double(link.i) - mean.i) + fitted.1 * (Double(link.j) - mean.j)
        squares += (positions[link.site] - place).squaredLength
      }
      count += chain.count
    }
    let limit = Self.largestMisfit * min(fitted.0.length, fitted.1.length)
    let misfit = (squares / Double(count)).squareRoot()
    if misfit > limit, let steps = meanSteps(chains, positions), misfit > looseness * steps.scatter {
      fitted = (steps.u, steps.v)
    }
    let (u, v) = fitted
    return (u, v, means.map { $0.place - u * $0.i - v * $0.j })
  }

  /// The mean steps along u and v from a column of a chain to the next, but for those that stand out, as across a seam, and what half of
  /// them are off by; nil where too few are known.
  private static func meanSteps(_ chains: [Chain], _ positions: [Point]) -> (u: Point, v: Point, scatter: Double)? {
    var steps: (u: [Point], v: [Point]) = ([], [])
    for chain in chains {
      let sites = Dictionary(chain.map { (SIMD2($0.i, $0.j), $0.site) }, uniquingKeysWith: { first, _ in first })
      for link in chain {
        if let next = sites[SIMD2(link.i + 1, link.j)] { steps.u.append(positions[next] - positions[link.site]) }
        if let next = sites[SIMD2(link.i, link.j + 1)] { steps.v.append(positions[next] - positions[link.site]) }
      }
    }
    func mean(_ steps: [Point]) -> (step: Point, scatter: Double)? {
      guard steps.count >= fewestSteps else { return nil }
      let middle = Point(Statistics.median(steps.map(\.x)), Statistics.median(steps.map(\.y)))
      let distances = steps.map { ($0 - middle).length }
      let scatter = Statistics.median(distances)
      let near = zip(steps, distances).filter { $1 <= farthestStep * scatter }.map(\.0)
      return (near.reduce(.zero, +) / Double(near.count), scatter)
    }
    guard let u = mean(steps.u), let v = mean(steps.v) else { return nil }
    return (u.step, v.step, max(u.scatter, v.scatter))
  }

  /// A mean of fewer steps says nothing; steps farther from the middle than so many times the median distance do not count.
  private static let (fewestSteps, farthestStep) = (12, 4.0)
}
