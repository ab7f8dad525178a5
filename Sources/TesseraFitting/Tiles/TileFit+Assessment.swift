import Foundation
import TesseraImaging
import TesseraNumerics

extension TileFit {
  /// Pixels within this many standard deviations judge a column: beyond them its neighbours do.
  private static let judgedRadius = 2.0
  /// A column with a smaller share of these pixels measured is cut.
  private static let leastMeasured = 0.75
  /// A residual is a misfit where it exceeds noise by so many deviations, and this share of the column's height: what is significant
  /// in a bright image may still be too small to matter.
  private static let misfitDeviations = 5.0
  private static let misfitShare = 0.05
  /// Heights of so many standard errors need no likelihood ratio.
  private static let certainRatio = 8.0
  /// What stops at a bound is this near to it, rounding allowed; the leash is followed as the width changes.
  private static let slack = 1e-6
  private static let leashSlack = 1e-3

  /// What the data know of each of the tile's own columns at the end of a fit.
  /// - Parameter earlier: equations of an earlier step of this tile, of the same shape.
  func accuracies(after earlier: TileEquations? = nil) -> [ColumnAccuracy] {
    guard tile.ownCount > 0 else { return [] }
    let equations =
      if let earlier, earlier.isNear(tile, in: scene, share: Self.accurateLag) {
        earlier
      } else {
        TileEquations(of: tile, pixels: TilePixels(of: tile, in: scene), in: scene, backgroundUnit: unit)
      }
    var known = [Double](repeating: 0, count: equations.shared)
    if scene.shape == .shared { known[equations.unknowns.width] = scene.widthInformation }
    let covariance = TileCovariance(equations, information: known)
    return (0..<tile.ownCount).map { k in
      let column = scene.columns[tile.columns[k]]
      guard equations.isKnown(k) else { return ColumnAccuracy() }
      var result = accuracy(of: column, covariance.covariance(of: k), covariance.sharedCovariance, equations)
      // Where columns beyond the border leave the equations all but singular, nothing is known.
      let errors = [result.position.x, result.position.y, result.amplitude]
      if !errors.allSatisfy({ $0.isFinite && $0 > 0 }) { result = ColumnAccuracy() }
      let judged = quality(of: column)
      result.quality = judged.chiSquare
      if judged.isMisfit { result.flag = .misfit }
      if isAtBound(column, start: scene.starts[tile.columns[k]]) { result.flag = .bound }
      if scene.isCut(column) || judged.measuredShare < Self.leastMeasured { result.flag = .border }
      return result
    }
  }

  /// By how many standard deviations each of the tile's own columns beats the same model without it, all else being held:
  /// (2 Δ log likelihood)^½ (Wilks, Ann. Math. Statist. 9 (1938) 60). Where counts are few, a faint column's own scatter makes
  /// its height look less certain than its existence is; from `certainRatio` on, the two tests agree.
  func evidence(heldErrors: [Double]) -> [Double] {
    let likelihood = TileLikelihood(of: scene)
    let scratch = GaussianWindow.Scratch()
    return (0..<tile.ownCount).map { k in
      let column = scene.columns[tile.columns[k]]
      let ratio = column.amplitude / max(heldErrors[k], 1e-30)
      guard ratio < Self.certainRatio else { return ratio }
      let reach = column.reach(scene.windowRadius)
      let (left, top) = (
        max(0, Int(saturating: (column.centre.x - reach.x).rounded(.up))),
        max(0, Int(saturating: (column.centre.y - reach.y).rounded(.up)))
      )
      let right = min(scene.image.width - 1, Int(saturating: (column.centre.x + reach.x).rounded(.down)))
      let bottom = min(scene.image.height - 1, Int(saturating: (column.centre.y + reach.y).rounded(.down)))
      guard left <= right, top <= bottom else { return 0 }
      let part = PixelRectangle(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
      let drop = withUnsafeTemporaryAllocation(of: Float.self, capacity: part.width * part.height + 4) { buffer in
        buffer.initialize(repeating: 0)
        GaussianWindow(
          centre: column.centre - Point(Double(left), Double(top)), shape: (column.p, column.q, column.r), reach: reach,
          rasterWidth: part.width, rasterHeight: part.height, scratch: scratch)?
          .add(-column.amplitude, to: buffer.baseAddress!, stride: part.width)
        return -likelihood.rise(by: buffer.baseAddress!, on: part, in: scene)
      }
      return (2 * max(0, drop)).squareRoot()
    }
  }

  /// Errors of the quantities that a column's unknowns make, by first-order propagation.
  private func accuracy(
    of column: GaussianColumn, _ covariance: (own: [Double], shared: [Double]), _ sharedCovariance: [Double],
    _ equations: TileEquations
  ) -> ColumnAccuracy {
    let (size, shared) = (equations.size, equations.shared)
    func own(_ i: Int, _ j: Int) -> Double { covariance.own[i * size + j] }
    let sigma = column.sigma
    let s4 = sigma * sigma * sigma * sigma
    // sigma = (p r - q²)^(-1/4), and the volume is 2 pi A sigma².
    var slope = [Double](repeating: 0, count: size)  // Of sigma.
    var common = 0.0
    switch scene.shape {
    case .shared: common = -0.5 * sigma * sigma * sigma
    case .round: slope[3] = -0.5 * sigma * sigma * sigma
    case .elliptical:
      slope[3] = -0.25 * sigma * s4 * column.r
      slope[4] = 0.5 * sigma * s4 * column.q
      slope[5] = -0.25 * sigma * s4 * column.p
    }
    func variance(_ gradient: [Double], _ common: Double) -> Double {
      var sum = 0.0
      for i in 0..<size where gradient[i] != 0 {
        for j in 0..<size { sum += gradient[i] * gradient[j] * own(i, j) }
        if common != 0 { sum += 2 * gradient[i] * common * covariance.shared[i * shared + shared - 1] }
      }
      if common != 0 { sum += common * common * sharedCovariance[shared * shared - 1] }
      return max(0, sum)
    }
    var volume = slope.map { 4 * .pi * column.amplitude * sigma * $0 }
    volume[0] = 2 * .pi * sigma * sigma
    let position = Point(own(1, 1).squareRoot(), own(2, 2).squareRoot())
    return ColumnAccuracy(
      position: position, correlation: own(1, 2) / max(position.x * position.y, 1e-300),
      amplitude: own(0, 0).squareRoot(),
      intensity: variance(volume, 4 * .pi * column.amplitude * sigma * common).squareRoot(),
      sigma: variance(slope, common).squareRoot())
  }

  /// Chi-square of the residual within `judgedRadius`, and whether it is more than noise.
  private func quality(of column: GaussianColumn) -> (chiSquare: Double, isMisfit: Bool, measuredShare: Double) {
    let reach = column.reach(Self.judgedRadius)
    let (width, height) = (scene.image.width, scene.image.height)
    let (left, top) = (
      Int(saturating: (column.centre.x - reach.x).rounded(.down)),
      Int(saturating: (column.centre.y - reach.y).rounded(.down))
    )
    let (right, bottom) = (
      Int(saturating: (column.centre.x + reach.x).rounded(.up)),
      Int(saturating: (column.centre.y + reach.y).rounded(.up))
    )
    let (residual, image, measured) = (scene.residual.values.span, scene.image.values.span, scene.measured.values.span)
    var (chi, scatter, squares, variances, count, all) = (0.0, 0.0, 0.0, 0.0, 0, 0)
    for y in top...bottom {
      for x in left...right {
        let (dx, dy) = (Double(x) - column.centre.x, Double(y) - column.centre.y)
        guard column.p * dx * dx + 2 * column.q * dx * dy + column.r * dy * dy <= Self.judgedRadius * Self.judgedRadius
        else { continue }
        all += 1
        guard x >= 0, y >= 0, x < width, y < height, measured[y * width + x] > 0 else { continue }
        count += 1
        let r = Double(residual[y * width + x])
        let model = Double(image[y * width + x]) - r
        let variance =
          max(scene.leastVariance, scene.constantVariance + scene.gain * model) / Double(measured[y * width + x])
        chi += r * r / variance
        // Fourth moments: 3 v² of normal noise, and the excess of counts, gain³ times their mean.
        scatter += 2 + scene.gain * scene.gain * scene.gain * max(0, model) / (variance * variance)
        squares += r * r
        variances += variance
      }
    }
    guard count > 0 else { return (.nan, false, 0) }
    let freedom = Double(count - scene.unknowns.size)
    guard freedom > 0 else { return (.nan, false, Double(count) / Double(all)) }
    let excess = (max(0, squares - variances) / Double(count)).squareRoot()
    let isMisfit =
      chi - freedom > Self.misfitDeviations * scatter.squareRoot() && excess > Self.misfitShare * column.amplitude
    return (chi / freedom, isMisfit, Double(count) / Double(all))
  }

  private func isAtBound(_ column: GaussianColumn, start: Point) -> Bool {
    let axes = column.axes
    return axes.minor <= scene.widths.lowerBound * (1 + Self.slack)
      || axes.major >= scene.widths.upperBound * (1 - Self.slack)
      || column.amplitude >= scene.largestAmplitude * (1 - Self.slack)
      || (column.centre - start).length >= FitBounds.leash * column.sigma * (1 - Self.leashSlack)
  }
}
