import TesseraImaging
import TesseraNumerics
import TesseraSegmentation

/// What a script wants of a segmentation.
public struct SegmentSummary: Sendable, Encodable {
  public var patterns: [Pattern]
  /// The number that gaps between descriptors speak for, whatever was asked.
  public var patternsFound: Int
  public var regions: Int
  public var boundaryLengthPx: Double
  /// Null where the micrograph has no calibration.
  @Explicit public var boundaryLengthNm: Double?
  /// Lengths in pixels.
  public var scales: Segmenter.Scales
  public var steps: [PatternFinder.Step]
  /// Part of the variance of the descriptors that each component holds.
  public var explained: [Double]

  public struct Pattern: Sendable, Encodable {
    public var label, pixels: Int
    public var fraction, correlation: Double
    public var isOrdered, isNarrow: Bool
    /// In pixels.
    public var repeats: [Shift]
  }

  init(of segmentation: Segmentation, calibration: Calibration?) {
    patterns = segmentation.patterns.map {
      Pattern(
        label: $0.label, pixels: $0.pixels, fraction: $0.fraction, correlation: $0.correlation, isOrdered: $0.isOrdered,
        isNarrow: $0.isNarrow, repeats: $0.repeats)
    }
    (patternsFound, regions) = (segmentation.foundCount, segmentation.regionCount)
    boundaryLengthPx = segmentation.boundaryLength
    boundaryLengthNm = calibration.map { segmentation.boundaryLength * $0.meanNanometresPerPixel }
    (scales, steps, explained) = (segmentation.scales, segmentation.steps, segmentation.field.explained)
  }
}
