import TesseraNumerics

/// The columns that lattice steps lead to from a column.
///
/// In a crystal with a dislocation the indices of a lattice do not close: across a cut that starts at the core, the node that a
/// step names holds a column one lattice vector away. So a partner counts only where it lies about where the step leads.
struct LatticePartners {
  private let lattice: Lattice
  private let positions: [Point]
  private let siteOf: [Lattice.Node: Int]
  /// Never farther off than this: at half a lattice vector another node is as near.
  private let farthest: Double

  /// How far a partner may lie from where the undistorted step leads, as a share of the step: strain and turns within a grain
  /// stay below, and a bond that is longer by more is none.
  private static let distortion = 0.25
  /// The same in units of the shorter lattice vector.
  private static let ambiguity = 0.4

  init(of lattice: Lattice, positions: [Point]) {
    (self.lattice, self.positions, siteOf) = (lattice, positions, lattice.siteOfNode)
    farthest = Self.ambiguity * min(lattice.grid.u.length, lattice.grid.v.length)
  }

  /// The site that a step from cell (0, 0) leads to; nil where no column is there.
  func partner(of site: Int, by step: Lattice.Node) -> Int? {
    guard let node = lattice.nodes[site], let other = siteOf[node.moved(by: step)] else { return nil }
    let expected =
      lattice.position(of: step) - lattice.position(of: Lattice.Node(basis: node.basis, i: 0, j: 0))
    let error = (positions[other] - positions[site] - expected).length
    return error <= min(Self.distortion * expected.length, farthest) ? other : nil
  }
}
