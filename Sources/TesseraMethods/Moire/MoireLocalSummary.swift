import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension MoireSummary {
  /// Twist and strain from place to place.
  public struct Local: Sendable, Encodable {
    /// Windows in which both layers were measured, and all.
    public var measured, windows: Int
    /// Full width at half maximum of a window, in pixels.
    public var resolutionPx: Double
    /// In nm; null without a calibration.
    @Explicit public var resolutionNm: Double?
    /// Mean, standard deviation and typical standard error of the twist in the windows, in degrees.
    public var twistMeanDegrees, twistDeviationDegrees, twistErrorDegrees: Double
    /// The same of the strains along the axes of the image.
    public var strainDeviation, strainError: [String: Double]
  }

  /// The wall between two stackings.
  public struct Wall: Sendable, Encodable {
    /// The stackings on its sides.
    public var kinds: [Stacking]
    /// Distance over which the motif goes from 12 to 88 % of the way, in pixels.
    public var widthPx: Moire.Measured
    /// In nm; null without a calibration.
    @Explicit public var widthNm: Moire.Measured?
    /// The width over the distance of the anchors on both sides.
    public var share: Double
    /// Part of the variance of the motifs along the way that the fitted curve explains, 0 ... 1.
    public var explained: Double
    /// Sites that were used.
    public var sites: Int
  }

  /// Divergences of domains, in nats.
  public struct Divergence: Sendable, Encodable {
    /// Of the domains of one stacking.
    public struct Kind: Sendable, Encodable {
      /// The stacking.
      public var kind: Stacking
      /// Pairs of whole domains.
      public var pairs: Int
      /// Mean of both directions over all pairs, and what two halves of one domain give.
      public var plain, splitHalf: Double
      /// The difference, with its standard error.
      public var corrected: Moire.Measured
    }
    /// Bins along each axis, and their smoothing in bins.
    public var bins: Int
    /// Standard deviation of the Gaussian that smooths the histograms, in bins.
    public var smoothingBins: Double
    /// Sites in each histogram.
    public var sites: Int
    /// Part of the variance of the features that both axes hold.
    public var explained: Double
    /// In the order of the stackings.
    public var kinds: [Kind]
  }
}

extension MoireSummary.Local {
  init?(of map: TwistMap?, calibration: Calibration?) {
    guard let map else { return nil }
    let known = map.windows.compactMap { $0 }
    guard known.count > 1 else { return nil }
    let twists = known.map { $0.twist.scaled(by: 180 / .pi) }
    func deviation(_ key: KeyPath<LocalTwist, Moire.Measured>) -> Double {
      Statistics.deviation(known.map { $0[keyPath: key].value })
    }
    func error(_ key: KeyPath<LocalTwist, Moire.Measured>) -> Double {
      Statistics.median(known.map { $0[keyPath: key].error })
    }
    self.init(
      measured: known.count, windows: map.windows.count, resolutionPx: map.resolution,
      resolutionNm: calibration.map { map.resolution * $0.meanNanometresPerPixel },
      twistMeanDegrees: Statistics.mean(twists.map(\.value)),
      twistDeviationDegrees: Statistics.deviation(twists.map(\.value)),
      twistErrorDegrees: Statistics.median(twists.map(\.error)),
      strainDeviation: ["exx": deviation(\.exx), "eyy": deviation(\.eyy), "exy": deviation(\.exy)],
      strainError: ["exx": error(\.exx), "eyy": error(\.eyy), "exy": error(\.exy)])
  }
}
