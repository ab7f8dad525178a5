import Foundation
import TesseraNumerics

/// A layer of hydrocarbon that differs slowly from place to place: white noise seen through a wide Gaussian.
struct Contamination {
  /// Standard deviation of the layer's intensity, relative to the brightest pixel.
  var deviation: Double
  /// Width of its patches as a fraction of the image's shorter side.
  var patch = 0.06

  /// The layer's intensity; its lowest place is 0.
  func layer(in frame: Frame, seed: UInt64) -> Raster<Float> {
    var random = RandomSource(seed: seed, stream: RandomStream.contamination)
    var noise = Raster<Float>(width: frame.width, height: frame.height, filling: 0)
    for index in noise.values.indices { noise.values[index] = Float(random.gaussian()) }
    let transform = FourierTransform(width: frame.width, height: frame.height)
    var spectrum = transform.spectrum(of: noise)
    let sigma = patch * Double(min(frame.width, frame.height))
    spectrum.multiply { fx, fy in Float(exp(-2 * .pi * .pi * sigma * sigma * (fx * fx + fy * fy))) }
    spectrum.values[0] = .zero
    let smooth = transform.image(of: spectrum)
    let spread = Statistics.deviation(smooth.values)
    let lowest = smooth.values.min() ?? 0
    guard spread > 0 else { return noise.map { _ in 0 } }
    return smooth.map { ($0 - lowest) * Float(deviation / spread) }
  }
}
