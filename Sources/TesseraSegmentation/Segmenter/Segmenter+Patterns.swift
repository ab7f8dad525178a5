import Foundation
import TesseraImaging
import TesseraNumerics

extension Segmenter {
  /// Both steps, `descriptors` and `segmentation(from:)`, at the scales that `scales` chooses.
  ///
  /// - Parameters:
  ///   - image: finite intensities, with their background.
  ///   - spacing: distance of lattice planes in pixels; nil if the image shows none.
  ///   - seed: of the starts of k-means: equal seeds give equal patterns.
  public func segmentation(of image: Raster<Float>, spacing: Double?, seed: UInt64 = 1) throws -> Segmentation {
    let scales = try scales(spacing: spacing, width: image.width, height: image.height)
    let image = Self.withoutBackground(image, scales: scales)
    let first = try segmentation(from: descriptors(of: image, scales: scales), of: image, scales: scales, seed: seed)
    return try withBestOperations(first, of: image, seed: seed)
  }

  /// The segmentation by the operations alone that tell the patterns of a first one apart best; the first where `best` is nil, and where
  /// it has one pattern, which no operation tells from another.
  /// - Parameters:
  ///   - first: the segmentation by all operations, with their ranking.
  ///   - image: without its background (`withoutBackground`).
  ///   - marks: as for a first segmentation by marks; nil for one without.
  ///   - isMeasured: pixels that hold a measurement, nil: all; the others get label 0.
  ///   - seed: of the starts of k-means: equal seeds give equal patterns.
  public func withBestOperations(
    _ first: Segmentation, of image: Raster<Float>, marks: Raster<UInt16>? = nil, isMeasured: Raster<Bool>? = nil,
    seed: UInt64 = 1
  ) throws -> Segmentation {
    guard let best, let ranking = first.ranking, best < ranking.entries.count else { return first }
    // The descriptors of the best operations may need no average.
    let scales = first.scales.averaging(over: nil)
    let field = try descriptors(
      of: image, scales: scales, selection: ranking.best(best, among: first.field.basis.selection))
    if let marks {
      return try segmentation(
        from: field, of: image, scales: scales, marks: marks, isMeasured: isMeasured, seed: seed)
    }
    return try segmentation(from: field, of: image, scales: scales, isMeasured: isMeasured, seed: seed)
  }

  /// The patterns of an image whose descriptors are known.
  ///
  /// - Parameters:
  ///   - field: from the same image, at the same scales.
  ///   - image: without its background (`withoutBackground`).
  ///   - scales: those of the descriptors.
  ///   - isMeasured: pixels that hold a measurement, nil: all; the others get label 0.
  ///   - seed: of the starts of k-means: equal seeds give equal patterns.
  public func segmentation(
    from field: DescriptorField, of image: Raster<Float>, scales: Scales, isMeasured: Raster<Bool>? = nil,
    seed: UInt64 = 1
  ) throws -> Segmentation {
    let grouping = try grouping(of: field, image: image, scales: scales, isMeasured: isMeasured, seed: seed)
    let result = try segmentation(by: grouping, of: image, isMeasured: isMeasured)
    // Where nothing repeats itself, there is nothing by which regions could differ.
    guard finder.count == nil, result.patterns.count > 1,
      result.patterns.allSatisfy({ $0.order == .none && !$0.isNarrow })
    else { return result }
    var undivided = self
    undivided.finder.count = 1
    return try undivided.segmentation(
      from: field, of: image, scales: scales, isMeasured: isMeasured, seed: seed)
  }

  /// The regions that grow from groups, joined where the pixels say so, and their boundaries.
  private func segmentation(
    by grouping: Grouping, of image: Raster<Float>, isMeasured: Raster<Bool>?
  ) throws -> Segmentation {
    let (field, scales, change, core) = (grouping.field, grouping.scales, grouping.change, grouping.core)
    var (found, foundCount) = (grouping.outcome, grouping.count)
    var regions = grown(from: found.labels, over: change, scales: scales)
    var joins: [LatticeDistortion] = []
    // What other operations tell apart may have one autocorrelation.
    if finder.count == nil, Set(operations).isSubset(of: [.translations, .spectrum]) {
      let names: [Int]
      (names, joins) = joinedByLattice(regions, in: image, on: field.grid, scales: scales)
      if !joins.isEmpty {
        regions = regions.map { names[$0] }
        found.labels = found.labels.map { $0 < names.count ? names[$0] : $0 }
        found.labelOfCentre = found.labelOfCentre.map { $0 < names.count ? names[$0] : $0 }
        foundCount -= joins.count
      }
    }
    try StopSignal.check()
    let (points, names) = numbered(regions)
    let placed = pixels(of: points, in: image, on: field.grid, scales: scales, isMeasured: isMeasured)
    let (labels, order) = numbered(placed.labels)
    // The sizes in pixels may order patterns of almost one size otherwise than those on the grid.
    let label = found.labelOfCentre.map { group in names[group].flatMap { order[$0] } ?? 0 }
    let finalPoints = points.map { order[$0] ?? 0 }
    var known = finalPoints
    for point in known.values.indices where !core.values[point] { known.values[point] = 0 }
    try StopSignal.check()
    let mixture = try PatternMixture(
      of: field, labels: known, count: max(1, label.max() ?? 1), resolution: finder.resolution * field.scale)
    let model = PatternModel(
      operations: operations, scales: scales, field: field, outcome: found, labels: label,
      discriminant: placed.discriminant?.renumbered(order, count: max(1, label.max() ?? 1)))
    return segmentation(
      labels, points: finalPoints, change: change, field: field, of: image,
      model: model, mixture: mixture, isMeasured: isMeasured, steps: found.steps, foundCount: foundCount, joins: joins)
  }

  /// - Parameters:
  ///   - labels, points: of the pixels, and of the points of the grid.
  func segmentation(
    _ labels: Raster<UInt16>, points: Raster<Int>, change: Raster<Float>, field: DescriptorField,
    of image: Raster<Float>, model: PatternModel, mixture: PatternMixture, isMeasured: Raster<Bool>?,
    steps: [PatternFinder.Step], foundCount: Int, isByModel: Bool = false, gain: Double = 1, merged: [Int] = [],
    refused: [Int] = [], joins: [LatticeDistortion] = [], contradicted: [Int] = []
  ) -> Segmentation {
    let scales = model.scales
    let regions = points.connectedRegions()
    var narrow = NarrowRegions(halfWidth: scales.reach / Double(scales.stride)).labels(in: points, regions: regions)
    // A fault lies in something wider. Where nothing is, the scales are too large to tell what is narrow.
    if narrow.isSuperset(of: regions.map { points.values[$0[0]] }), !points.values.contains(0) { narrow = [] }
    let measured = isMeasured.map { $0.values.count { $0 } } ?? labels.count
    let known = labels.values.count { $0 > 0 }
    let lengths = labels.boundaryLengths(count: model.count)
    let fractionErrors = (0..<model.count).map { a in
      (0..<model.count).reduce(0.0) {
        $0 + lengths[a, $1] * PatternProbabilities.meanPlacement(between: a + 1, and: $1 + 1, by: model)
      } / Double(max(1, measured))
    }
    let patterns = described(
      labels, fractionErrors: fractionErrors, measured: measured, narrow: narrow, in: image, scales: scales)
    var model = model
    if !isByModel { model.orders = patterns.map { $0.isNarrow ? nil : $0.order } }
    return Segmentation(
      labels: labels, patterns: patterns,
      unknownFraction: measured > 0 ? Double(measured - known) / Double(measured) : 0,
      boundaryLength: lengths.values.reduce(0, +) / 2, regionCount: regions.count,
      scales: scales,
      field: field, change: change, steps: steps, foundCount: foundCount,
      ranking: isByModel || model.count < 2
        ? nil : OperationRanking(of: field, labels: points, operations: operations, scales: scales),
      isByModel: isByModel, model: model,
      gain: gain,
      mergedPatterns: merged, refusedPatterns: refused, joins: joins, contradictedMarks: contradicted,
      probabilities: PatternProbabilities(
        labels: labels, points: points, field: field, model: model, mixture: mixture, isMeasured: isMeasured))
  }

  func described(
    _ labels: Raster<UInt16>, fractionErrors: [Double], measured: Int, narrow: Set<Int>, in image: Raster<Float>,
    scales: Scales
  ) -> [Segmentation.Pattern] {
    var sizes = [Int](repeating: 0, count: fractionErrors.count + 1)
    for label in labels.values { sizes[Int(label)] += 1 }
    return sizes.indices.dropFirst().map { label in
      let repeats = repeats(where: labels.map { Int($0) == label }, in: image, scales: scales)
      // What has no order of its own is vacuum or a film beside the crystal, not a fault in it.
      let isNarrow = narrow.contains(label) && repeats.order != .none
      let order: Segmentation.Pattern.Order = isNarrow ? .none : repeats.order
      return Segmentation.Pattern(
        label: label, pixels: sizes[label], fraction: Double(sizes[label]) / Double(max(1, measured)),
        fractionError: fractionErrors[label - 1], repeats: order == .lattice ? repeats.vectors : [],
        correlation: repeats.correlation, order: order,
        isNarrow: isNarrow, autocorrelation: repeats.map)
    }
  }
}
