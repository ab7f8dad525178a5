import TesseraImaging
import TesseraNumerics

/// The variance of a pixel, read from what a fit leaves over.
extension ColumnFitState {
  /// Pixels whose residuals tell counts from other numbers: sparse counts need many before their scatter shows.
  private static let pixelSample = 600_000
  /// Pixels of which a line through variances is known well enough.
  private static let lineSample = 40_000
  /// Fewer residuals tell no variance: that of a hundred has an error of a seventh.
  private static let fewestSamples = 100
  /// Variance over mean of counts, which would be 1: the fit takes up a little of it, and what the model misses adds to it.
  private static let countRatios = 0.9...1.2

  /// Estimates the variance of a pixel from the residual, as the fit's `noise` says.
  mutating func updateNoise() {
    guard fit.noise != .poisson, !areCounts else { return }
    let stride = max(1, image.count / Self.pixelSample)
    let every = max(1, image.count / stride / Self.lineSample)
    var samples: [(intensity: Double, square: Double)] = []
    var areWhole = fit.noise == .auto
    var (squares, means) = (0.0, 0.0)
    for (k, i) in Swift.stride(from: 0, to: image.count, by: stride).enumerated() where measured.values[i] > 0 {
      let value = image.values[i]
      let r = Double(residual.values[i])
      areWhole = areWhole && value >= 0 && value == value.rounded()
      squares += r * r
      means += max(0, Double(value) - r)
      if k % every == 0 {
        samples.append((Double(value) - r, r * r * (fit.noise == .auto ? Double(measured.values[i]) : 1)))
      }
    }
    guard samples.count > Self.fewestSamples else { return }
    if fit.noise == .gaussian {
      (constantVariance, gain) = (Statistics.mean(samples.map(\.square)), 0)
      return
    }
    // Counts scatter by their mean; the rest is the misfit of the model.
    if areWhole && Self.countRatios.contains(squares / max(means, 1e-30)) {
      (constantVariance, gain) = (0, 1)
      takeAsCounts()
      return
    }
    if let line = varianceLine(samples) { (constantVariance, gain) = line }
  }

  /// Pixels of counts need no local factors.
  mutating func takeAsCounts() {
    areCounts = true
    measured = isMeasured.map { $0 ? 1 : 0 }
  }
}
