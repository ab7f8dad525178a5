import Foundation
import TesseraFigures
import TesseraFormats
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
  /// How the micrograph is prepared before descriptors are computed.
  public var preparation = Preparation()
  /// Which descriptors are computed, at which scales, and how patterns are found.
  public var segmenter = Segmenter()
  /// Path of the `patterns.json` of another result, or of its folder, whose patterns this image is divided into; nil: its own.
  public var model: String?
  /// Patterns at hand, which come before `model`; no part of the settings as they are written.
  public var patterns: PatternModel?
  /// Path of the image whose patterns `patterns` are; says in results where they come from.
  public var fitOn: String?

  /// Path of an image of the same size in which patterns are marked: whole numbers from 1, 0 elsewhere; nil: none.
  public var scribbles: String?
  /// Memory in GB (10^9 bytes) that an image may take; nil: any.
  public var memory: Double?
  /// Whether `probabilities.tif` is written.
  public var writesProbabilities = false

  private enum CodingKeys: CodingKey {
    case preparation, segmenter, model, fitOn, scribbles, memory, writesProbabilities
  }

  /// Translations alone, with scales from the plane spacing and the number of patterns from the image.
  public init() {}

  /// One label map; the number of probabilities is not known before.
  public var bytesPerPixel: Int { 2 }

  /// The paper on segmentation by local symmetry descriptors [S21].
  public static let references = [
    "N. Wang, C. Freysoldt, S. Zhang, C. H. Liebscher and J. Neugebauer: Segmentation of static and dynamic "
      + "atomic-resolution microscopy data sets with unsupervised machine learning using local symmetry descriptors. "
      + "Microscopy and Microanalysis 27 (2021) 1454."
  ]

  /// Grouping descriptors and placing boundaries takes about half of the time.
  public static let stages: [(stage: Stage, share: Double)] = [(.prepare, 0.1), (.descriptors, 0.4), (.patterns, 0.5)]

  /// - Throws: `DataError` where the image shows no period and no patch size is set, or is smaller than a patch.
  public func run(on input: MethodInput, clock: inout StageClock) throws -> SegmentResult {
    let prepared = try clock.run(.prepare) { try preparation.prepared(input.micrograph) }
    if let model = try patterns ?? model.map({ try PatternModel(path: $0) }) {
      return try result(on: input, prepared, by: model, clock: &clock)
    }
    let (width, height) = (prepared.image.width, prepared.image.height)
    let marks = try scribbles.map { try self.marks(in: $0, width: width, height: height) }
    let (image, scales, field, spacing) = try clock.run(.descriptors) {
      let spacing = PlaneSpacing.estimate(of: prepared.image)
      do {
        let scales = try segmenter.scales(spacing: spacing, width: width, height: height)
        try checkMemory(segmenter, scales, width: width, height: height)
        let image = Segmenter.withoutBackground(prepared.image, scales: scales, isMeasured: prepared.isMeasured)
        return (image, scales, try segmenter.descriptors(of: image, scales: scales), spacing)
      } catch let error as DataError {
        throw DataError("\(input.micrograph.name): \(error.description)")
      }
    }
    let segmentation = try clock.run(.patterns) {
      let first =
        if let marks {
          try marked(marks) {
            try segmenter.segmentation(
              from: field, of: image, scales: scales, marks: $0, isMeasured: prepared.isMeasured, seed: input.seed)
          }
        } else {
          try segmenter.segmentation(
            from: field, of: image, scales: scales, isMeasured: prepared.isMeasured, seed: input.seed)
        }
      return try segmenter.withBestOperations(
        first, of: image, marks: marks, isMeasured: prepared.isMeasured, seed: input.seed)
    }
    return SegmentResult(
      settings: self,
      record: RunRecord(
        input, prepared: prepared, choices: choices(scales, spacing: spacing, segmentation), clock: clock,
        warnings: warnings(segmentation, scales: scales, spacing: spacing, side: min(width, height)), isRandom: true),
      segmentation: segmentation)
  }

  /// Refuses an image that takes more memory than allowed, and says which stride would do.
  private func checkMemory(_ segmenter: Segmenter, _ scales: Segmenter.Scales, width: Int, height: Int) throws {
    guard let memory else { return }
    func gigabytes(stride: Int) -> Double {
      let other = Segmenter.Scales(
        spacing: scales.spacing, patchSize: scales.patchSize, window: scales.window, stride: stride)
      return Double(segmenter.bytes(width: width, height: height, scales: other)) / 1e9
    }
    let needed = gigabytes(stride: scales.stride)
    guard needed > memory else { return }
    let coarser = (scales.stride + 1...scales.stride + 200).first { gigabytes(stride: $0) <= memory }
    let fact =
      "\(width) x \(height) pixels take about \(Text.fixed(needed, 2)) GB with a \(setting("stride")) of \(scales.stride), and "
      + "\(Text.fixed(memory, 2)) GB are allowed; "
    throw DataError(
      fact
        + (coarser.map { "a \(setting("stride")) of \($0) takes \(Text.fixed(gigabytes(stride: $0), 2)) GB" }
          ?? "the image itself is too large: allow more \(setting("memory")), or divide a part of it"))
  }

  /// The marks of a file.
  private func marks(in path: String, width: Int, height: Int) throws -> Raster<UInt16> {
    let image = try ImageFile.open(path: path, options: .labels).read().pixels
    guard image.width == width, image.height == height else {
      throw DataError(
        "\(path): has \(image.width) x \(image.height) pixels, but the image has \(width) x \(height); \(setting("scribbles")) need one "
          + "pixel for each of the image")
    }
    let limit = Float(Segmenter.largestScribble)
    if let other = image.values.first(where: { !($0 >= 0 && $0 <= limit && $0 == $0.rounded()) }) {
      throw DataError(
        "\(path): holds \(other), which is no number of a pattern; \(setting("scribbles")) are whole numbers from 1 to "
          + "\(Segmenter.largestScribble), and 0 where nothing is marked (8-bit grey levels, not colours)")
    }
    return image.map { UInt16($0) }
  }

  /// Names the file of the marks where they do not serve.
  private func marked(
    _ marks: Raster<UInt16>, _ body: (Raster<UInt16>) throws -> Segmentation
  ) throws -> Segmentation {
    do {
      return try body(marks)
    } catch let error as DataError {
      throw DataError("\(scribbles ?? "marks"): \(error.description)")
    }
  }

  /// Sizes of pixels that differ by more than this show a lattice at another scale.
  private static let largestScaling = 1.03

  private func result(
    on input: MethodInput, _ prepared: Preparation.Prepared, by model: PatternModel, clock: inout StageClock
  ) throws -> SegmentResult {
    if let own = input.micrograph.calibration?.meanNanometresPerPixel, let first = model.nanometresPerPixel,
      max(own / first, first / own) > Self.largestScaling
    {
      throw DataError(
        "\(input.micrograph.name): a pixel is \(Text.fixed(own, 5)) nm wide, in the image of the patterns \(Text.fixed(first, 5)) nm; "
          + "patterns serve images of one magnification")
    }
    let segmentation = try clock.run(.patterns) {
      do {
        var own = segmenter
        own.operations = model.operations
        try checkMemory(own, model.scales, width: prepared.image.width, height: prepared.image.height)
        return try segmenter.segmentation(of: prepared.image, by: model, isMeasured: prepared.isMeasured)
      } catch let error as DataError {
        throw DataError("\(input.micrograph.name): \(error.description)")
      }
    }
    let source = fitOn ?? self.model.map { ($0 as NSString).lastPathComponent } ?? "another image"
    return SegmentResult(
      settings: self,
      record: RunRecord(
        input, prepared: prepared,
        choices: [
          .init("patterns", "\(model.count)", "those of \(source), with its scales and operations"),
          .init("patch size", "\(model.scales.patchSize) px", "that of the patterns"),
          .init(
            "gain", Text.fixed(segmentation.gain, 2),
            "by what correlations were larger in the image of the patterns; above 1 where noise is stronger here"),
        ], clock: clock, warnings: warnings(segmentation, by: model), isRandom: false),
      segmentation: segmentation)
  }

  private func choices(
    _ scales: Segmenter.Scales, spacing: Double?, _ segmentation: Segmentation
  ) -> [RunRecord.Choice] {
    let planes = spacing.map { "of \(Text.fixed($0, 1)) px, by the power spectrum" } ?? ""
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
        scribbles != nil
          ? "those marked"
          : segmenter.finder.count.map {
            $0 == segmentation.patterns.count
              ? "as set" : "\($0) were asked for, and so many have regions larger than a patch"
          } ?? "as many as have a gap between them"),
    ] + averagingChoice(segmentation) + bestChoice(segmentation)
  }

  private func averagingChoice(_ segmentation: Segmentation) -> [RunRecord.Choice] {
    guard let smoothing = segmentation.scales.smoothing else { return [] }
    return [
      .init(
        "averaging", "\(Text.fixed(smoothing, 0)) px",
        "noise hides what single descriptors tell apart; regions narrower than about \(Text.fixed(4 * smoothing, 0)) px may be lost"
      )
    ]
  }

  private func bestChoice(_ segmentation: Segmentation) -> [RunRecord.Choice] {
    guard let best = segmenter.best else { return [] }
    let why =
      segmentation.model.selectsOperations
      ? "those that tell the patterns apart best, of all that were tried" : "all of them: no choice was to be made"
    return [.init("operations", "\(min(best, segmentation.model.operationCount))", why)]
  }
}
