import Foundation
import TesseraNumerics

/// The lattice of an image: vectors, the columns of one cell (the basis), and the node of each site.
public struct Lattice: Sendable, Equatable {
  /// A node: column `basis` of cell (`i`, `j`).
  public struct Node: Sendable, Hashable {
    /// Index of the column in `Lattice.basis`, and the cell along u and v.
    public var basis, i, j: Int
    /// - Parameters:
    ///   - basis: index of the column in `Lattice.basis`.
    ///   - i: index of the cell along u.
    ///   - j: index of the cell along v.
    public init(basis: Int, i: Int, j: Int) { (self.basis, self.i, self.j) = (basis, i, j) }
  }

  /// Vectors and origin, in pixels, fitted to all indexed sites. The origin lies on the first basis column.
  public let grid: CellGrid
  /// Places of the basis columns in a cell, in units of u and v, 0 ..< 1; the first at (0, 0).
  public let basis: [Point]
  /// Mean height of each basis column, in the unit of the heights given.
  public let basisHeights: [Double]
  /// The node of each site; nil for sites off the lattice.
  public let nodes: [Node?]
  /// Root mean square distance of the indexed sites from their nodes, in pixels.
  public let deviation: Double

  init(grid: CellGrid, basis: [Point], basisHeights: [Double], nodes: [Node?], deviation: Double) {
    (self.grid, self.basis, self.basisHeights) = (grid, basis, basisHeights)
    (self.nodes, self.deviation) = (nodes, deviation)
  }

  /// The lattice of some sites as that of a longer list: entry k belongs to `sites[k]`, all others have no node.
  func spread(over count: Int, sites: [Int]) -> Lattice {
    var all = [Node?](repeating: nil, count: count)
    for (k, site) in sites.enumerated() { all[site] = nodes[k] }
    return Lattice(grid: grid, basis: basis, basisHeights: basisHeights, nodes: all, deviation: deviation)
  }

  /// The lattice without the nodes of some sites.
  func keeping(_ isKept: (Int) -> Bool) -> Lattice {
    let kept = nodes.indices.map { isKept($0) ? nodes[$0] : nil }
    return Lattice(grid: grid, basis: basis, basisHeights: basisHeights, nodes: kept, deviation: deviation)
  }

  /// Whether nodes are where columns are: columns that lie half a lattice vector off would as well belong to other nodes, and
  /// indices that do not close, as around a boundary within the lattice, carry them that far.
  public var isSound: Bool { deviation < 0.5 * min(grid.u.length, grid.v.length) }

  /// The share of the sites that sit on a node.
  public var indexedShare: Double {
    nodes.isEmpty ? 0 : Double(nodes.count { $0 != nil }) / Double(nodes.count)
  }

  /// Where a node of the undistorted lattice lies, in pixels.
  public func position(of node: Node) -> Point {
    grid.position(of: Point(Double(node.i), Double(node.j)) + basis[node.basis])
  }

  /// Indexes sites that lie on the lattice spanned by two vectors.
  ///
  /// Sites a lattice vector apart are linked; a chain of links gives every site of a sublattice its integer indices,
  /// however slowly the lattice bends on the way. Chains with at least a fiftieth of the sites become basis columns, but for
  /// places of the cell that are mostly empty: columns of another crystal beside this one meet it in a line, and are no
  /// sublattice. Nil where no chain is that long.
  public init?(
    indexing positions: [Point], heights: [Double], u: Point, v: Point, tolerance: Double = 0.3
  ) {
    guard let links = Self.links(positions, u, v, tolerance: tolerance) else { return nil }
    let chains = Self.chains(links, count: positions.count)
    let smallest = max(6, positions.count / 50)
    let long = chains.filter { $0.count >= smallest }.sorted { ($0.count, -$0[0].site) > ($1.count, -$1[0].site) }
    guard let all = Sublattices(of: long, positions, u, v),
      let kept = all.isMostlyFilled.allSatisfy({ $0 })
        ? all
        : Sublattices(of: zip(long, all.owner).filter { all.isMostlyFilled[$1.basis] }.map(\.0), positions, u, v)
    else { return nil }
    let (cells, basis, owner) = (kept.cells, kept.basis, kept.owner)
    var nodes = [Node?](repeating: nil, count: positions.count)
    var squares = 0.0
    var count = 0.0
    var (sums, members) = ([Double](repeating: 0, count: basis.count), [Double](repeating: 0, count: basis.count))
    for (k, chain) in kept.chains.enumerated() {
      for link in chain {
        let node = Node(basis: owner[k].basis, i: link.i + owner[k].shift.0, j: link.j + owner[k].shift.1)
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
    self.grid = cells
    self.basis = basis
    basisHeights = zip(sums, members).map { $1 > 0 ? $0 / $1 : .nan }
    self.nodes = nodes
    deviation = (squares / max(1, count)).squareRoot()
  }

  /// For each site its partner at +u, -u, +v, -v; -1 where there is none.
  private static func links(_ positions: [Point], _ u: Point, _ v: Point, tolerance: Double) -> [[Int]]? {
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
  private static func chains(_ links: [[Int]], count: Int) -> [Chain] {
    var seen = [Bool](repeating: false, count: count)
    var result: [Chain] = []
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

  /// Least squares for common vectors and one offset a chain: position = offset + i u + j v.
  fileprivate static func fit(
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
    let fittedU = (six * sjj - sjx * sij) / determinant
    let fittedV = (sjx * sii - six * sij) / determinant
    return (fittedU, fittedV, means.map { $0.place - fittedU * $0.i - fittedV * $0.j })
  }
}

/// Sites connected by lattice vectors, each with its indices relative to the first.
private typealias Chain = [(site: Int, i: Int, j: Int)]

/// Chains of a lattice by their place in the cell.
private struct Sublattices {
  let chains: [Chain]
  let cells: CellGrid
  /// In units of the cell's edges; the first at (0, 0).
  private(set) var basis: [Point] = []
  /// The basis column of each chain, and the cells by which its indices are moved.
  private(set) var owner: [(basis: Int, shift: (Int, Int))] = []

  /// A place of the cell is a sublattice if it holds a column in at least this share of the cells that its fullest place has.
  private static let leastFilling = 0.5

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
    guard !chains.isEmpty, let fit = Lattice.fit(chains, positions, u, v),
      let cells = CellGrid(origin: fit.offsets[0], u: fit.u, v: fit.v)
    else { return nil }
    (self.chains, self.cells) = (chains, cells)
    let spacing = min(fit.u.length, fit.v.length)
    for offset in fit.offsets {
      let place = cells.coordinates(of: offset)
      let match = basis.firstIndex { known in
        let d = place - known
        let wrapped = Point(d.x - d.x.rounded(), d.y - d.y.rounded())
        return cells.length(of: wrapped) < 0.2 * spacing
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
}
