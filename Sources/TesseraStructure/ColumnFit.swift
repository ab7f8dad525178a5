import Foundation
import TesseraImaging
import TesseraNumerics

/// Fits all columns of an image at once: a sum of Gaussians on a slowly varying background.
///
/// Columns are visited in turn; each takes one damped Gauss-Newton step on what the others leave over (block
/// coordinate descent), so neighbours that overlap are solved together after a few sweeps. Tiles of columns that share
/// no pixel run in parallel, in an order that does not depend on the number of threads. Pixels are weighted by the
/// inverse of a variance that grows linearly with the model's intensity, which the fit estimates from its own residuals
/// (shot noise plus a constant): with counts, this is Poisson weighting. O(columns x window x sweeps).
public struct ColumnFit: Sendable, Codable, Equatable {
  /// What may differ from column to column.
  public enum Shape: String, Sendable, Codable {
    /// Height and place; one round width for all columns.
    case shared
    /// Height, place and a round width.
    case round
    /// Height, place, two widths and a direction.
    case elliptical
  }
  public var shape = Shape.elliptical
  /// Most sweeps over all columns.
  public var sweepLimit = 12
  /// The fit ends when 99 % of the columns move less than this in a sweep, in pixels.
  public var tolerance = 0.003
  /// Radius of a column's window, in standard deviations.
  public var windowRadius = 3.0

  public init() {}

  /// The outcome of a fit.
  struct Outcome {
    var columns: [GaussianColumn]
    /// Standard error of each amplitude and of the place along x and y, from the column's own Fisher information.
    var amplitudeErrors: [Double]
    var positionErrors: [Point]
    var background: Raster<Float>
    /// Image minus model.
    var residual: Raster<Float>
    /// Variance of a pixel of model intensity m: `constantVariance + gain * m`.
    var constantVariance, gain: Double
    var sweeps: Int
    /// The move that 99 % of the columns stayed below in the last sweep, in pixels.
    var lastMove: Double
  }

  /// - Parameters:
  ///   - seeds: places to start from, within about one standard deviation of the columns.
  ///   - noiseFactor: local departures of the noise from a line in the intensity; nil: none.
  ///   - sigma: first guess of the columns' standard deviation, in pixels.
  ///   - spacing: mean distance between neighbouring columns, in pixels: the background varies over twice that.
  func outcome(
    seeds: [GaussianColumn], in image: Raster<Float>, isMeasured: Raster<Bool>, noiseFactor: Raster<Float>? = nil,
    sigma: Double, spacing: Double
  ) -> Outcome {
    var state = ColumnFitState(
      columns: seeds, image: image, isMeasured: isMeasured, noiseFactor: noiseFactor, sigma: sigma,
      windowRadius: windowRadius)
    let backgroundWidth = max(2 * spacing, 6 * sigma)
    state.startBackground(spacing: spacing)
    var sweep = 0
    var move = Double.infinity
    while sweep < sweepLimit && move > tolerance {
      // Shapes are free once heights and places have settled; widths of far-off starts would run away.
      let shapeNow = sweep < 2 ? .shared : shape
      move = state.sweep(shape: shapeNow)
      if shapeNow == .shared && sweep > 0 { state.shareWidth() }
      state.updateBackground(sigma: backgroundWidth)
      if sweep == 1 || sweep == 4 { state.updateNoise() }
      sweep += 1
      if sweep <= 3 { move = .infinity }
    }
    return state.outcome(sweeps: sweep, lastMove: move)
  }
}
