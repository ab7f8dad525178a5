import TesseraImaging
import TesseraNumerics

/// The fits that follow one another in one image, and how free the last one is.
extension PeakFinder {
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
    let columns = kept.map { previous.columns[$0] }
    func last(_ shape: ColumnFit.Shape) -> ColumnFit.Outcome {
      fitted(
        columns, in: prepared, noise: noise, sigma: sigma, spacing: spacing, shape: shape, after: previous, isLast: true)
    }
    if let wanted = fit.shape { return last(wanted) }
    let shape = Self.shape(for: previous, kept: kept, sigma: sigma, spacing: spacing)
    let outcome = last(shape)
    return shape == .round && Self.widthsAgree(in: outcome) ? last(.shared) : outcome
  }

  /// Widths of its own need a column well above the noise, and room: beside neighbours at a few standard deviations, two
  /// free widths cost more precision of place than they describe.
  private static func shape(for outcome: ColumnFit.Outcome, kept: [Int], sigma: Double, spacing: Double) -> ColumnFit.Shape {
    let ratio = Statistics.median(
      kept.map { outcome.columns[$0].amplitude / max(outcome.heldErrors[$0], 1e-30) })
    if ratio < 8 { return .shared }
    return ratio < 20 || spacing < 5 * sigma ? .round : .elliptical
  }

  /// Whether the widths of columns differ by no more than their errors allow. A common width then makes the places more
  /// precise, and dense columns above all.
  private static func widthsAgree(in outcome: ColumnFit.Outcome) -> Bool {
    let known = outcome.columns.indices.filter {
      outcome.accuracies[$0].sigma.isFinite && outcome.accuracies[$0].sigma > 0 && outcome.accuracies[$0].flag == nil
    }
    guard known.count >= 20 else { return false }
    let middle = Statistics.median(known.map { outcome.columns[$0].sigma })
    // The median of the absolute values of a normal distribution is 0.6745 standard deviations.
    let pulls = known.map { abs(outcome.columns[$0].sigma - middle) / outcome.accuracies[$0].sigma }
    return Statistics.median(pulls) < 1.25 * 0.6745
  }
}
