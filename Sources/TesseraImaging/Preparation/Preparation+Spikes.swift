import TesseraNumerics

/// Single outlying pixels, as X-rays leave them.
extension Preparation {
  /// Replaces lone spikes by the median of their neighbours; returns how many.
  func removeSpikes(from image: inout Raster<Float>, where measured: Raster<Bool>) -> Int {
    let noise = noiseLevel(of: image.blanked(where: measured))
    guard noise > 0 else { return 0 }
    // The summit of a clean column stands above its neighbours too, but not by half of what columns rise by.
    let stride = max(1, image.count / 50_000)
    let sample = Swift.stride(from: 0, to: image.count, by: stride).map { image.values[$0] }.sorted()
    let rise = Statistics.quantile(sorted: sample, 0.99) - Statistics.quantile(sorted: sample, 0.5)
    let (width, height, limit) = (image.width, image.height, max(Float(spikeThreshold * noise), rise / 2))
    let source = image
    let candidates = concurrentMap(count: height) { y -> [(Int, Float)] in
      guard y > 0, y + 1 < height else { return [] }
      let v = source.values.span
      var row: [(Int, Float)] = []
      for x in 1..<width - 1 {
        let i = y * width + x
        let bound = v[i] - limit
        if v[i - 1] > bound || v[i + 1] > bound || v[i - width] > bound || v[i + width] > bound { continue }
        let ring = [
          v[i - width - 1], v[i - width], v[i - width + 1], v[i - 1], v[i + 1], v[i + width - 1], v[i + width],
          v[i + width + 1],
        ]
        if ring.allSatisfy({ $0 < bound }) { row.append((i, Statistics.median(ring))) }
      }
      return row
    }.flatMap { $0 }
    guard !candidates.isEmpty else { return 0 }
    // A few counts among none are no spike: what counts is how far the pixel lies above the mean of its neighbours once the
    // noise is made the same everywhere (Anscombe, Biometrika 35 (1948) 246, with a constant added to the variance).
    let model = NoiseModel(of: image, measured: measured)
    let (gain, constant) = (model.gain, max(0, model.constantVariance))
    func stabilised(_ value: Double) -> Double {
      gain * Double(rise) > 1e-6 * constant
        ? 2 / gain * max(0, gain * value + 0.375 * gain * gain + constant).squareRoot() : value / constant.squareRoot()
    }
    let found = candidates.filter { index, _ in
      let mean = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1]
        .reduce(0.0) { $0 + Double(source.values[index + $1]) / 8 }
      return stabilised(Double(source.values[index])) - stabilised(mean) > spikeThreshold
    }
    // Many "spikes" are the image's own contrast (columns of one pixel), not X-rays.
    guard found.count * 1000 < image.count else { return 0 }
    for (index, value) in found { image.values[index] = value }
    return found.count
  }
}
