import Foundation
import TesseraImaging
import TesseraNumerics

/// Divides an image into phases, grains and faults by local symmetry [S21].
///
/// Descriptors of a grid of points, their principal components, patterns (`PatternFinder`), regions that grow from the
/// insides of patterns to the lines where the descriptor changes fastest (`Watershed`), and boundaries that a smaller patch
/// places (`BoundaryRefinement`). The last two are our own: [S21] gives each pixel to the nearest pattern, which makes
/// boundaries as wide as a patch patterns of their own.
public struct Segmenter: Sendable, Codable, Equatable {
  /// Kinds of operations whose scores make a descriptor.
  public enum Operations: String, Sendable, Codable, CaseIterable {
    /// Shifts, as scored by `TranslationDescriptor`; or turns, or mirror planes, as scored by `PointGroupDescriptor`.
    case translations, rotations, reflections
  }

  /// Joined if there are several, each with equal weight.
  public var operations: [Operations] = [.translations]
  /// Side of the patch in pixels, odd, 3 or more; nil: three plane spacings.
  public var patchSize: Int?
  /// Largest shift along x and y, and half the side of the window in which the best rotation or reflection counts, in
  /// pixels; 1 or more; nil: one and a half plane spacings.
  public var window: Int?
  /// Distance in pixels between points at which descriptors are computed, 1 or more; nil: a fifth of a plane spacing.
  public var stride: Int?
  /// Principal components of the descriptors, 1 or more.
  public var components = 5
  /// Groups the points of the grid into patterns, and decides how many there are.
  public var finder = PatternFinder()

  /// Translations alone, with all scales from the plane spacing and the number of patterns from the image.
  public init() {}

  /// The scales of a segmentation, in pixels.
  public struct Scales: Sendable, Codable, Equatable {
    /// Distance of lattice planes; a third of the patch where it was not measured.
    public let spacing: Double
    /// Full side of the patch.
    public let patchSize: Int
    /// Largest shift along x and y, and half the side of the window in which the best rotation or reflection counts.
    public let window: Int
    /// Distance between neighbouring points of the grid of descriptors.
    public let stride: Int

    var half: Int { patchSize / 2 }
    /// How far from a boundary a descriptor may see across it.
    var reach: Double { Double(half) + Double(window) / 2 }
  }

  /// The scales for an image.
  ///
  /// - Parameter spacing: distance of lattice planes in pixels; nil if the image shows none.
  /// - Throws: `DataError` where scales are neither given nor known, or the image is smaller than a patch.
  public func scales(spacing: Double?, width: Int, height: Int) throws -> Scales {
    if let count = finder.count {
      try require(count >= 2, setting("patterns"), is: count, mustBe: "2 or more; one pattern is no segmentation")
    }
    try require(patchSize.map { $0 >= 3 } ?? true, setting("patch size"), is: patchSize ?? 0, mustBe: "3 or more")
    try require(window.map { $0 >= 1 } ?? true, setting("window"), is: window ?? 0, mustBe: "1 or more")
    try require(stride.map { $0 >= 1 } ?? true, setting("stride"), is: stride ?? 0, mustBe: "1 or more")
    guard let spacing = spacing ?? patchSize.map({ Double($0) / 3 }) else {
      throw DataError(
        "no distance of lattice planes stands out of the power spectrum, so no patch size can be chosen; a "
          + "\(setting("patch size")) of about three column spacings divides the image anyway")
    }
    let half = max(2, patchSize.map { $0 / 2 } ?? Int(saturating: (1.5 * spacing).rounded()))
    let result = Scales(
      spacing: spacing, patchSize: 2 * half + 1, window: window ?? max(2, Int(saturating: (1.5 * spacing).rounded())),
      stride: stride ?? max(1, Int(saturating: (spacing / 5).rounded())))
    try Self.check(result, width: width, height: height)
    return result
  }

  /// Throws where an image is too small for the scales.
  static func check(_ scales: Scales, width: Int, height: Int) throws(DataError) {
    guard min(width, height) >= scales.patchSize + 2 else {
      throw DataError(
        "the image has \(width) x \(height) pixels and a patch \(scales.patchSize) x \(scales.patchSize); the image must "
          + "be larger than a patch")
    }
    guard (1...min(width, height)).contains(scales.window) else {
      throw DataError(
        "the image has \(width) x \(height) pixels; a \(setting("window")) of \(scales.window) pixels leaves it")
    }
  }

  /// Both steps, `descriptors` and `segmentation(from:)`, at the scales that `scales` chooses.
  ///
  /// - Parameter spacing: distance of lattice planes in pixels; nil if the image shows none.
  public func segmentation(of image: Raster<Float>, spacing: Double?, seed: UInt64 = 1) throws -> Segmentation {
    let scales = try scales(spacing: spacing, width: image.width, height: image.height)
    return try segmentation(from: descriptors(of: image, scales: scales), of: image, scales: scales, seed: seed)
  }

  /// The patterns of an image whose descriptors are known.
  ///
  /// - Parameters:
  ///   - field: from the same image, at the same scales.
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
    let found = try finder.outcome(field, core: core, distance: distance, seed: seed)
    let grown = grown(from: found.labels, over: change, scales: scales)
    let (points, names) = numbered(grown)
    let (labels, order) = numbered(
      pixels(of: points, in: image, on: field.grid, scales: scales, isMeasured: isMeasured).map { Int($0) })
    // The sizes in pixels may order patterns of almost one size otherwise than those on the grid.
    let label = found.labelOfCentre.map { group in names[group].flatMap { order[$0] } ?? 0 }
    let model = PatternModel(operations: operations, scales: scales, field: field, outcome: found, labels: label)
    return segmentation(
      labels.map { UInt16($0) }, points: points.map { order[$0] ?? 0 }, change: change, field: field, of: image,
      model: model, isMeasured: isMeasured, steps: found.steps, foundCount: finder.count(after: found.steps))
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
    let grid = DescriptorGrid(width: image.width, height: image.height, stride: scales.stride)
    let field = DescriptorField(of: own.scores(of: image, on: grid, scales: scales), on: grid, basis: model.basis)
    let change = own.change(in: field, scales: scales)
    let core = own.core(of: change, in: field, scales: scales, isKnown: known(isMeasured, on: grid, scales: scales))
    let gain = model.gain(of: field, core: core)
    var seeds = model.labels(of: field, gain: gain)
    for point in seeds.values.indices where !core.values[point] { seeds.values[point] = 0 }
    let points = own.grown(from: seeds, over: change, scales: scales)
    let labels = own.pixels(of: points, in: image, on: grid, scales: scales, isMeasured: isMeasured)
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
  private static func merged(_ pairs: [PatternSeparation]) -> Set<Int> {
    pairs.reduce(into: []) { result, pair in
      let (a, b) = (Double(pair.counts.0), Double(pair.counts.1))
      if a >= tailShare * b { result.insert(pair.first) }
      if b >= tailShare * a { result.insert(pair.second) }
    }
  }

  /// - Parameters:
  ///   - labels, points: of the pixels, and of the points of the grid.
  private func segmentation(
    _ labels: Raster<UInt16>, points: Raster<Int>, change: Raster<Float>, field: DescriptorField,
    of image: Raster<Float>, model: PatternModel, isMeasured: Raster<Bool>?, steps: [PatternFinder.Step],
    foundCount: Int, isByModel: Bool = false, gain: Double = 1, merged: [Int] = []
  ) -> Segmentation {
    let scales = model.scales
    let narrow = NarrowRegions(halfWidth: scales.reach / Double(scales.stride)).labels(in: points)
    let flat = Self.withoutBackground(image, scales: scales, isMeasured: isMeasured)
    let measured = isMeasured.map { $0.values.count { $0 } } ?? labels.count
    let known = labels.values.count { $0 > 0 }
    return Segmentation(
      labels: labels, patterns: described(labels, count: model.count, narrow: narrow, in: flat, scales: scales),
      unknownFraction: measured > 0 ? Double(measured - known) / Double(measured) : 0,
      boundaryLength: labels.boundaryLength(), regionCount: Watershed.connectedRegions(of: points).count,
      scales: scales,
      field: field, change: change, steps: steps, foundCount: foundCount,
      ranking: isByModel || model.count < 2
        ? nil : OperationRanking(of: field, labels: points, operations: operations, scales: scales),
      isByModel: isByModel, model: model,
      gain: gain,
      mergedPatterns: merged)
  }

  /// Descriptors of the points of a grid, and their principal components.
  ///
  /// - Parameter image: finite intensities.
  public func descriptors(of image: Raster<Float>, scales: Scales) throws -> DescriptorField {
    let grid = DescriptorGrid(width: image.width, height: image.height, stride: scales.stride)
    return try DescriptorField(of: scores(of: image, on: grid, scales: scales), on: grid, count: components)
  }

  /// How many scores a kind of operations gives each point.
  static func scoreCount(of kind: Operations, scales: Scales) -> Int {
    switch kind {
    case .translations: TranslationDescriptor.uniformShifts(reach: scales.window).count
    case .rotations: PointGroupDescriptor.rotations.count
    case .reflections: PointGroupDescriptor.reflections.count
    }
  }

  /// The scores of each kind of operations, one map for each.
  private func scores(of image: Raster<Float>, on grid: DescriptorGrid, scales: Scales) -> [[Raster<Float>]] {
    operations.map { kind in
      switch kind {
      case .translations:
        return TranslationDescriptor(
          half: scales.half, shifts: TranslationDescriptor.uniformShifts(reach: scales.window),
          pooling: scales.spacing / 2
        ).maps(of: image, on: grid)
      case .rotations, .reflections:
        let maps = PointGroupDescriptor(
          radius: min(scales.half, min(image.width, image.height) / 2 - 2),
          operations: kind == .rotations ? PointGroupDescriptor.rotations : PointGroupDescriptor.reflections,
          window: scales.window
        ).maps(of: image, on: grid)
        return maps.map { GaussianFilter.smoothed($0, sigma: scales.spacing / 2 / Double(grid.stride)) }
      }
    }
  }

  /// The image less what varies more slowly than the lattice: thickness, contamination and steps of brightness resemble
  /// themselves whatever the lattice does. Descriptors do without: beside a bright region the tail of its background would be
  /// a pattern of its own.
  private static func withoutBackground(
    _ image: Raster<Float>, scales: Scales, isMeasured: Raster<Bool>?
  ) -> Raster<Float> {
    let weights = isMeasured.flatMap { $0.values.contains(false) ? $0.map { $0 ? Float(1) : 0 } : nil }
    let background = GaussianFilter.broadlySmoothed(image, weights: weights, sigma: scales.spacing)
    var result = image
    for index in result.values.indices {
      let isKnown = isMeasured?.values[index] ?? true
      result.values[index] = isKnown ? image.values[index] - background.values[index] : 0
    }
    return result
  }

  /// Points of the grid whose patch was measured, nine tenths of it or more; the others have no say in the patterns.
  private func known(_ isMeasured: Raster<Bool>?, on grid: DescriptorGrid, scales: Scales) -> Raster<Bool> {
    var result = Raster(width: grid.columns, height: grid.rows, filling: true)
    guard let isMeasured, isMeasured.values.contains(false) else { return result }
    let sums = WindowSums(of: isMeasured.map { $0 ? Float(1) : 0 }) { Double($0) }
    for row in 0..<grid.rows {
      let y = (grid.pixel(row) - scales.half..<grid.pixel(row) + scales.half + 1).clamped(to: 0..<isMeasured.height)
      for column in 0..<grid.columns {
        let centre = grid.pixel(column)
        let x = (centre - scales.half..<centre + scales.half + 1).clamped(to: 0..<isMeasured.width)
        result[column, row] = sums.sum(x: x, y: y) >= 0.9 * Double(x.count * y.count)
      }
    }
    return result
  }

  /// How much the descriptor changes across each point, over half a plane spacing to each side.
  private func change(in field: DescriptorField, scales: Scales) -> Raster<Float> {
    field.change(across: max(1, Int(saturating: (scales.spacing / 2 / Double(scales.stride)).rounded())))
  }

  /// The regions that grow from the insides of patterns to where the descriptor changes fastest.
  private func grown(from seeds: Raster<Int>, over change: Raster<Float>, scales: Scales) -> Raster<Int> {
    let step = Double(scales.stride)
    let regions = Watershed.regions(from: seeds, over: change)
    let least = Int(saturating: Double(scales.half * scales.half) / (step * step))
    let clean = Watershed.withoutSpecks(regions, least: max(1, least), level: change)
    return NarrowRegions(halfWidth: scales.reach / step).dissolvedBetweenPatterns(clean, level: change)
  }

  /// Points that do not lie on a ridge of the change: those well below the largest change within a patch, and all where
  /// nothing stands out of what is usual around.
  private func core(
    of change: Raster<Float>, in field: DescriptorField, scales: Scales, isKnown: Raster<Bool>
  ) -> Raster<Bool> {
    let patch = Int(saturating: (Double(scales.half) / Double(scales.stride)).rounded())
    let highest = change.windowMaximum(reach: max(1, patch))
    let usual = change.windowQuantile(0.3, reach: max(1, 3 * patch))
    let resolution = Float(finder.resolution * field.scale)
    var result = Raster(width: change.width, height: change.height, filling: false)
    for point in result.values.indices {
      let (here, top) = (change.values[point], highest.values[point])
      result.values[point] = here < top / 3 || top < resolution || top < 3.3 * usual.values[point]
    }
    if isKnown.values.contains(true) {
      for point in result.values.indices where !isKnown.values[point] { result.values[point] = false }
    }
    return result
  }

  /// The label of each pixel from those of the points of the grid; 0 where nothing was measured.
  private func pixels(
    of labels: Raster<Int>, in image: Raster<Float>, on grid: DescriptorGrid, scales: Scales, isMeasured: Raster<Bool>?
  ) -> Raster<UInt16> {
    interpolated(
      fits(of: labels, in: image, on: grid, scales: scales), on: grid, width: image.width, height: image.height,
      isMeasured: isMeasured)
  }

  private func fits(
    of labels: Raster<Int>, in image: Raster<Float>, on grid: DescriptorGrid, scales: Scales
  ) -> [Raster<Float>] {
    let count = labels.values.max() ?? 1
    let reach = scales.reach
    guard count > 1, operations.contains(.translations) else {
      return (1...max(1, count)).map { label in labels.map { $0 == label ? 1 : 0 } }
    }
    // Shifts that repeat one of the patterns, seen well inside it.
    var shifts = Set(TranslationDescriptor.uniformShifts(reach: scales.window))
    for label in 1...count {
      let inside = DistanceTransform.distances(toWhere: labels.map { $0 != label })
        .map { Double($0) * Double(grid.stride) > reach }
      shifts.formUnion(repeats(where: spread(inside, on: grid, over: image), in: image, scales: scales).shifts)
    }
    let refinement = BoundaryRefinement(
      translation: TranslationDescriptor(
        half: min(scales.half, max(2, Int(saturating: (0.75 * scales.spacing).rounded()))), shifts: shifts.sorted(),
        fold: .larger, pooling: scales.spacing / 3),
      reach: reach, smoothing: scales.spacing / 2 / Double(grid.stride))
    return refinement.fits(of: labels, in: image, on: grid)
  }

  private func repeats(where isInside: Raster<Bool>, in image: Raster<Float>, scales: Scales) -> RepeatVectors {
    let reach = min(3 * scales.spacing, Double(min(image.width, image.height)) / 2)
    return RepeatVectors(
      of: image, where: isInside, spacing: scales.spacing, reach: max(2, Int(saturating: reach)), limit: 9)
  }

  /// The values of a grid at all pixels, each that of the nearest point.
  private func spread(_ values: Raster<Bool>, on grid: DescriptorGrid, over image: Raster<Float>) -> Raster<Bool> {
    concurrentRows(width: image.width, height: image.height, of: false) { y, row in
      let v = max(0, min(grid.rows - 1, Int(grid.place(ofPixel: y).rounded())))
      for x in 0..<row.count {
        row[x] = values.values[v * grid.columns + max(0, min(grid.columns - 1, Int(grid.place(ofPixel: x).rounded())))]
      }
    }
  }

  /// The pattern that fits each pixel best; fits are interpolated between the points of the grid, labels never are.
  private func interpolated(
    _ fits: [Raster<Float>], on grid: DescriptorGrid, width: Int, height: Int, isMeasured: Raster<Bool>?
  ) -> Raster<UInt16> {
    concurrentRows(width: width, height: height, of: UInt16(0)) { y, row in
      let v = max(0, min(Double(grid.rows - 1), grid.place(ofPixel: y)))
      let (top, fy) = (Int(v), Float(v - v.rounded(.down)))
      let bottom = min(grid.rows - 1, top + 1)
      for x in 0..<width where isMeasured?.values[y * width + x] ?? true {
        let u = max(0, min(Double(grid.columns - 1), grid.place(ofPixel: x)))
        let (left, fx) = (Int(u), Float(u - u.rounded(.down)))
        let right = min(grid.columns - 1, left + 1)
        var (label, largest) = (0, -Float.infinity)
        for (index, fit) in fits.enumerated() {
          let upper = fit.values[top * grid.columns + left] * (1 - fx) + fit.values[top * grid.columns + right] * fx
          let lower =
            fit.values[bottom * grid.columns + left] * (1 - fx) + fit.values[bottom * grid.columns + right] * fx
          let value = upper * (1 - fy) + lower * fy
          if value > largest { (label, largest) = (index + 1, value) }
        }
        row[x] = UInt16(label)
      }
    }
  }

  private func described(
    _ labels: Raster<UInt16>, count: Int, narrow: Set<Int>, in image: Raster<Float>, scales: Scales
  ) -> [Segmentation.Pattern] {
    var sizes = [Int](repeating: 0, count: count + 1)
    for label in labels.values { sizes[Int(label)] += 1 }
    let total = max(1, sizes.dropFirst().reduce(0, +))
    return sizes.indices.dropFirst().map { label in
      let repeats = repeats(where: labels.map { Int($0) == label }, in: image, scales: scales)
      let isOrdered = repeats.isLattice && !narrow.contains(label)
      return Segmentation.Pattern(
        label: label, pixels: sizes[label], fraction: Double(sizes[label]) / Double(total),
        repeats: isOrdered ? repeats.shifts : [], correlation: repeats.correlation, isOrdered: isOrdered,
        isNarrow: narrow.contains(label),
        autocorrelation: repeats.map)
    }
  }
}
