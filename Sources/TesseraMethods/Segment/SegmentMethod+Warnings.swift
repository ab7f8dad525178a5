import TesseraFigures
import TesseraNumerics
import TesseraSegmentation

extension SegmentMethod {
  /// An image of which a larger share fits none of the patterns shows something else.
  private static let notableShare = 0.02
  /// Plane spacings that a patch needs to see that something repeats itself, and to tell lattices that differ a little.
  private static let leastPatch = 2.0
  /// A window larger than this share of the side of the image leaves few points whose shifts stay inside it.
  private static let largestWindowShare = 0.25

  private static func list(_ labels: [Int]) -> String { labels.map(String.init).joined(separator: ", ") }

  /// What a reader must know of an image that is divided into the patterns of another.
  func warnings(_ segmentation: Segmentation, by model: PatternModel) -> [String] {
    var warnings: [String] = []
    let (merged, refused) = (segmentation.mergedPatterns, segmentation.refusedPatterns)
    if merged.count > 1 {
      warnings.append(
        "patterns \(Self.list(merged)) are not told apart in this image, whose noise is "
          + "stronger than in the one that they are of; what is of them has label 0")
    }
    if !refused.isEmpty {
      warnings.append(
        "what is most like \(refused.count == 1 ? "pattern" : "patterns") \(Self.list(refused)) has a lattice here where there is none in "
          + "the image of the patterns, or none where there is one: it is something else and has label 0")
    }
    if merged.count < 2, segmentation.unknownFraction > Self.notableShare {
      warnings.append(
        "\(Number.percent(segmentation.unknownFraction)) of the image "
          + (model.count == 1 ? "does not fit the one pattern" : "fits none of the \(model.count) patterns")
          + " and has label 0")
    }
    if PatternModel.isBound(segmentation.gain) {
      warnings.append(
        "correlations differ from those in the image of the patterns by a factor of \(Text.fixed(segmentation.gain, 2)), the "
          + "\(segmentation.gain > 1 ? "largest" : "smallest") that is tried: the images are hardly comparable, and shares may be wrong"
      )
    }
    return warnings
  }

  /// What a reader must know of an image that is divided into patterns of its own.
  /// - Parameters:
  ///   - spacing: distance of lattice planes in pixels; nil where the image shows none.
  ///   - side: the shorter side of the image in pixels.
  func warnings(
    _ segmentation: Segmentation, scales: Segmenter.Scales, spacing: Double?, side: Int
  ) -> [String] {
    var warnings = scaleWarnings(scales, spacing: spacing, side: side) + markWarnings(segmentation)
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
    if segmenter.best != nil, segmentation.patterns.count < 2, !segmentation.model.selectsOperations {
      warnings.append("one pattern was found, which no operation tells from another: all operations were used")
    }
    if !segmentation.patterns.contains(where: \.isOrdered) {
      warnings.append(
        segmentation.patterns.contains { $0.order == .fringes }
          ? "the image shows fringes and no lattice: where one set of planes is seen, crystals of other structures may look alike"
          : "no shift along two directions repeats any part of the image more than chance does: the image shows no lattice"
      )
    }
    return warnings
  }

  private func markWarnings(_ segmentation: Segmentation) -> [String] {
    var warnings: [String] = []
    if segmentation.mergedPatterns.count > 1 {
      warnings.append(
        "the patterns \(Self.list(segmentation.mergedPatterns)) that were marked are hardly told apart by "
          + "their symmetry; the map of uncertainty shows where")
    }
    for label in segmentation.contradictedMarks {
      warnings.append(
        "the marks of pattern \(label) contradict those of others: symmetry gives a fifth of them or more to another pattern or to none; "
          + "the marks themselves have label \(label), what is around them need not")
    }
    if segmentation.unknownFraction > Self.notableShare {
      warnings.append(
        "\(Number.percent(segmentation.unknownFraction)) of the image fits none of the patterns that were marked and has label 0"
      )
    }
    return warnings
  }

  /// Of scales that were set and at which sentences about patterns may be wrong.
  private func scaleWarnings(_ scales: Segmenter.Scales, spacing: Double?, side: Int) -> [String] {
    var warnings: [String] = []
    if segmenter.patchSize != nil, let spacing, Double(scales.patchSize) < Self.leastPatch * spacing {
      warnings.append(
        "a \(setting("patch size")) of \(scales.patchSize) pixels is less than two plane spacings of \(Text.fixed(spacing, 1)) pixels: a "
          + "patch hardly sees the lattice, and patterns may be places within one cell")
    }
    if segmenter.stride != nil, 2 * scales.stride > scales.patchSize {
      warnings.append(
        "a \(setting("stride")) of \(scales.stride) pixels is more than half a patch of \(scales.patchSize): regions between the points are "
          + "missed, and boundaries are coarse")
    }
    if segmenter.window != nil, Double(scales.window) > Self.largestWindowShare * Double(side) {
      warnings.append(
        "a \(setting("window")) of \(scales.window) pixels is more than a quarter of the image: most patches are compared with others beyond "
          + "their own region, and what is narrower than the window is not told from a boundary")
    }
    return warnings
  }
}
