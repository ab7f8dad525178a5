import Foundation
import TesseraImaging
import TesseraNumerics

/// Fits all columns of an image at once: a sum of Gaussians on a slowly varying background.
///
/// Fisher scoring on the joint likelihood of all columns, their common width and the background: weighted least squares
/// whose weights, the inverse of the model's variance, follow the model, which for a variance proportional to the model
/// is Poisson maximum likelihood (`TileEquations`). The image is cut into tiles that are solved with the neighbours
/// around them and run in parallel; what they find does not depend on the number of threads, and memory does not grow
/// with the number of columns beyond a few images and the columns themselves. O(columns x window x sweeps); tiles whose
/// columns rest are not visited again.
public struct ColumnFit: Sendable, Codable, Equatable {
  /// What may differ from column to column.
  public enum Shape: String, Sendable, Codable, CaseIterable {
    /// Height and place; one round width for all columns, which is fitted too.
    case shared
    /// Height, place and a round width.
    case round
    /// Height, place, two widths and a direction.
    case elliptical
  }

  /// The variance that pixels are weighted by.
  public enum Noise: String, Sendable, Codable, CaseIterable {
    /// Poisson where all values are counts and scatter like such; else a constant plus a gain times the model, both
    /// from the residual.
    case auto
    /// The model itself: values are counts, and the fit is their maximum likelihood.
    case poisson
    /// The same for all pixels, from the residual: plain least squares.
    case gaussian
  }

  /// What lies below the columns.
  public enum Background: String, Sendable, Codable, CaseIterable {
    /// A smooth image that follows the lower envelope over about two spacings, and a constant a tile.
    case smooth
    /// A constant a tile, interpolated between tiles.
    case constant
    /// A plane a tile, interpolated between tiles.
    case plane
  }

  /// Nil: as free as the data allow (`ColumnFinder`).
  public var shape: Shape?
  /// The variance that pixels are weighted by.
  public var noise = Noise.auto
  /// What is fitted below the columns.
  public var background = Background.smooth
  /// Most sweeps over all columns.
  public var sweepLimit = 12
  /// The fit ends when the places and widths of 99 % of the columns move less than this in a sweep, in pixels, or by
  /// less than a twentieth of their standard errors, and a common width less than this.
  public var tolerance = 0.001
  /// Half side of a column's window, in standard deviations.
  public var windowRadius = 4.0

  /// A fit that is as free as the data allow, on a smooth background.
  public init() {}

  /// The outcome of a fit.
  package struct Outcome {
    package var columns: [GaussianColumn]
    /// What is known of each column; nothing unless the fit was the last one.
    package var accuracies: [ColumnAccuracy]
    /// Standard errors of the heights if all else were known.
    package var heldErrors: [Double]
    /// By how many standard deviations each column beats no column, all else being held.
    package var evidence: [Double]
    package var background: Raster<Float>
    /// Image minus model.
    package var residual: Raster<Float>
    /// Variance of a pixel of model intensity m: `constantVariance + gain * m`.
    package var constantVariance, gain: Double
    /// The noise just above the frequencies of the columns over white noise of the same variance, 1 or more: `heldErrors` contain
    /// its root, and those of `accuracies` that of its continuation to these frequencies.
    package var noiseCorrelation: Double
    /// Whether the values turned out to be counts.
    package var areCounts: Bool
    package var shape: Shape
    package var sweeps: Int
    /// The move that 99 % of the columns stayed below in the last sweep, in units of what counts as rest.
    package var lastMove: Double
  }

  /// - Parameters:
  ///   - seeds: places to start from, within about one standard deviation of the columns.
  ///   - image: intensities, in any unit; columns bright.
  ///   - isMeasured: pixels that hold a measurement; the others take no part.
  ///   - noiseFactor: local departures of the noise from a line in the intensity; nil: none.
  ///   - sigma: first guess of the columns' standard deviation, in pixels.
  ///   - spacing: mean distance between neighbouring columns, in pixels: the background varies over twice that.
  ///   - wanted: the shape instead of the fit's own; elliptical where neither says one. Round widths that turn out to agree become a
  ///     shared one unless the fit's own shape says round.
  ///   - previous: a fit of (almost) the same columns in the same image, whose background and noise this one goes on with.
  ///   - isLast: whether the errors of all unknowns are wanted.
  package func outcome(
    seeds: [GaussianColumn], in image: Raster<Float>, isMeasured: Raster<Bool>, noiseFactor: Raster<Float>? = nil,
    sigma: Double, spacing: Double, shape wanted: Shape? = nil, after previous: Outcome? = nil,
    isLast: Bool = true
  ) -> Outcome {
    var shape = wanted ?? self.shape ?? .elliptical
    var state = ColumnFitState(
      columns: seeds, image: image, isMeasured: isMeasured, noiseFactor: noiseFactor, sigma: sigma, spacing: spacing,
      fit: self)
    if let previous { state.resume(from: previous) } else { state.startBackground() }
    if self.shape == nil && shape == .round && previous != nil && state.widthsAgree() { shape = .shared }
    // Sweeps in which all is still coarse. Shapes are free once heights and places have settled; widths of far-off starts
    // would run away.
    let coarse = previous == nil ? 3 : 0
    var sweep = 0
    var (move, backgroundMove) = (Double.infinity, Double.infinity)
    // Work that was stopped has one sweep, after which all numbers have values.
    while sweep < sweepLimit && (max(move, backgroundMove) > 1 || sweep < coarse)
      && (sweep == 0 || !StopSignal.isStopped)
    {
      move = state.sweep(shape: sweep + 1 < coarse ? .shared : shape)
      // Widths and heights that are off drag the smooth background along: it follows them until it rests, then stays.
      backgroundMove = backgroundMove > 1 ? state.followBackground() : 0
      // The residual of a coarse model is no noise.
      if (coarse...coarse + 1).contains(sweep) { state.updateNoise() }
      sweep += 1
    }
    if isLast {
      state.updateNoise()
      state.assess(shape: sweep < coarse ? .shared : shape)
      state.doubt(state.columnsOnUnevenGround(shape: sweep < coarse ? .shared : shape))
    }
    state.weighEvidence(shape: shape)
    return state.outcome(shape: shape, sweeps: sweep, lastMove: move)
  }
}

extension ColumnFit.Outcome {
  /// The columns with these indices; images stay.
  package func selecting(_ indices: [Int]) -> Self {
    var part = self
    part.columns = indices.map { columns[$0] }
    part.accuracies = indices.map { accuracies[$0] }
    part.heldErrors = indices.map { heldErrors[$0] }
    part.evidence = indices.map { evidence[$0] }
    return part
  }
}
