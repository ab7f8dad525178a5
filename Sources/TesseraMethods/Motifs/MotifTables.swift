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
    let numbers = (0..<classes.count).map { String($0 + 1) }
    try files.write(CellTable(cells: cells, hierarchy: hierarchy, numbers: numbers).data, as: "cells.csv")
    try files.writeJSON(HierarchyDocument(hierarchy, numbers: numbers), as: "hierarchy.json")
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
}
