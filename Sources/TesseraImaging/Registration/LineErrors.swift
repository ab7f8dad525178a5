import Foundation
import TesseraNumerics

/// The shifts of the lines of one frame, from their least-squares equations.
///
/// Across the lines, the scan is taken to be off smoothly: equations of neighbouring lines are added with Gaussian weights.
/// Along them, each line has a shift of its own, normally distributed about the smooth trend with the variance τ² of the
/// frame's jitter, so that the best estimate lies between what the line says (with variance s²) and the trend,
///
///     shift = trend + τ² / (τ² + s²) (line − trend).
struct LineErrors: Sendable {
  /// x along the line, y across, in pixels; mean and slope belong to the frame's own shift and drift where they are fitted.
  private(set) var errors: [Point]
  /// τ, in pixels.
  private(set) var jitter: Double

  /// - Parameters:
  ///   - fits: of each line, about where it is thought to be.
  ///   - present: errors by which the lines are off already.
  ///   - smoothing: standard deviation of the weights, in lines.
  init(_ fits: [LineFit], present: [Point], smoothing: Double) {
    // Equations for the whole error, not for what is left of it.
    let whole = zip(fits, present).map { fit, error -> LineFit in
      var fit = fit
      fit.b += Point(fit.xx * error.x + fit.xy * error.y, fit.xy * error.x + fit.yy * error.y)
      return fit
    }
    var all = LineFit()
    for fit in whole { all.add(fit, weight: 1 / Double(max(1, whole.count))) }
    let average = all
    let reach = Int(saturating: (3 * smoothing).rounded(.up))
    let kernel = (0...reach).map { exp(-Double($0 * $0) / (2 * smoothing * smoothing)) }
    let trend = concurrentMap(count: whole.count) { line -> Point in
      var sum = LineFit()
      for other in max(0, line - reach)...min(whole.count - 1, line + reach) {
        sum.add(whole[other], weight: kernel[abs(other - line)])
      }
      sum.add(average, weight: 1e-3)  // Decides where lines show nothing.
      return sum.solution?.shift ?? .zero
    }
    let lines = zip(whole, trend).map { $0.along(given: $1.y) }
    let variances = lines.compactMap { $0?.variance }
    let typical = Statistics.median(variances)
    // The lines that show most tell how large the jitter is.
    let squares = zip(lines, trend).compactMap { line, trend in
      line.flatMap { $0.variance <= typical ? ($0.shift - trend.x) * ($0.shift - trend.x) - $0.variance : nil }
    }
    let power = squares.isEmpty ? 0 : max(0, Statistics.mean(squares))
    jitter = power.squareRoot()
    errors = zip(lines, trend).map { line, trend in
      guard let line, power > 0 else { return trend }
      return Point(trend.x + power / (power + line.variance) * (line.shift - trend.x), trend.y)
    }
  }
}
