/// The nearest neighbours of every row of a table.
public struct NeighbourTable: Sendable, Equatable {
  /// Neighbours a row; the row itself is not counted.
  public let count: Int
  /// `count` row numbers for each row, nearest first.
  public let indices: [Int32]
  /// The distances to them, rising.
  public let distances: [Float]

  /// A table from `count` indices and as many distances for each row, nearest first, row after row.
  public init(count: Int, indices: [Int32], distances: [Float]) {
    precondition(indices.count == distances.count && (count == 0 || indices.count.isMultiple(of: count)))
    (self.count, self.indices, self.distances) = (count, indices, distances)
  }

  /// The number of rows.
  public var rows: Int { count == 0 ? 0 : indices.count / count }

  /// Neighbours of one row, nearest first.
  public func neighbours(of row: Int) -> ArraySlice<Int32> { indices[row * count..<(row + 1) * count] }

  /// Share of another table's neighbours that this table holds too, 0 ... 1.
  public func recall(of truth: NeighbourTable) -> Double {
    precondition(truth.rows == rows)
    guard !truth.indices.isEmpty else { return 1 }
    let found = (0..<rows).reduce(0) { sum, row in
      let mine = Set(neighbours(of: row))
      return sum + truth.neighbours(of: row).count { mine.contains($0) }
    }
    return Double(found) / Double(truth.indices.count)
  }
}
