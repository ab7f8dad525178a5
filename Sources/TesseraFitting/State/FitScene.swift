import TesseraImaging
import TesseraNumerics

/// What all tiles of a fit read while they compute one step.
struct FitScene: Sendable {
  let columns: [GaussianColumn]
  let starts: [Point]
  let image: Raster<Float>
  /// Image minus model.
  let residual: Raster<Float>
  /// Zero where nothing was measured, else one over the local noise factor.
  let measured: Raster<Float>
  /// The variance of a pixel of model intensity m is `constantVariance + gain m`, and never below `leastVariance`.
  let constantVariance, gain, leastVariance: Double
  let shape: ColumnFit.Shape
  /// What is fitted of a column, and what all columns of a tile share: the polynomial by which the tile corrects its background.
  let unknowns: FitUnknowns
  /// Half sides of a column's window, in standard deviations.
  let windowRadius: Double
  /// Bounds of a column's standard deviation, in pixels.
  let widths: ClosedRange<Double>
  /// Median height of all columns: what half a column at the border is expected to have, within two fifths.
  let typicalAmplitude: Double
  /// No column is higher than this.
  let largestAmplitude: Double
  /// What all other tiles know of the common width, for a shared shape.
  var widthInformation = 0.0

  /// A column after a change of its unknowns, within the bounds of the fit.
  /// - Parameter change: height, x, y, then 1 / sigma² or p, q, r; none for a shared shape.
  func advanced(_ old: GaussianColumn, from start: Point, by change: SIMD8<Double>) -> GaussianColumn {
    guard change.sum().isFinite else { return old }
    var column = old
    let sigma = column.sigma
    let limit = FitBounds.farthestStep * sigma
    column.centre += Point(max(-limit, min(limit, change[1])), max(-limit, min(limit, change[2])))
    // A column that leaves its own peak has lost it: it stays at the rim and the finder judges it by its amplitude.
    let offset = column.centre - start
    let leash = FitBounds.leash * sigma
    if offset.length > leash { column.centre = start + offset * (leash / offset.length) }
    column.amplitude = min(
      max(old.amplitude + change[0], FitBounds.leastFall * old.amplitude),
      min(largestAmplitude, FitBounds.largestRise * old.amplitude + typicalAmplitude))
    if !isCut(column) {
      switch shape {
      case .shared: break
      case .round:
        let inverse = min(
          max(column.p + change[3], column.p / FitBounds.shapeFactor), FitBounds.shapeFactor * column.p)
        (column.p, column.q, column.r) = (inverse, 0, inverse)
      case .elliptical:
        let bound = max(column.p, column.r) / FitBounds.shapeFactor
        column.p += max(-bound, min(bound, change[3]))
        column.q += max(-bound, min(bound, change[4]))
        column.r += max(-bound, min(bound, change[5]))
      }
      column.clampWidths(widths)
    }
    return column.isFinite ? column : old
  }

  /// A common width after a step of 1 / sigma², in pixels. It grows in small steps, as wider columns on a lower background
  /// look much alike and a long step would not come back.
  func sharedSigma(_ old: Double, step: Double) -> Double {
    guard step.isFinite else { return old }
    let inverse = 1 / (old * old)
    let bounds = FitBounds.sharedShape
    let next = min(max(inverse + step, bounds.lowerBound * inverse), bounds.upperBound * inverse)
    return min(max(1 / next.squareRoot(), widths.lowerBound), widths.upperBound)
  }

  /// The distance of a column from the nearest border of the image, in pixels; negative outside.
  func rim(of column: GaussianColumn) -> Double {
    min(
      column.centre.x, column.centre.y, Double(image.width - 1) - column.centre.x,
      Double(image.height - 1) - column.centre.y)
  }

  /// The weight of the height expected of half a column at the border.
  var priorWeight: Double { 1 / (FitBounds.priorVariance * typicalAmplitude * typicalAmplitude) }

  /// Whether the border cuts a column so much that it does not show its own width.
  func isCut(_ column: GaussianColumn) -> Bool { rim(of: column) < FitBounds.cutReach * column.sigma }
}
