import TesseraNumerics

/// The motif-cells of an image by the number of cells they join, and which occur inside which.
/// Source: M22, "Automatic Construction of Motif-cell Hierarchy", Figs 2D and S15.
public struct Hierarchy: Sendable, Codable, Equatable {
  /// A motif-cell: cells joined across walls, up to translations and the symmetry in `HierarchyMethod.equivalence`.
  public struct Node: Sendable, Codable, Equatable {
    /// Number of cells that it joins; 1 for a single-cell motif-cell.
    public var level: Int
    /// Number of sites in it.
    public var size: Int
    /// How often it stands alone, with nothing but perfect crystal around.
    public var count: Int
    /// How many cells of the image belong to it: at level 1 all cells of the type, also those inside larger ones.
    public var cellCount: Int
    /// Its sites by class, classes rising; class 0 counts the empty sublattice positions.
    public var composition: [Part]
    /// Where its cells lie; in a Voronoi tiling only the types mean something.
    public var cells: [PatternCell]
    /// Against chance; nil where it was not tested.
    public var chance: Chance?
  }

  /// How many sites of one class a group of sites holds.
  public struct Part: Sendable, Codable, Equatable {
    /// The class, 1 or more; 0 for empty sublattice positions.
    public var label: Int
    /// Number of sites or empty positions.
    public var count: Int
  }

  /// A motif-cell that occurs inside another.
  public struct Edge: Sendable, Codable, Equatable {
    /// Indices of nodes: the smaller and the larger one.
    public var lower, higher: Int
    /// Difference of their levels.
    public var difference: Int
  }

  /// The types of single cells, by falling count.
  public var types: [Cells.CellType]
  /// Indices of the types that are the perfect crystal and set aside.
  public var dominant: [Int]
  /// By level, then falling count.
  public var nodes: [Node]
  /// By lower, then higher node.
  public var edges: [Edge]
  /// Groups of more cells than the highest level: how many, and their cells.
  public var largerGroups, cellsInLargerGroups: Int
  /// Groups beside a cell of unknown type, as at the edge of the image: they may go on there and are not counted.
  public var cutGroups: Int
  /// Of each cell of `Cells`: the node of the group that it belongs to; nil in the perfect crystal, in larger or cut
  /// groups, and where the type is unknown. Not encoded: it belongs to the table of cells.
  public var nodeOfCell: [Int?] = []

  private enum CodingKeys: String, CodingKey {
    case types, dominant, nodes, edges, largerGroups, cellsInLargerGroups, cutGroups
  }
}
