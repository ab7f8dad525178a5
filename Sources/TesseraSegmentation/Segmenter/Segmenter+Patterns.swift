import Foundation
import TesseraImaging
import TesseraNumerics

extension Segmenter {
  /// Both steps, `descriptors` and `segmentation(from:)`, at the scales that `scales` chooses.
  ///
  /// - Parameter spacing: distance of lattice planes in pixels; nil if the image shows none.
  public func segmentation(of image: Raster<Float>, spacing: Double?, seed: UInt64 = 1) throws -> Segmentation {
    let scales = try scales(spacing: spacing, width: image.width, height: image.height)
    let image = Self.withoutBackground(image, scales: scales)
    let first = try segmentation(from: descriptors(of: image, scales: scales), of: image, scales: scales, seed: seed)
    return try withBestOperations(first, of: image, seed: seed)
  }

  /// The segmentation by the operations alone that tell the patterns of a first one apart best; the first where `best` is nil, and where
  /// it has one pattern, which no operation tells from another.
  /// - Parameters:
  ///   - image: without its background (`withoutBackground`).
  ///   - marks: as for a first segmentation by marks; nil for one without.
  public func withBestOperations(
    _ first: Segmentation, of image: Raster<Float>, marks: Raster<UInt16>? = nil, isMeasured: Raster<Bool>? = nil,
    seed: UInt64 = 1
  ) throws -> Segmentation {
    guard let best, let ranking = first.ranking, best < ranking.entries.count else { return first }
    let field = try descriptors(
      of: image, scales: first.scales, selection: ranking.best(best, among: first.field.basis.selection))
    if let marks {
      return try segmentation(
        from: field, of: image, scales: first.scales, marks: marks, isMeasured: isMeasured, seed: seed)
    }
    return try segmentation(from: field, of: image, scales: first.scales, isMeasured: isMeasured, seed: seed)
  }

  /// The patterns of an image whose descriptors are known.
  ///
  /// - Parameters:
  ///   - field: from the same image, at the same scales.
  ///   - image: without its background (`withoutBackground`).
  ///   - isMeasured: pixels that hold a measurement; the others get label 0.
  ///   - seed: of the starts of k-means.
  public func segmentation(
    from field: DescriptorField, of image: Raster<Float>, scales: Scales, isMeasured: Raster<Bool>? = nil,
    seed: UInt64 = 1
  ) throws -> Segmentation {
    let change = change(in: field, scales: scales)
    let core = core(
      of: change, in: field, scales: scales, isKnown: known(isMeasured, on: field.grid, scales: scales))
    // Two patches and the pooling apart, descriptors share no pixels.
    let distance = Int(saturating: ((Double(scales.patchSize) + scales.spacing) / Double(scales.stride)).rounded())
    var found = try finder.outcome(field, core: core, distance: distance, seed: seed)
    var foundCount = finder.count(after: found.steps)
    if finder.count == nil, foundCount == 1, let islands = islands(in: field, of: image, scales: scales) {
      (found.labels, found.centres, found.labelOfCentre) = (islands.labels, islands.centres, islands.labelOfCentre)
      foundCount = islands.labelOfCentre.count
    }
    var regions = grown(from: found.labels, over: change, scales: scales)
    // What other operations tell apart may have one autocorrelation.
    if finder.count == nil, Set(operations).isSubset(of: [.translations, .spectrum]) {
      let names = joinedByLattice(regions, in: image, on: field.grid, scales: scales)
      let joined = names.indices.count { names[$0] != $0 }
      if joined > 0 {
        regions = regions.map { names[$0] }
        found.labels = found.labels.map { $0 < names.count ? names[$0] : $0 }
        found.labelOfCentre = found.labelOfCentre.map { $0 < names.count ? names[$0] : $0 }
        foundCount -= joined
      }
    }
    let (points, names) = numbered(regions)
    let placed = pixels(of: points, in: image, on: field.grid, scales: scales, isMeasured: isMeasured)
    let (labels, order) = numbered(placed.labels)
    // The sizes in pixels may order patterns of almost one size otherwise than those on the grid.
    let label = found.labelOfCentre.map { group in names[group].flatMap { order[$0] } ?? 0 }
    let finalPoints = points.map { order[$0] ?? 0 }
    var known = finalPoints
    for point in known.values.indices where !core.values[point] { known.values[point] = 0 }
    let mixture = try PatternMixture(
      of: field, labels: known, count: max(1, label.max() ?? 1), resolution: finder.resolution * field.scale)
    let model = PatternModel(
      operations: operations, scales: scales, field: field, outcome: found, labels: label, mixture: mixture,
      discriminant: placed.discriminant?.renumbered(order, count: max(1, label.max() ?? 1)))
    let result = segmentation(
      labels, points: finalPoints, change: change, field: field, of: image,
      model: model, isMeasured: isMeasured, steps: found.steps, foundCount: foundCount)
    // Where nothing repeats itself, there is nothing by which regions could differ.
    guard finder.count == nil, result.patterns.count > 1,
      result.patterns.allSatisfy({ $0.order == .none && !$0.isNarrow })
    else { return result }
    var undivided = self
    undivided.finder.count = 1
    return try undivided.segmentation(
      from: field, of: image, scales: scales, isMeasured: isMeasured, seed: seed)
  }

  /// Divides an image by the patterns of another, at the scales and with the operations of that one; the settings of this
  /// segmenter are not asked.
  ///
  /// - Parameter isMeasured: pixels that hold a measurement; the others, and those that fit no pattern, get label 0.
  /// - Throws: `DataError` where the image is smaller than a patch.
  public func segmentation(
    of image: Raster<Float>, by model: PatternModel, isMeasured: Raster<Bool>? = nil
  ) throws -> Segmentation {
    var own = self
    own.operations = model.operations
    let scales = model.scales
    try Self.check(scales, width: image.width, height: image.height)
    let image = Self.withoutBackground(image, scales: scales, isMeasured: isMeasured)
    let grid = DescriptorGrid(width: image.width, height: image.height, stride: scales.stride)
    let scores = OperationScores(kinds: own.operations, scales: scales, selection: model.basis.selection)
    let field = DescriptorField(of: image, by: scores, on: grid, basis: model.basis)
    let change = own.change(in: field, scales: scales)
    let core = own.core(of: change, in: field, scales: scales, isKnown: known(isMeasured, on: grid, scales: scales))
    let gain = model.gain(of: field, core: core)
    var seeds = model.labels(of: field, gain: gain)
    for point in seeds.values.indices where !core.values[point] { seeds.values[point] = 0 }
    let points = own.grown(from: seeds, over: change, scales: scales)
    let labels = own.pixels(
      of: points, in: image, on: grid, scales: scales, isMeasured: isMeasured, known: model.discriminant, isKnown: true,
      gain: gain
    ).labels
    let separations = PatternSeparation.all(in: field, labels: points, count: model.count, core: core)
    let merged = Self.merged(separations.filter { $0.deviations < finder.separation })
    // What fits no pattern, or as well one as another, is unknown.
    return own.segmentation(
      labels.map { Int($0) > model.count || merged.contains(Int($0)) ? 0 : $0 }, points: points, change: change,
      field: field, of: image,
      model: model, isMeasured: isMeasured, steps: [], foundCount: model.count, isByModel: true, gain: gain,
      merged: merged.sorted())
  }

  /// A pattern that has less than a tenth of the points of another may be the other's tail.
  private static let tailShare = 0.1

  /// The patterns of pairs that are not told apart; of a pair of very unequal size the smaller alone.
  static func merged(_ pairs: [PatternSeparation]) -> Set<Int> {
    pairs.reduce(into: []) { result, pair in
      let (a, b) = (Double(pair.counts.0), Double(pair.counts.1))
      if a >= tailShare * b { result.insert(pair.first) }
      if b >= tailShare * a { result.insert(pair.second) }
    }
  }

  /// - Parameters:
  ///   - labels, points: of the pixels, and of the points of the grid.
  func segmentation(
    _ labels: Raster<UInt16>, points: Raster<Int>, change: Raster<Float>, field: DescriptorField,
    of image: Raster<Float>, model: PatternModel, isMeasured: Raster<Bool>?, steps: [PatternFinder.Step],
    foundCount: Int, isByModel: Bool = false, gain: Double = 1, merged: [Int] = []
  ) -> Segmentation {
    let scales = model.scales
    let narrow = NarrowRegions(halfWidth: scales.reach / Double(scales.stride)).labels(in: points)
    let measured = isMeasured.map { $0.values.count { $0 } } ?? labels.count
    let known = labels.values.count { $0 > 0 }
    return Segmentation(
      labels: labels, patterns: described(labels, count: model.count, narrow: narrow, in: image, scales: scales),
      unknownFraction: measured > 0 ? Double(measured - known) / Double(measured) : 0,
      boundaryLength: labels.boundaryLength(), regionCount: points.connectedRegions().count,
      scales: scales,
      field: field, change: change, steps: steps, foundCount: foundCount,
      ranking: isByModel || model.count < 2
        ? nil : OperationRanking(of: field, labels: points, operations: operations, scales: scales),
      isByModel: isByModel, model: model,
      gain: gain,
      mergedPatterns: merged,
      probabilities: PatternProbabilities(
        labels: labels, points: points, field: field, model: model, gain: gain, isMeasured: isMeasured))
  }

  func described(
    _ labels: Raster<UInt16>, count: Int, narrow: Set<Int>, in image: Raster<Float>, scales: Scales
  ) -> [Segmentation.Pattern] {
    var sizes = [Int](repeating: 0, count: count + 1)
    for label in labels.values { sizes[Int(label)] += 1 }
    let total = max(1, sizes.dropFirst().reduce(0, +))
    return sizes.indices.dropFirst().map { label in
      let repeats = repeats(where: labels.map { Int($0) == label }, in: image, scales: scales)
      // What has no order of its own is vacuum or a film beside the crystal, not a fault in it.
      let isNarrow = narrow.contains(label) && repeats.order != .none
      let order: Segmentation.Pattern.Order = isNarrow ? .none : repeats.order
      return Segmentation.Pattern(
        label: label, pixels: sizes[label], fraction: Double(sizes[label]) / Double(total),
        repeats: order == .lattice ? repeats.shifts : [], correlation: repeats.correlation, order: order,
        isNarrow: isNarrow, autocorrelation: repeats.map)
    }
  }
}
