import Foundation
import TesseraNumerics
import TesseraStructure

/// `cells.csv`: one row per cell; `type` counts from 1, the commonest, and `node` is that of `hierarchy.json`.
struct CellTable {
  var cells: Cells?
  var hierarchy: Hierarchy?
  /// The numbers of the classes 1, 2, ... of the cells.
  var numbers: [String]

  var data: Data {
    var table = TableWriter(columns: ["cell", "i", "j", "x", "y", "type", "members", "extras", "node"])
    guard let cells else { return table.data }
    func text(_ labels: [Int]) -> String {
      labels.map { $0 > 0 ? numbers[$0 - 1] : "0" }.joined(separator: " ")
    }
    for (index, cell) in cells.cells.enumerated() {
      let type = cell.type.map { cells.types[$0] }
      let onGrid = cells.grid != nil
      let node = hierarchy?.nodeOfCell[index] ?? nil
      table.add([
        String(index), onGrid ? String(cell.i) : "", onGrid ? String(cell.j) : "", TableWriter.number(cell.centre.x),
        TableWriter.number(cell.centre.y), cell.type.map { String($0 + 1) } ?? "",
        type.map { text($0.members) } ?? "", type.map { text($0.extras) } ?? "", node.map(String.init) ?? "",
      ])
    }
    return table.data
  }
}
