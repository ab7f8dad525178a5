import TesseraFitting
import TesseraImaging
import TesseraNumerics

/// The fits that follow one another in one image, and how free the last one is.
extension ColumnFinder {
  /// Sweeps at most of the first fit, which says how wide columns are and which stand, and of the second, which goes on from it: the last
  /// one settles.
  static let (firstSweeps, secondSweeps) = (6, 4)

  /// A fit that goes on from `previous`, if there is one, with at most `sweepLimit` sweeps; nil: as many as its settings allow.
  func fitted(
    _ seeds: [GaussianColumn], in prepared: Preparation.Prepared, noise: NoiseModel, sigma: Double, spacing: Double,
    shape: ColumnFit.Shape, sweepLimit: Int? = nil, after previous: ColumnFit.Outcome? = nil, isLast: Bool = false
  ) -> ColumnFit.Outcome {
    var fit = self.fit
    fit.sweepLimit = sweepLimit ?? fit.sweepLimit
    return fit.outcome(
      seeds: seeds, in: prepared.image, isMeasured: prepared.isMeasured, noiseFactor: noise.localFactor, sigma: sigma,
      spacing: spacing, shape: shape, after: previous, isLast: isLast)
  }

  /// The last fit: of those columns of the one before that stand, in the wanted shape or as free as the data allow.
  func finalFit(
    of kept: [Int], after previous: ColumnFit.Outcome, in prepared: Preparation.Prepared, noise: NoiseModel,
    sigma: Double, spacing: Double
  ) -> ColumnFit.Outcome {
    fitted(
      kept.map { previous.columns[$0] }, in: prepared, noise: noise, sigma: sigma, spacing: spacing,
      shape: fit.shape ?? Self.shape(for: previous, kept: kept, sigma: sigma, spacing: spacing), after: previous,
      isLast: true)
  }

  /// A column has a width of its own from so many errors of its height on, and two from so many. The width of a Gaussian above white noise
  /// is known to the relative error of its height over √2, here 9 % and 3.5 %.
  private static let (leastHeightOfRound, leastHeightOfElliptical) = (8.0, 20.0)
  /// Two widths need neighbours at least so many standard deviations away: nearer ones share their tails with the column, and the widths cost
  /// more precision of place than they describe.
  private static let roomOfElliptical = 5.0

  /// The shape of the columns of the last fit, by their median height over its error and by the room that they have.
  private static func shape(for outcome: ColumnFit.Outcome, kept: [Int], sigma: Double, spacing: Double)
    -> ColumnFit.Shape
  {
    let ratio = Statistics.median(kept.map(outcome.heightInErrors))
    if ratio < leastHeightOfRound { return .shared }
    return ratio < leastHeightOfElliptical || spacing < roomOfElliptical * sigma ? .round : .elliptical
  }
}

extension ColumnFit.Outcome {
  /// Errors of heights are taken to be no smaller, so that the ratio stays finite where there is no noise.
  private static let leastError = 1e-30

  /// The height of a column over its standard error.
  func heightInErrors(_ index: Int) -> Double { columns[index].amplitude / max(heldErrors[index], Self.leastError) }
}
