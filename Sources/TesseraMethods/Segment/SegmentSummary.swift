import TesseraImaging
import TesseraNumerics
import TesseraSegmentation

/// What a script wants of a segmentation.
public struct SegmentSummary: Sendable, Encodable {
  /// The patterns, the largest first.
  public var patterns: [Pattern]
  /// The number that gaps between descriptors speak for, whatever was asked.
  public var patternsFound: Int
  /// By how much regions differ that were joined as one lattice: `strain` (0.01 is 1 %) and `turn` in radians.
  public var joins: [LatticeDistortion]
  /// Share of the measured pixels that fit no pattern, 0 ... 1; 0 where the patterns are the image's own.
  public var unknownFraction: Double
  /// Number of connected regions of one pattern, specks left out.
  public var regions: Int
  /// Length of the boundaries between patterns, in pixels.
  public var boundaryLengthPx: Double
  /// Null where the micrograph has no calibration.
  @Explicit public var boundaryLengthNm: Double?
  /// Lengths in pixels.
  public var scales: Segmenter.Scales
  /// How the number of patterns came about, from many groups to few.
  public var steps: [PatternFinder.Step]
  /// Part of the variance of the descriptors that each component holds.
  public var explained: [Double]

  /// One pattern.
  public struct Pattern: Sendable, Encodable {
    /// Label in `segmentation.tif`, from 1, and number of pixels.
    public var label, pixels: Int
    /// Share of the measured pixels, its standard error, and autocorrelation at the best shift; all at most 1.
    public var fraction, fractionError, correlation: Double
    /// `lattice`, `fringes` (repeated along one direction alone) or `none`.
    public var order: Segmentation.Pattern.Order
    /// Whether the pattern has a lattice, and whether it is a fault or a boundary, nowhere wider than a patch and a
    /// window.
    public var isOrdered, isNarrow: Bool
    /// In pixels.
    public var repeats: [Vector]
  }

  /// A vector in pixels, `x` to the right and `y` down.
  public struct Vector: Sendable, Encodable {
    /// Its components.
    public var x, y: Double
  }

  init(of segmentation: Segmentation, calibration: Calibration?) {
    patterns = segmentation.patterns.map {
      Pattern(
        label: $0.label, pixels: $0.pixels, fraction: $0.fraction, fractionError: $0.fractionError,
        correlation: $0.correlation, order: $0.order, isOrdered: $0.isOrdered, isNarrow: $0.isNarrow,
        repeats: $0.repeats.map { Vector(x: $0.x, y: $0.y) })
    }
    joins = segmentation.joins
    (patternsFound, regions) = (segmentation.foundCount, segmentation.regionCount)
    unknownFraction = segmentation.unknownFraction
    boundaryLengthPx = segmentation.boundaryLength
    boundaryLengthNm = calibration.map { segmentation.boundaryLength * $0.meanNanometresPerPixel }
    (scales, steps, explained) = (segmentation.scales, segmentation.steps, segmentation.field.explained)
  }
}
