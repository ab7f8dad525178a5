import TesseraNumerics

/// Gives the sites of a lattice their integer indices.
///
/// Sites a lattice vector apart are linked; a chain of links gives every site of a sublattice its indices, however slowly
/// the lattice bends on the way. Long chains become basis columns, but for places of the cell that are mostly empty:
/// columns of another crystal beside this one meet it in a line, and are no sublattice.
public struct LatticeIndexer: Sendable, Equatable {
  /// The vectors that span the lattice, in pixels; over one step right to well within the tolerance.
  public var u, v: Point
  /// A site this far from where a vector leads is not the partner, in typical spacings of the sites; 0 ... 0.5, beyond which
  /// another site may be nearer.
  public var tolerance = 0.3

  /// Indexes by the lattice that `u` and `v` span, in pixels.
  public init(u: Point, v: Point, tolerance: Double = 0.3) {
    (self.u, self.v, self.tolerance) = (u, v, tolerance)
  }

  /// A chain of fewer sites, or of fewer than one in so many, is no sublattice: strays meet one another by chance.
  private static let shortestChain = 6
  private static let sitesPerChain = 50

  /// The lattice of some sites; nil where no chain is long enough.
  /// - Parameters:
  ///   - positions: of the sites, in pixels.
  ///   - heights: of the sites, any unit; NaN where unknown.
  public func lattice(of positions: [Point], heights: [Double]) -> Lattice? {
    guard let links = links(positions) else { return nil }
    let chains = Self.chains(links, count: positions.count)
    let shortest = max(Self.shortestChain, positions.count / Self.sitesPerChain)
    let long = chains.filter { $0.count >= shortest }.sorted { ($0.count, -$0[0].site) > ($1.count, -$1[0].site) }
    guard let all = Sublattices(of: long, positions, u, v),
      let kept = all.isMostlyFilled.allSatisfy({ $0 })
        ? all
        : Sublattices(of: zip(long, all.owner).filter { all.isMostlyFilled[$1.basis] }.map(\.0), positions, u, v)
    else { return nil }
    return Self.lattice(of: kept, positions, heights)
  }

  private static func lattice(of found: Sublattices, _ positions: [Point], _ heights: [Double]) -> Lattice {
    let (cells, basis) = (found.cells, found.basis)
    var nodes = [Lattice.Node?](repeating: nil, count: positions.count)
    var (squares, count) = (0.0, 0.0)
    var (sums, members) = ([Double](repeating: 0, count: basis.count), [Double](repeating: 0, count: basis.count))
    for (owner, chain) in zip(found.owner, found.chains) {
      for link in chain {
        let node = Lattice.Node(basis: owner.basis, i: link.i + owner.shift.0, j: link.j + owner.shift.1)
        nodes[link.site] = node
        let place = cells.position(of: Point(Double(node.i), Double(node.j)) + basis[node.basis])
        squares += (place - positions[link.site]).squaredLength
        count += 1
        if heights[link.site].isFinite {
          sums[node.basis] += heights[link.site]
          members[node.basis] += 1
        }
      }
    }
    return Lattice(
      grid: cells, basis: basis, basisHeights: zip(sums, members).map { $1 > 0 ? $0 / $1 : .nan }, nodes: nodes,
      deviation: (squares / max(1, count)).squareRoot())
  }

  /// For each site its partner at +u, -u, +v, -v; -1 where there is none.
  private func links(_ positions: [Point]) -> [[Int]]? {
    guard positions.count >= 4 else { return nil }
    let index = PlanarIndex(positions)
    guard let spacing = index.medianSpacing, spacing.isFinite, spacing > 0 else { return nil }
    let radius = tolerance * spacing
    let steps = [u, -u, v, -v]
    return concurrentMap(count: positions.count) { k in
      steps.map { index.neighbours(of: positions[k] + $0, within: radius).first ?? -1 }
    }
  }

  /// Sites connected by links, each with its indices relative to the first of its chain.
  private static func chains(_ links: [[Int]], count: Int) -> [Sublattices.Chain] {
    var seen = [Bool](repeating: false, count: count)
    var result: [Sublattices.Chain] = []
    for start in 0..<count where !seen[start] {
      seen[start] = true
      var chain = [(site: start, i: 0, j: 0)]
      var next = 0
      while next < chain.count {
        let (site, i, j) = chain[next]
        next += 1
        for (step, other) in links[site].enumerated() where other >= 0 && !seen[other] {
          // A link must be mutual, or two chains could share a site.
          guard links[other][step ^ 1] == site else { continue }
          seen[other] = true
          chain.append((other, i + [1, -1, 0, 0][step], j + [0, 0, 1, -1][step]))
        }
      }
      result.append(chain)
    }
    return result
  }
}
