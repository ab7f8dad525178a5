import Foundation
import TesseraFormats
import TesseraImaging
import TesseraLearning
import TesseraNumerics

/// What `PatchSorter` found.
public struct PatchClasses: Sendable {
  /// The settings that gave the result.
  public let sorter: PatchSorter
  /// The patches, in the order in which they were given.
  public let patches: [Micrograph]
  let seed: UInt64
  /// One row per patch: square roots of amplitudes; NaN where a patch shows one value alone.
  public let features: Matrix<Float>
  /// One point per patch, in arbitrary units; NaN where it has no features.
  public let layout: Layout
  /// The class of each patch, 0 where it has no features.
  public let classes: Classes
  /// The number of motifs that the program finds, whatever number was asked for.
  public let foundCount: Int
  /// Patches that are copies of others, pixel by pixel.
  public let copyCount: Int
  /// Names of files that should have been patches and could not be read.
  public var leftOut: [String] = []

  /// The names of the patches, in order.
  public var names: [String] { patches.map(\.name) }

  /// Distance of the features of a patch from the mean of its class; NaN without class.
  public func distanceFromClass() -> [Double] {
    var distances = [Double](repeating: .nan, count: patches.count)
    for label in 1...max(1, classes.count) {
      let members = classes.members(of: label)
      let mean = features.mean(ofRows: members)
      for row in members {
        distances[row] = features.squaredDistance(ofRow: row, from: mean).squareRoot()
      }
    }
    return distances
  }

  /// `patches.csv`: one row per patch.
  var table: Data {
    let distances = distanceFromClass()
    var table = TableWriter(columns: ["file", "class", "confidence", "distance", "layout_x", "layout_y"])
    for (row, patch) in patches.enumerated() {
      table.add([
        TableWriter.cell(patch.name), String(classes.labels[row]), TableWriter.number(classes.confidence[row]),
        TableWriter.number(distances[row]), TableWriter.number(layout.points[row].x),
        TableWriter.number(layout.points[row].y),
      ])
    }
    return table.data
  }

  /// `summary.json`.
  public struct Summary: Encodable, Sendable {
    /// The files and folders that were read, as the user typed them.
    public var inputs: [String]
    /// Number of patches, and of those without a class.
    public var patches, withoutClass: Int
    /// Pixels per row of a patch, and its rows.
    public var width, height: Int
    /// Patches in each class, the largest first.
    public var classes: [Int]
    /// Number of motifs that the program finds, whatever number was asked for.
    public var motifs: Int
    /// Patches that are copies of others.
    public var copies: Int
    /// Files that could not be read.
    public var leftOut: [String]
    /// The settings.
    public var parameters: PatchSorter
    /// The seed of all random draws.
    public var seed: UInt64
    /// Version of the program.
    public var version: String
  }

  /// What `summary.json` says; `inputs` are the files and folders that were read.
  public func summary(inputs: [String]) -> Summary {
    Summary(
      inputs: inputs, patches: patches.count, withoutClass: classes.labels.count { $0 == 0 },
      width: patches.first?.width ?? 0, height: patches.first?.height ?? 0, classes: classes.sizes,
      motifs: foundCount, copies: copyCount, leftOut: leftOut, parameters: sorter, seed: seed,
      version: TesseraVersion.current)
  }

  /// The result in a few sentences.
  public var sentences: [String] {
    let sizes = classes.sizes
    let sized = "\(sizes.prefix(8).map(String.init).joined(separator: ", "))\(sizes.count > 8 ? ", ..." : "")"
    let patchCount = "\(patches.count) patches"
    let motifs = foundCount == 1 ? "one motif" : "\(foundCount) motifs"
    var sentences: [String] = []
    if let asked = sorter.classCount, asked != foundCount {
      let number = classes.count == asked ? "as asked" : "and not \(asked), as more would divide like patches"
      sentences.append(
        "\(patchCount) in \(classes.count) class\(classes.count == 1 ? "" : "es") (\(sized)), \(number); the program itself finds \(motifs)"
      )
    } else {
      sentences.append("\(patchCount): \(motifs)" + (foundCount == 1 ? "" : " (\(sized) patches)"))
    }
    let without = classes.labels.count { $0 == 0 }
    if without > 0 {
      let named = classes.labels.indices.filter { classes.labels[$0] == 0 }.prefix(3).map { patches[$0].name }
      sentences.append(
        "\(without) patch\(without == 1 ? " shows one value alone and has" : "es show one value alone and have") no class: "
          + named.joined(separator: ", ") + (without > 3 ? ", ..." : ""))
    }
    if copyCount > 0 {
      sentences.append(
        "\(copyCount) patch\(copyCount == 1 ? " is a copy of another, pixel by pixel, and counts" : "es are copies of others, pixel by pixel, and count") "
          + "as one with it")
    }
    if !leftOut.isEmpty {
      sentences.append(
        "\(leftOut.count) file\(leftOut.count == 1 ? "" : "s") could not be read and \(leftOut.count == 1 ? "is" : "are") left out: "
          + leftOut.prefix(3).joined(separator: ", ") + (leftOut.count > 3 ? ", ..." : ""))
    }
    return sentences
  }

  /// Writes the folder, whole or not at all.
  @discardableResult
  public func write(to path: String, inputs: [String], replacing: Bool = false) throws -> Summary {
    let summary = summary(inputs: inputs)
    try AtomicOutput.folder(at: path, replacing: replacing, version: TesseraVersion.current) { folder in
      let files = ResultFiles(folder: folder, calibration: patches.first?.calibration)
      try files.write(table, as: "patches.csv")
      try files.writeArray(features.values, shape: [features.rows, features.columns], as: "features.npy")
      try files.writeJSON(summary, as: "summary.json")
      for file in report(inputs: inputs).files() { try files.write(file.data, as: file.path) }
    }
    return summary
  }
}
