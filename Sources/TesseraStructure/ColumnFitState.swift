import Foundation
import TesseraImaging
import TesseraNumerics

/// What a `ColumnFit` knows between sweeps: the columns, the background, and the residual image that both leave.
struct ColumnFitState {
  private var columns: [GaussianColumn]
  private let image: Raster<Float>
  /// Zero where nothing was measured, else one over the local noise factor.
  private let weightsOfMeasured: Raster<Float>
  private var background: Raster<Float>
  private var residual: Raster<Float>
  private var sigma: Double
  private let startSigma: Double
  private let windowRadius: Double
  private var constantVariance = 1.0
  private var gain = 0.0
  private var steps: [ColumnStep]
  private let starts: [Point]
  private let largestAmplitude: Double

  init(
    columns: [GaussianColumn], image: Raster<Float>, isMeasured: Raster<Bool>, noiseFactor: Raster<Float>?,
    sigma: Double, windowRadius: Double
  ) {
    (self.columns, self.image, self.sigma, startSigma) = (columns, image, sigma, sigma)
    self.windowRadius = windowRadius
    if let noiseFactor {
      weightsOfMeasured = Raster(
        width: image.width, height: image.height,
        values: zip(isMeasured.values, noiseFactor.values).map { $0 ? 1 / $1 : 0 })
    } else {
      weightsOfMeasured = isMeasured.map { $0 ? 1 : 0 }
    }
    background = Raster(width: image.width, height: image.height, filling: 0)
    residual = image
    steps = [ColumnStep](repeating: ColumnStep(), count: columns.count)
    starts = columns.map(\.centre)
    largestAmplitude = 2 * Double((image.values.max() ?? 1) - (image.values.min() ?? 0))
  }

  private var reach: Double { windowRadius * sigma + 1 }

  /// The background begins at the local minima of the lightly smoothed image; columns start with what stands above.
  mutating func startBackground(spacing: Double) {
    let light = GaussianFilter.smoothed(image, sigma: max(1, sigma / 2))
    let floor = slidingMinimum(light, reach: max(2, Int((0.7 * spacing).rounded())))
    background = GaussianFilter.broadlySmoothed(floor, weights: weightsOfMeasured, sigma: max(spacing, 3 * sigma))
    for i in columns.indices {
      let (x, y) = (Int(columns[i].centre.x.rounded()), Int(columns[i].centre.y.rounded()))
      guard image.contains(x: x, y: y) else { continue }
      columns[i].amplitude = max(1e-6, Double(light[x, y] - background[x, y]) * 0.9)
    }
    renderResidual()
  }

  /// One damped Gauss-Newton step for each column in turn. Returns the move that 99 % of the columns stay below, in
  /// pixels: a few columns that compete for one peak never settle, and the finder removes them afterwards.
  mutating func sweep(shape: ColumnFit.Shape) -> Double {
    let (width, height) = (image.width, image.height)
    // Tiles of one colour lie a whole tile apart, so their columns share no pixels and may run together.
    let side = max(32, Int((2 * reach).rounded(.up)) + 4)
    let (across, down) = (width / side + 1, height / side + 1)
    var tiles = [[Int]](repeating: [], count: across * down)
    for (index, column) in columns.enumerated() {
      let x = min(across - 1, max(0, Int(column.centre.x) / side))
      let y = min(down - 1, max(0, Int(column.centre.y) / side))
      tiles[y * across + x].append(index)
    }
    let step = ColumnStepper(
      width: width, reach: reach, height: height, constantVariance: constantVariance, gain: gain,
      widths: startSigma * 0.4...startSigma * 2.2, shape: shape,
      typicalAmplitude: Statistics.median(columns.map(\.amplitude)), largestAmplitude: largestAmplitude)
    let groups = (0..<4).map { colour in
      tiles.indices.filter { ($0 % across % 2) + 2 * ($0 / across % 2) == colour }.map { tiles[$0] }
    }
    let (image, measured, starts) = (image, weightsOfMeasured, starts)
    columns.withUnsafeMutableBufferPointer { columnBuffer in
      residual.values.withUnsafeMutableBufferPointer { residualBuffer in
        steps.withUnsafeMutableBufferPointer { stepBuffer in
          nonisolated(unsafe) let (columns, residual, steps) = (columnBuffer, residualBuffer, stepBuffer)
          for group in groups {
            concurrentFor(group.count) { k in
              for index in group[k] {
                steps[index] = step.advance(
                  &columns[index], from: starts[index], residual: residual, image: image, measured: measured)
              }
            }
          }
        }
      }
    }
    return Statistics.quantile(steps.map(\.move), 0.99)
  }

  /// Gives every column the median of the widths that the last sweep would have liked.
  mutating func shareWidth() {
    let wanted = zip(columns, steps).compactMap { $1.wantedSigma.isFinite && $0.amplitude > 0 ? $1.wantedSigma : nil }
    guard wanted.count > 2 else { return }
    // In small steps: wider columns on a lower background look much alike, and a long step would not come back.
    let step = min(max(Statistics.median(wanted), 0.93 * sigma), 1.07 * sigma)
    sigma = min(max(step, 0.4 * startSigma), 2.2 * startSigma)
    for i in columns.indices {
      (columns[i].p, columns[i].q, columns[i].r) = (1 / (sigma * sigma), 0, 1 / (sigma * sigma))
    }
    renderResidual()
  }

  /// Moves what the residual has in common over wide areas into the background. Pixels between columns count most:
  /// on the columns, their heights have already taken up part of the background's error.
  mutating func updateBackground(sigma: Double) {
    let typical = Float(Statistics.median(columns.map(\.amplitude)))
    let (image, residual, background, measured) = (image, residual, background, weightsOfMeasured)
    let weights = concurrentRows(width: image.width, height: image.height, of: Float(0)) { y, row in
      for x in 0..<row.count {
        let i = y * row.count + x
        let height = image.values[i] - residual.values[i] - background.values[i]
        let ratio = height / (0.2 * typical)
        row[x] = measured.values[i] * max(0.02, 1 / (1 + ratio * ratio))
      }
    }
    let correction = GaussianFilter.broadlySmoothed(residual, weights: weights, sigma: sigma)
    for i in correction.values.indices {
      self.background.values[i] += correction.values[i]
      self.residual.values[i] -= correction.values[i]
    }
  }

  /// Estimates the variance of a pixel as a linear function of the model's intensity, from the squared residuals in
  /// bins of equal population.
  mutating func updateNoise() {
    let stride = max(1, image.count / 40_000)
    var samples: [(intensity: Double, square: Double)] = []
    for i in Swift.stride(from: 0, to: image.count, by: stride) where weightsOfMeasured.values[i] > 0 {
      let r = Double(residual.values[i])
      samples.append((Double(image.values[i]) - r, r * r * Double(weightsOfMeasured.values[i])))
    }
    if let line = varianceLine(samples) { (constantVariance, gain) = line }
  }

  /// Image minus background minus all columns, from scratch.
  private mutating func renderResidual() {
    let (width, height, radius) = (image.width, image.height, reach)
    var fresh = zip(image.values, background.values).map { $0 - $1 }
    for column in columns {
      column.forEachPixel(radius: radius, width: width, height: height) { index, _, _, value in
        fresh[index] -= Float(value)
      }
    }
    residual.values = fresh
  }

  func outcome(sweeps: Int, lastMove: Double) -> ColumnFit.Outcome {
    ColumnFit.Outcome(
      columns: columns, amplitudeErrors: steps.map(\.amplitudeError), positionErrors: steps.map(\.positionError),
      background: background, residual: residual, constantVariance: constantVariance, gain: gain, sweeps: sweeps,
      lastMove: lastMove)
  }
}

/// The smallest value in a square window around each pixel (van Herk's two passes would save little at these sizes).
private func slidingMinimum(_ image: Raster<Float>, reach: Int) -> Raster<Float> {
  let (width, height) = (image.width, image.height)
  let across = concurrentRows(width: width, height: height, of: Float(0)) { y, row in
    let line = image.values.span.extracting(y * width..<(y + 1) * width)
    for x in 0..<width {
      var low = line[x]
      for u in max(0, x - reach)...min(width - 1, x + reach) { low = min(low, line[u]) }
      row[x] = low
    }
  }
  return concurrentRows(width: width, height: height, of: Float(0)) { y, row in
    let source = across.values.span
    for x in 0..<width { row[x] = source[y * width + x] }
    for v in max(0, y - reach)...min(height - 1, y + reach) {
      let line = source.extracting(v * width..<(v + 1) * width)
      for x in 0..<width { row[x] = min(row[x], line[x]) }
    }
  }
}
