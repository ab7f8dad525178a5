import Foundation
import TesseraFigures
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraSegmentation
import TesseraStructure

/// The pattern of each place of an image: which columns belong to which phase or grain.
struct SitePatterns: Sendable {
  private let labels: Raster<UInt16>
  /// The pixel of the image at which the labels begin.
  private let origin: Point
  /// In the order of their labels.
  let patterns: [PatternShare]
  /// Why there are so many, for a run's record.
  let reason: String

  /// What the image itself shows where it holds columns, as `segment` finds it on a coarser grid; nil where that is one pattern, or shows no
  /// planes by which it could be divided.
  init?(in prepared: Preparation.Prepared, columns: [Point], seed: UInt64) throws {
    let window = Window(of: columns, width: prepared.image.width, height: prepared.image.height)
    let image = window?.cropped(prepared.image) ?? prepared.image
    let isMeasured = window?.cropped(prepared.isMeasured) ?? prepared.isMeasured
    guard let spacing = PlaneSpacing.estimate(of: image) else { return nil }
    var segmenter = Segmenter()
    segmenter.stride = max(1, Int(saturating: spacing / Self.pointsPerPlane))
    let found: Segmentation
    do {
      let scales = try segmenter.scales(spacing: spacing, width: image.width, height: image.height)
      let flat = Segmenter.withoutBackground(image, scales: scales, isMeasured: isMeasured)
      found = try segmenter.segmentation(
        from: try segmenter.descriptors(of: flat, scales: scales), of: flat, scales: scales, isMeasured: isMeasured,
        seed: seed)
    } catch is DataError {
      // A part of the image as large as a patch is all there is.
      return nil
    }
    guard found.patterns.count > 1 else { return nil }
    labels = found.labels
    origin = window.map { Point(Double($0.x.lowerBound), Double($0.y.lowerBound)) } ?? .zero
    patterns = found.patterns.map { PatternShare(label: $0.label, fraction: $0.fraction, isNarrow: $0.isNarrow) }
    reason =
      "gaps between the local symmetry of regions"
      + (window.map { ", in the \($0.x.count) x \($0.y.count) pixels around the columns" } ?? "")
  }

  /// The part of an image that holds its columns, with room around them: beside it there is nothing to tell apart, and the spectrum of a whole
  /// image that is mostly empty shows the size of what it holds instead of planes.
  private struct Window {
    let x, y: Range<Int>

    /// Nil where the columns fill half of the image or more.
    init?(of columns: [Point], width: Int, height: Int) {
      guard columns.count >= SitePatterns.fewestColumns else { return nil }
      let room = SitePatterns.roomAround * Statistics.median(PlanarIndex(columns).nearestDistances())
      func range(_ places: [Double], _ size: Int) -> Range<Int> {
        // Columns that are given may lie outside.
        let least = max(0, min(size - 1, Int(saturating: places.min()! - room)))
        return least..<max(least + 1, min(size, Int(saturating: places.max()! + room) + 1))
      }
      (x, y) = (range(columns.map(\.x), width), range(columns.map(\.y), height))
      guard 2 * x.count * y.count < width * height else { return nil }
    }

    func cropped<Pixel>(_ image: Raster<Pixel>) -> Raster<Pixel> {
      image.cropped(x: x.lowerBound, y: y.lowerBound, width: x.count, height: y.count)
    }
  }

  /// Fewer columns tell no distances.
  private static let fewestColumns = 4
  /// Room around the columns, in distances between neighbours: two patches of three planes.
  private static let roomAround = 6.0

  /// Columns need their pattern to a spacing, not to a pixel: a third of a plane spacing is fine enough.
  private static let pointsPerPlane = 3.0

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
    let values = try ImageFile.open(path: file, options: .labels).read().pixels
    guard values.width == width, values.height == height else {
      throw DataError(
        "\(file): has \(values.width) x \(values.height) pixels, but the image has \(width) x \(height); patterns of the same image are "
          + "needed")
    }
    let limit = Float(UInt16.max)
    if let other = values.values.first(where: { !($0 >= 0 && $0 <= limit && $0 == $0.rounded()) }) {
      throw DataError(
        "\(file): holds \(other), which is no number of a pattern (whole, from 0); the segmentation.tif of `segment` is needed"
      )
    }
    labels = values.map { UInt16($0) }
    origin = .zero
    var counts: [UInt16: Int] = [:]
    for label in labels.values where label > 0 { counts[label, default: 0] += 1 }
    let known = Double(max(1, counts.values.reduce(0, +)))
    patterns = counts.sorted { $0.key < $1.key }.map {
      PatternShare(label: Int($0.key), fraction: Double($0.value) / known, isNarrow: false)
    }
    reason = "those of \((path as NSString).lastPathComponent)"
  }

  /// 0 of a place outside the image, and where no pattern is known.
  func pattern(at place: Point) -> Int {
    let inside = place - origin
    let (x, y) = (Int(saturating: inside.x.rounded()), Int(saturating: inside.y.rounded()))
    return labels.contains(x: x, y: y) ? Int(labels[x, y]) : 0
  }

  /// The patterns of places for the search of lattices.
  func phases(at places: [Point]) -> [Int] { patterns.phases(of: places.map(pattern)) }

  /// The number of patterns and their shares, for a run's record.
  /// - Parameter ending: of the reason.
  func choice(ending: String = "") -> RunRecord.Choice {
    let shares = patterns.map { "\(Number.percent($0.fraction))\($0.isNarrow ? " (narrow)" : "")" }
    return .init("patterns", "\(patterns.count)", "\(reason): \(shares.joined(separator: ", "))\(ending)")
  }

  /// Nodes without a column in a pattern of which most columns are none of their grain: there the lattice of the grain has ended, and nothing is
  /// missing.
  /// - Parameter grainOfColumn: number of the grain of each column, from 1; 0 for none.
  func foreign(_ nodes: [VacantNode], columns: [Point], grainOfColumn: [Int]) -> [Bool] {
    struct Member: Hashable { var pattern, grain: Int }
    var counts: [Member: Int] = [:]
    var totals: [Int: Int] = [:]
    for (place, grain) in zip(columns, grainOfColumn) {
      let pattern = pattern(at: place)
      counts[Member(pattern: pattern, grain: grain), default: 0] += 1
      totals[pattern, default: 0] += 1
    }
    return nodes.map { node in
      let pattern = pattern(at: node.site.position)
      guard pattern > 0, let total = totals[pattern] else { return false }
      return 2 * (counts[Member(pattern: pattern, grain: node.grain)] ?? 0) < total
    }
  }
}
