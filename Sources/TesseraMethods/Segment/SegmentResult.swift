import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraSegmentation

/// What `SegmentMethod` found in one image.
public struct SegmentResult: MethodResult {
  /// The settings that gave the result.
  public var settings: SegmentMethod
  /// The input, the choices, the times and the warnings that led to the result.
  public var record: RunRecord
  /// The pattern of each pixel, and what led to it.
  public var segmentation: Segmentation

  /// Patterns, boundaries, scales and how the number of patterns came about.
  public var summary: SegmentSummary { SegmentSummary(of: segmentation, calibration: micrograph.calibration) }

  /// The number of patterns, their shares and the length of the boundaries, in one sentence.
  public var sentences: [String] {
    let patterns = segmentation.patterns.filter { $0.pixels > 0 }
    if segmentation.isByModel {
      let shares = segmentation.patterns.map { "pattern \($0.label) \(Number.percent($0.fraction))" }
      let unknown =
        segmentation.unknownFraction > 0 ? ["\(Number.percent(segmentation.unknownFraction)) of the image none"] : []
      return [(shares + unknown).joined(separator: ", ")]
    }
    guard patterns.count > 1 else { return [Self.sentenceOfOne(segmentation, calibration: micrograph.calibration)] }
    let shares = patterns.map { Number.percent($0.fraction) }.joined(separator: ", ")
    let length = LengthText(calibration: micrograph.calibration)(segmentation.boundaryLength)
    let narrow = patterns.filter(\.isNarrow).map { "pattern \($0.label) is narrow: a fault or a boundary" }
    let wide = patterns.filter { !$0.isNarrow }
    let orders =
      wide.filter { $0.order == .none }.map { "pattern \($0.label) has no lattice" }
      + wide.filter { $0.order == .fringes }.map { "pattern \($0.label) shows fringes" }
    let joined = Self.sentenceOfJoins(segmentation).map { [$0] } ?? []
    return [
      (["\(patterns.count) patterns (\(shares)) and \(length) of boundaries"] + orders + narrow + joined)
        .joined(separator: "; ")
    ]
  }

  /// Of regions with a gap between their descriptors that are one lattice; nil without any.
  static func sentenceOfJoins(_ segmentation: Segmentation) -> String? {
    let joins = segmentation.joins
    guard let strain = joins.map(\.strain).max(), let turn = joins.map(\.turn).max() else { return nil }
    let much = "strained by \(Text.fixed(100 * strain, 1)) % and turned by \(Text.fixed(turn * 180 / .pi, 1)) degrees"
    return joins.count == 1
      ? "two regions were joined as one lattice, \(much)"
      : "\(joins.count) regions were joined to others with the same lattice, \(much) at most"
  }

  /// What is said of an image that is one pattern: that no gap was found, for regions that differ may lead to one another without a gap.
  /// Without order there is nothing by which regions could differ.
  static func sentenceOfOne(_ segmentation: Segmentation, calibration: Calibration?) -> String {
    // The width that a region needs to be seen: two patches.
    let smallest = LengthText(calibration: calibration)(Double(2 * segmentation.scales.patchSize))
    return switch segmentation.patterns.first?.order ?? .none {
    case .lattice:
      sentenceOfJoins(segmentation).map { "one pattern: \($0)" }
        ?? "one pattern: no gap was found between the local symmetry of regions wider than about \(smallest)"
    case .fringes:
      "one pattern of fringes: the image repeats itself along one direction alone, and no gap was found between regions wider than about "
        + smallest
    case .none:
      "no order: nothing wider than about \(smallest) repeats itself more than chance does, so there are no patterns to tell apart"
    }
  }

  /// Writes `segmentation.tif`, `probabilities.tif` where asked for, `patterns.csv` with one row per pattern, `operations.csv` with one
  /// row per operation, the components of the descriptors as `components.npy`, and `patterns.json`, by which other images are divided
  /// into the same patterns.
  public func write(to files: ResultFiles) throws {
    try files.writeLabels(segmentation.labels, as: "segmentation.tif")
    if settings.writesProbabilities {
      let maps = segmentation.probabilities.maps()
      try files.writeImages(maps, names: maps.indices.map { "pattern \($0 + 1)" }, as: "probabilities.tif")
    }
    try files.write(table, as: "patterns.csv")
    if let ranking = segmentation.ranking { try files.write(Self.table(of: ranking), as: "operations.csv") }
    var model = segmentation.model
    if !segmentation.isByModel {
      model.nanometresPerPixel = micrograph.calibration?.meanNanometresPerPixel
    }
    try files.writeJSON(model, as: "patterns.json")
    let field = segmentation.field
    let maps = (0..<field.components.columns).map { field.map(ofComponent: $0).values }
    try files.writeArray(
      maps.flatMap { $0 }, shape: [maps.count, field.grid.rows, field.grid.columns], as: "components.npy")
  }

  /// One row per operation, those first that tell the patterns apart best.
  private static func table(of ranking: OperationRanking) -> Data {
    var table = TableWriter(columns: ["operation", "kind", "variance", "separability"])
    for entry in ranking.best {
      table.add([
        entry.name, entry.kind.rawValue, TableWriter.significant(entry.variance),
        TableWriter.significant(entry.separability),
      ])
    }
    return table.data
  }

  /// One row per pattern.
  private var table: Data {
    var table = TableWriter(columns: [
      "label", "pixels", "fraction", "fraction_error", "area_nm2", "correlation", "ordered", "order", "narrow",
      "repeat1_x", "repeat1_y",
      "repeat2_x",
      "repeat2_y",
    ])
    for pattern in segmentation.patterns {
      let area = micrograph.calibration.map { Double(pattern.pixels) * $0.nanometresPerPixelX * $0.nanometresPerPixelY }
      let basis = pattern.basis
      table.add(
        [
          "\(pattern.label)", "\(pattern.pixels)", TableWriter.number(pattern.fraction, decimals: 6),
          TableWriter.number(pattern.fractionError, decimals: 6),
          TableWriter.number(area ?? .nan), TableWriter.number(pattern.correlation), pattern.isOrdered ? "1" : "0",
          pattern.order.rawValue, pattern.isNarrow ? "1" : "0",
        ]
          + (0..<2).flatMap {
            $0 < basis.count
              ? [TableWriter.number(basis[$0].x, decimals: 2), TableWriter.number(basis[$0].y, decimals: 2)] : ["", ""]
          })
    }
    return table.data
  }

  /// The patterns on the micrograph, their shares and lattices, and the components of the descriptors.
  public func report() -> ReportDocument {
    SegmentChapter(
      micrograph: micrograph, segmentation: segmentation, neededSeparation: settings.segmenter.finder.separation
    ).document
  }
}

extension Segmentation.Pattern {
  /// Vectors within about 15 degrees are parallel.
  private static let leastSine = 0.26

  /// The shortest vector that repeats the pattern, and the next that is not parallel to it, in pixels; fewer if there are none.
  var basis: [Point] {
    guard let first = repeats.first else { return [] }
    let second = repeats.dropFirst().first { abs($0.cross(first)) > Self.leastSine * $0.length * first.length }
    return [first] + (second.map { [$0] } ?? [])
  }
}
