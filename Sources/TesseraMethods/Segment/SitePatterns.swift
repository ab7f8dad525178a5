import Foundation
import TesseraFormats
import TesseraNumerics
import TesseraStructure

/// The pattern of each place of an image, from a result of `segment`: which columns belong to which phase or grain.
struct SitePatterns: Sendable {
  private let labels: Raster<Float>
  /// Name of the file or the folder that they are from.
  let source: String

  /// - Parameter path: the folder of a result, or a label map.
  /// - Throws: `FormatError` where nothing can be read, `DataError` where it is no label map of the image.
  init(path: String, width: Int, height: Int) throws {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let file = isFolder.boolValue ? (path as NSString).appendingPathComponent("segmentation.tif") : path
    guard exists, FileManager.default.fileExists(atPath: file) else {
      throw FormatError(
        .missing,
        exists
          ? "\(path): holds no segmentation.tif; a folder that `segment` has written is needed"
          : "\(path): does not exist")
    }
    labels = try ImageFile.open(path: file, options: .labels).read().pixels
    source = (path as NSString).lastPathComponent
    guard labels.width == width, labels.height == height else {
      throw DataError(
        "\(file): has \(labels.width) x \(labels.height) pixels, but the image has \(width) x \(height); patterns of the same image are "
          + "needed")
    }
    if let other = labels.values.first(where: { !($0 >= 0 && $0 <= 65535 && $0 == $0.rounded()) }) {
      throw DataError(
        "\(file): holds \(other), which is no number of a pattern (whole, from 0); the segmentation.tif of `segment` is needed"
      )
    }
  }

  /// 0 of a place outside the image, and where no pattern is known.
  func pattern(at place: Point) -> Int {
    let (x, y) = (Int(saturating: place.x.rounded()), Int(saturating: place.y.rounded()))
    return labels.contains(x: x, y: y) ? Int(labels[x, y]) : 0
  }

  /// Nodes without a column of which the pixels belong to another pattern than most columns of their grain: there the lattice of the grain
  /// has ended, and nothing is missing.
  /// - Parameter grainOfColumn: number of the grain of each column, from 1; 0 for none.
  func foreign(_ nodes: [VacantNode], columns: [Point], grainOfColumn: [Int]) -> [Bool] {
    var counts: [Int: [Int: Int]] = [:]
    for (place, grain) in zip(columns, grainOfColumn) where grain > 0 {
      let pattern = pattern(at: place)
      if pattern > 0 { counts[grain, default: [:]][pattern, default: 0] += 1 }
    }
    let home = counts.mapValues { $0.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0 }
    return nodes.map { node in
      let pattern = pattern(at: node.site.position)
      return pattern > 0 && pattern != home[node.grain] ?? 0
    }
  }
}
