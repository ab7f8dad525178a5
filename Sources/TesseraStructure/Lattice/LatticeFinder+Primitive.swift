import TesseraNumerics

extension LatticeFinder {
  /// Translations whose coordinates are this near to whole numbers lead from node to node.
  private static let wholeCells = 0.1
  /// Basis columns are the same to a translation that carries one within this part of a spacing of the other, and within so many standard errors.
  private static let largestOffset = 0.02
  private static let largestDeviates = 3.0

  /// The cell, or a smaller one where nothing tells the columns of its basis apart.
  ///
  /// A few columns that hold less than their like are as many as chance makes them along each vector, so that in a small image the heights
  /// may suit the vectors of a multiple of the cell best. Medians over the columns of the basis do not see the few: a translation that
  /// most columns share is of the lattice if it carries each of them to one as high.
  /// - Parameters:
  ///   - cell: two lattice vectors, in pixels.
  ///   - translations: those that most columns share.
  ///   - spacing: of neighbouring columns, in pixels.
  static func primitive(
    _ cell: (u: Point, v: Point), among translations: [Translation], of positions: [Point], heights: [Double],
    spacing: Double
  ) -> (u: Point, v: Point) {
    guard let grid = CellGrid(origin: .zero, u: cell.u, v: cell.v) else { return cell }
    func isWhole(_ vector: Point) -> Bool {
      let place = grid.coordinates(of: vector)
      return abs(place.x - place.x.rounded()) < wholeCells && abs(place.y - place.y.rounded()) < wholeCells
    }
    let between = translations.map(\.vector).filter { !isWhole($0) }
    guard !between.isEmpty, let lattice = LatticeIndexer(u: cell.u, v: cell.v).lattice(of: positions, heights: heights),
      lattice.basis.count > 1
    else { return cell }
    let kinds = BasisKinds(lattice, heights: heights)
    let further = between.filter { kinds.areKept(by: $0, spacing: spacing) }
    return shortest([cell.u, cell.v] + further).map { reduced($0.u, $0.v) } ?? cell
  }

  /// Vectors within 14 degrees of each other span no sound cell.
  private static let leastSine = 0.25

  /// The two shortest vectors that span a sound cell.
  static func shortest(_ vectors: [Point]) -> (u: Point, v: Point)? {
    let lattice = vectors.sorted { ($0.length, $0.x) < ($1.length, $1.x) }
    guard let first = lattice.first,
      let second = lattice.first(where: { abs(first.cross($0)) > leastSine * first.length * $0.length })
    else { return nil }
    return (first, second)
  }

  /// What is known of the columns of a basis.
  private struct BasisKinds {
    let lattice: Lattice
    /// Median height of each, its standard error, and that of its place in pixels.
    let heights, heightErrors, placeErrors: [Double]
    /// Heights that differ by less tell no column from another.
    let negligible: Double

    init(_ lattice: Lattice, heights: [Double]) {
      self.lattice = lattice
      var members = [[Double]](repeating: [], count: lattice.basis.count)
      for (node, height) in zip(lattice.nodes, heights) where height.isFinite {
        if let node { members[node.basis].append(height) }
      }
      self.heights = members.map { $0.isEmpty ? .nan : Statistics.median($0) }
      let roots = members.map { Double(max(1, $0.count)).squareRoot() }
      // The standard error of a median is sqrt(pi / 2) times that of a mean.
      heightErrors = zip(members, roots).map { (Double.pi / 2).squareRoot() * Statistics.robustDeviation($0) / $1 }
      placeErrors = roots.map { lattice.deviation / $0 }
      negligible = LatticeFinder.negligibleDifference(of: heights).squareRoot()
    }

    /// Whether a translation carries every column of the basis to one as high.
    func areKept(by vector: Point, spacing: Double) -> Bool {
      let step = lattice.grid.coordinates(of: lattice.grid.origin + vector)
      return lattice.basis.indices.allSatisfy { from in
        let target = lattice.basis[from] + step
        let offsets = lattice.basis.map { place -> Double in
          let d = place - target
          return lattice.grid.length(of: Point(d.x - d.x.rounded(), d.y - d.y.rounded()))
        }
        let to = offsets.indices.min { (offsets[$0], $0) < (offsets[$1], $1) }!
        let (place, height) = (
          (placeErrors[from], placeErrors[to]), (heightErrors[from], heightErrors[to])
        )
        func sum(_ errors: (Double, Double)) -> Double {
          LatticeFinder.largestDeviates * (errors.0 * errors.0 + errors.1 * errors.1).squareRoot()
        }
        return offsets[to] <= max(LatticeFinder.largestOffset * spacing, sum(place))
          && abs(heights[from] - heights[to]) <= max(negligible, sum(height))
      }
    }
  }
}
