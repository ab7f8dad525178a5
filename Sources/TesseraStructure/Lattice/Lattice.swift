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
}
