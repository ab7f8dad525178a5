import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension MotifResult {
  public func write(to files: ResultFiles) throws {
    let table = SiteTable(
      sites: sites, accuracies: finding.accuracies, probabilities: finding.proposed?.probabilities, classes: classes,
      calibration: micrograph.calibration)
    try files.write(table.csv, as: "sites.csv")
    try files.write(classTable, as: "classes.csv")
    try files.writeArray(features.values, shape: [features.rows, features.columns], as: "features.npy")
    try files.writeArray(
      moments.values.values, shape: [moments.values.rows, moments.values.columns], as: "moments.npy")
    try files.writeArray(
      layout.points.flatMap { [Float($0.x), Float($0.y)] }, shape: [layout.points.count, 2], as: "layout.npy")
    try files.write(cellTable, as: "cells.csv")
    try files.writeJSON(HierarchyDocument(hierarchy), as: "hierarchy.json")
    let rebuilt = reconstruction()
    try files.writeImages(
      [rebuilt.image, rebuilt.residual], names: ["reconstruction", "residual"], as: "reconstruction.tif")
    if let strain { try files.writePlanes(strain.planes, as: "strain.tif") }
  }

  /// What `classes.csv` says of one class.
  struct ClassRow {
    var label: Int
    var name: String
    var count: Int
    /// Share of the classified sites, 0 ... 1.
    var fraction: Double
    /// Mean confidence of the members, 0 ... 1.
    var confidence: Double
  }

  var classRows: [ClassRow] {
    let total = max(1, classes.labels.count { $0 > 0 })
    var sums = [Double](repeating: 0, count: classes.count)
    for (label, sure) in zip(classes.labels, classes.confidence) where label > 0 { sums[label - 1] += sure }
    return classes.sizes.enumerated().map { index, size in
      ClassRow(
        label: index + 1, name: classes.names[index], count: size, fraction: Double(size) / Double(total),
        confidence: size > 0 ? sums[index] / Double(size) : 0)
    }
  }

  /// `classes.csv`. `parent` is empty: the classes of a first run are the roots of the class tree.
  private var classTable: Data {
    var table = TableWriter(columns: ["class", "parent", "name", "count", "fraction", "confidence"])
    for row in classRows {
      table.add([
        String(row.label), "", TableWriter.cell(row.name), String(row.count),
        TableWriter.number(row.fraction, decimals: 6), TableWriter.number(row.confidence),
      ])
    }
    return table.data
  }

  /// `cells.csv`: one row per cell; `type` counts from 1, the commonest, and `node` is that of `hierarchy.json`.
  private var cellTable: Data {
    var table = TableWriter(columns: ["cell", "i", "j", "x", "y", "type", "members", "extras", "node"])
    guard let cells else { return table.data }
    for (index, cell) in cells.cells.enumerated() {
      let type = cell.type.map { cells.types[$0] }
      let onGrid = cells.grid != nil
      let node = hierarchy?.nodeOfCell[index] ?? nil
      table.add([
        String(index), onGrid ? String(cell.i) : "", onGrid ? String(cell.j) : "", TableWriter.number(cell.centre.x),
        TableWriter.number(cell.centre.y), cell.type.map { String($0 + 1) } ?? "",
        type.map { $0.members.map(String.init).joined(separator: " ") } ?? "",
        type.map { $0.extras.map(String.init).joined(separator: " ") } ?? "", node.map(String.init) ?? "",
      ])
    }
    return table.data
  }
}
