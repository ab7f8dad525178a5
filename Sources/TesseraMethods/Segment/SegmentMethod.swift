import TesseraImaging
import TesseraNumerics
import TesseraSegmentation
import TesseraStructure

/// Divides a micrograph into phases, grains and faults by local symmetry.
///
/// ```swift
/// let result = try SegmentMethod().result(on: micrograph)
/// print(result.segmentation.patterns.map(\.fraction))
/// ```
public struct SegmentMethod: Method {
  public var preparation = Preparation()
  public var segmenter = Segmenter()
  public init() {}

  /// One label map.
  public var bytesPerPixel: Int { 2 }

  public static let references = [
    "N. Wang, C. Freysoldt, S. Zhang, C. H. Liebscher and J. Neugebauer: Segmentation of static and dynamic "
      + "atomic-resolution microscopy data sets with unsupervised machine learning using local symmetry descriptors. "
      + "Microscopy and Microanalysis 27 (2021) 1454."
  ]

  public static let stages: [(stage: Stage, share: Double)] = [(.prepare, 0.1), (.descriptors, 0.4), (.patterns, 0.5)]

  /// - Throws: `DataError` where the image shows no period and no patch size is set, or is smaller than a patch.
  public func run(on input: MethodInput, clock: inout StageClock) throws -> SegmentResult {
    let prepared = try clock.run(.prepare) { try preparation.prepared(input.micrograph) }
    let image = prepared.image
    let (scales, field, spacing) = try clock.run(.descriptors) {
      let spacing = Self.planeSpacing(of: image)
      do {
        let scales = try segmenter.scales(spacing: spacing, width: image.width, height: image.height)
        return (scales, try segmenter.descriptors(of: image, scales: scales), spacing)
      } catch let error as DataError {
        throw DataError("\(input.micrograph.name): \(error.description)")
      }
    }
    let segmentation = try clock.run(.patterns) {
      try segmenter.segmentation(
        from: field, of: image, scales: scales, isMeasured: prepared.isMeasured, seed: input.seed)
    }
    return SegmentResult(
      settings: self,
      record: RunRecord(
        input, prepared: prepared, choices: choices(scales, spacing: spacing, segmentation), clock: clock,
        warnings: warnings(segmentation), isRandom: true),
      segmentation: segmentation)
  }

  /// The plane spacing behind the first dominant ring of the power spectrum, in pixels, at any scale from 2.5 pixels to an
  /// eighth of the image; nil if no ring stands out.
  private static func planeSpacing(of image: Raster<Float>) -> Double? {
    let finest = 2.5
    // The estimate looks at spacings from 0.4 to `widest` times that of columns, which nobody knows here.
    let columns = finest / 0.4
    let widest = Double(min(image.width, image.height)) / 8 / columns
    guard widest > 0.4 else { return nil }
    return PatchSize().estimate(of: PowerSpectrum(of: image), spacing: columns, widest: widest).planeSpacing
  }

  private func choices(
    _ scales: Segmenter.Scales, spacing: Double?, _ segmentation: Segmentation
  ) -> [RunRecord.Choice] {
    let planes = spacing.map { "of \(Text.fixed($0, 1)) px, the first dominant ring of the power spectrum" } ?? ""
    return [
      .init(
        "patch size", "\(scales.patchSize) px", segmenter.patchSize == nil ? "three plane spacings \(planes)" : "as set"
      ),
      .init(
        "window", "\(scales.window) px",
        segmenter.window == nil ? "one and a half plane spacings: the largest shift" : "as set"),
      .init(
        "stride", "\(scales.stride) px", segmenter.stride == nil ? "a fifth of the plane spacing" : "as set"),
      .init(
        "patterns", "\(segmentation.patterns.count)",
        segmenter.finder.count == nil ? "as many as have a gap between them" : "as set"),
    ]
  }

  private func warnings(_ segmentation: Segmentation) -> [String] {
    var warnings: [String] = []
    if let count = segmenter.finder.count, segmentation.foundCount != count {
      let found = segmentation.foundCount
      warnings.append(
        "\(count) patterns were asked for; gaps between the descriptors speak for \(found == 1 ? "one" : "\(found)"), so "
          + "the division into \(count) need not mean anything")
    }
    if segmentation.patterns.count < segmenter.finder.count ?? 1 {
      warnings.append(
        "fewer patterns than were asked for have regions larger than a patch: \(segmentation.patterns.count)")
    }
    if !segmentation.patterns.contains(where: \.isOrdered) {
      warnings.append(
        "no shift along two directions repeats any part of the image more than chance does: the image shows no lattice")
    }
    return warnings
  }
}
