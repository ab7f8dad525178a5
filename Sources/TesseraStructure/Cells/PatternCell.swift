/// One cell of a motif-cell.
public struct PatternCell: Sendable, Codable, Equatable {
  /// Lattice index within the motif-cell.
  public let i, j: Int
  /// Index into the types of the hierarchy.
  public let type: Int
}
