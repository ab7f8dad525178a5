import TesseraLearning
import TesseraNumerics

/// Whether the motifs of an image fall into classes, or change gradually from place to place.
public struct StructureKind: Sendable, Codable, Equatable {
  /// Gaps separate the motifs into classes, or one motif passes into the next without a gap.
  public enum Kind: String, Sendable, Codable { case discrete, continuous }
  /// Whether motifs are discrete or continuous.
  public var kind: Kind
  /// Share of the variance between motifs (noise taken off) that the classes explain, 0 ... 1.
  public var explained: Double
  /// Why, as a sentence.
  public var reason: String
  /// A verdict with the share of the variance that classes explain, 0 ... 1, and the reason as a sentence.
  public init(kind: Kind, explained: Double, reason: String) {
    (self.kind, self.explained, self.reason) = (kind, explained, reason)
  }

  /// Members of one motif within the noise vary by less than so many times its variance.
  static let largestNoiseSpread = 2.0

  // Motifs change continuously where all three hold; any one of them alone has a harmless cause.

  /// Members of a class differ by more than this many times the variance of the noise: below it they are one motif. A crystal
  /// whose columns are displaced at random passes, too.
  private static let leastExcess = 3.0
  /// Classes explain less than this share of the variance beyond the noise: distinct motifs explain nearly all of it.
  private static let mostExplained = 0.75
  /// What classes leave over is correlated by more than this between sites of one class that share no pixel: disorder, which
  /// varies from site to site, is not.
  private static let leastDrift = 0.3

  /// The verdict on what a class finder found in two layers that lie on each other all over the image: how the one lies on the other
  /// changes from column to column, whatever the distance over which it does. Where the moire period is short, motifs one patch apart
  /// have nothing in common, and neither their drift nor a gap between them tells a continuum from disorder or from classes.
  /// - Parameter layers: nil where there are no two layers, or not all over the image.
  init(of outcome: ClassFinder.Outcome, drift: Double, layers: LayerPair?) {
    guard let layers, layers.isWhole else {
      self.init(of: outcome, drift: drift)
      return
    }
    self.init(
      kind: .continuous, explained: outcome.explained,
      reason:
        "two hexagonal layers lie on each other, twisted by \(Text.degrees(layers.twist)), so the motif changes with the place of "
        + "one layer on the other; the command moire maps the stackings")
  }

  /// The verdict on what a class finder found.
  /// - Parameter drift: correlation of the residuals within classes between sites one to two patches apart
  ///   (`SpatialCorrelation`), -1 ... 1.
  init(of outcome: ClassFinder.Outcome, drift: Double) {
    let percent = Int(saturating: (100 * outcome.explained).rounded())
    let isContinuous =
      outcome.excess > Self.leastExcess && outcome.explained < Self.mostExplained && drift > Self.leastDrift
    if isContinuous {
      self.init(
        kind: .continuous, explained: outcome.explained,
        reason: "the motifs change gradually: classes explain only \(percent) % of their variance beyond the noise")
    } else {
      self.init(
        kind: .discrete, explained: outcome.explained,
        reason: outcome.classes.count == 1
          ? 1 + outcome.excess < Self.largestNoiseSpread
            ? "all sites have one motif within the noise"
            : outcome.excess > Self.leastExcess
              ? drift > Self.leastDrift
                ? "no gap divides the motifs into classes, although they differ by more than the noise"
                : "no gap divides the motifs into classes; what they differ by beyond the noise of the pixels changes from site to site, "
                  + "as errors of the fitted positions and disorder do"
              : "no gap divides the motifs into classes, and they differ by hardly more than the noise"
          : "\(outcome.classes.count) classes explain \(percent) % of the variance of the motifs beyond the noise")
    }
  }
}
