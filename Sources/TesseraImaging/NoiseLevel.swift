import TesseraNumerics

/// The standard deviation of white noise in an image, from its second differences, which smooth content hardly
/// reaches: sqrt(pi / 2) mean |I * M| / 6, M = [1 -2 1; -2 4 -2; 1 -2 1]. Source: Immerkaer, CVIU 64 (1996) 300; the
/// largest hundredth is left out (labels, dead pixels). A mean, not a median: with few counts most differences are zero
/// while the noise sits on the columns. Content sharper than about two pixels adds to it.
public func noiseLevel(of image: Raster<Float>) -> Double {
  let (width, height) = (image.width, image.height)
  guard width > 2, height > 2 else { return 0 }
  // A quarter of a million differences settle the median to a few parts in a thousand.
  let stride = max(1, Int((Double(width * height) / 250_000).squareRoot()))
  var differences: [Float] = []
  for y in Swift.stride(from: 1, to: height - 1, by: stride) {
    for x in Swift.stride(from: 1, to: width - 1, by: stride) {
      let i = y * width + x
      let v = image.values
      let rows = v[i - width - 1] - 2 * v[i - width] + v[i - width + 1] + v[i + width - 1] - 2 * v[i + width]
      let value = rows + v[i + width + 1] - 2 * (v[i - 1] - 2 * v[i] + v[i + 1])
      if value.isFinite { differences.append(abs(value)) }
    }
  }
  let count = differences.count * 99 / 100
  if count > 0 { Statistics.select(count, in: &differences) }
  let kept = differences.prefix(count)
  // The mean absolute value of a normal distribution without its largest hundredth is 0.7768 standard deviations.
  return Statistics.mean(Array(kept)) / 0.7768 / 6
}
