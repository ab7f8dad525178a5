import Foundation
import TesseraFormats
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

extension MotifResult {
  /// Writes the tables of sites, classes and cells, moments, features and layout as arrays, `hierarchy.json`, the
  /// reconstruction and, with a lattice, the strain.
  public func write(to files: ResultFiles) throws {
    var table = SiteTable(
      sites: sites, accuracies: finding.accuracies, probabilities: finding.proposed?.probabilities, classes: classes,
      outliers: outliers.scores, calibration: micrograph.calibration)
    table.occupancies = occupancies
    if let sitePatterns {
      table.extraColumns = ["pattern"]
      table.extras = sitePatterns.map { [$0 > 0 ? String($0) : ""] }
    }
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

  /// Of the classes 1, 2, ...
  var classCounts: [ClassCount] {
    classes.counts(by: features, noise: settings.descriptor.leastNoiseShare * momentNoise)
  }

  /// `classes.csv`. `parent` is empty: the classes of a first run are the roots of the class tree.
  private var classTable: Data {
    var table = TableWriter(columns: ["class", "parent", "name"] + ClassCount.columns)
    for (index, own) in classCounts.enumerated() {
      table.add([String(index + 1), "", TableWriter.cell(classes.names[index])] + own.fields)
    }
    return table.data
  }
}
