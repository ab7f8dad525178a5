import Foundation

/// The cells of an image as the rows of `cells.csv`.
public struct CellTable: Sendable, Equatable {
  /// Places in pixels; `members` and `extras` are classes joined by `;`, 0 an empty position; `node` counts from 0 as in
  /// `hierarchy.json`. Empty where unknown.
  public static let columns = [
    "cell", "i", "j", "x", "y", "type", "count", "members", "extras", "dominant", "node", "level",
  ]
  /// One row a cell, in the order of `Cells.cells`.
  public let rows: [[String]]

  public init(of cells: Cells, in hierarchy: Hierarchy) {
    precondition(hierarchy.nodeOfCell.count == cells.cells.count, "the hierarchy belongs to other cells")
    let dominant = Set(hierarchy.dominant)
    let isLattice = cells.grid != nil
    rows = cells.cells.enumerated().map { number, cell in
      let type = cell.type.map { cells.types[$0] }
      let node = hierarchy.nodeOfCell[number]
      return [
        String(number), isLattice ? String(cell.i) : "", isLattice ? String(cell.j) : "",
        String(format: "%.3f", cell.centre.x), String(format: "%.3f", cell.centre.y),
        cell.type.map(String.init) ?? "", type.map { String($0.count) } ?? "",
        type.map { $0.members.map(String.init).joined(separator: ";") } ?? "",
        type.map { $0.extras.map(String.init).joined(separator: ";") } ?? "",
        cell.type.map { dominant.contains($0) ? "1" : "0" } ?? "",
        node.map(String.init) ?? "", node.map { String(hierarchy.nodes[$0].level) } ?? "",
      ]
    }
  }

  /// Comma-separated text with a header, every line ended by a newline.
  public var text: String {
    ([Self.columns] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
  }
}
