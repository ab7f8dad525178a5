import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSimulation

/// How a training image is taken: everything that lies under and over the columns, and the noise, drawn by chance.
struct TrainingExposure {
  let side: Int
  let sigma: Double
  /// Standard deviation of the film's texture, relative to a heavy column.
  let texture: Double
  /// Factor of the columns' heights at each pixel.
  let thickness: Raster<Float>
  /// Counts of a heavy column's peak, and the variance in counts of the noise that does not depend on them.
  private let counts: Double
  private let constantVariance: Double
  private let isPoisson: Bool
  private let background, contamination: Double

  init(side: Int, sigma: Double, texture: Double, random: inout RandomSource) {
    (self.side, self.sigma, self.texture) = (side, sigma, texture)
    let depth = random.uniform() < 0.6 ? 0 : 0.5 * random.uniform()
    thickness =
      depth > 0
      ? Self.landscape(side: side, width: Double(side) * (0.15 + 0.4 * random.uniform()), random: &random)
        .map { max(0.25, 1 + Float(depth) * $0) } : Raster(width: side, height: side, filling: 1)
    background = 3 * pow(random.uniform(), 2)
    contamination = random.uniform() < 0.3 ? 0 : 1.5 * pow(random.uniform(), 2)
    // The ratio of a heavy column to the noise under a filter of its shape: A sqrt(π) σ / deviation of a pixel.
    let ratio = random.uniform() < 0.1 ? 300 : 4 * pow(25, random.uniform())
    let area = Double.pi * sigma * sigma
    isPoisson = random.uniform() < 0.6
    if isPoisson {
      counts = min(1e5, ratio * ratio * (1 + background) / area)
      constantVariance = random.uniform() < 0.5 ? 0 : counts * 0.5 * random.uniform()
    } else {
      counts = 1
      constantVariance = area / (ratio * ratio)
    }
  }

  /// Ratio of a column to the noise under a filter of its shape.
  ///
  /// - Parameter intensity: of the image without noise at its peak, relative to a heavy column.
  func signalToNoise(height: Double, intensity: Double) -> Double {
    let variance = constantVariance + (isPoisson ? counts * max(0, intensity) : 0)
    return counts * height * Double.pi.squareRoot() * sigma / max(variance, 1e-12).squareRoot()
  }

  /// The image without noise, relative to a heavy column.
  func cleanImage(of columns: [ImagedColumn], random: inout RandomSource) -> Raster<Float> {
    let share = 0.3 * random.uniform()
    let stretch = random.uniform() < 0.5 ? 0 : 1.2 * sigma * random.uniform()
    let direction = 2 * Double.pi * random.uniform()
    let tilt = Point(cos(direction), sin(direction)) * stretch
    let jitter = random.uniform() < 0.6 ? 0 : min(1, 0.2 * sigma) * random.uniform()
    let shifts = (0..<side).map { _ in Point(jitter * random.gaussian(), 0) }
    func drawn(_ width: Double) -> Raster<Float> {
      var renderer = ColumnRenderer(sigma: width, tilt: tilt)
      if jitter > 0 { renderer.shifts = shifts }
      return renderer.image(of: columns, width: side, height: side)
    }
    var image = drawn(sigma)
    if share > 0.05 {
      // A probe's tails: the broad part is twice as wide.
      let broad = drawn(2 * sigma)
      for index in image.values.indices {
        image.values[index] = Float(1 - share) * image.values[index] + Float(share) * broad.values[index]
      }
    }
    // Contamination is wider than a column, or nothing would tell them apart.
    let slowness = max(0.15 * Double(side), 2 * sigma)
    let layer =
      contamination > 0
      ? Self.landscape(side: side, width: slowness * (1 + 2 * random.uniform()), random: &random) : nil
    let film =
      texture > 0 ? Self.landscape(side: side, width: sigma * (0.8 + 0.7 * random.uniform()), random: &random) : nil
    let lowest = layer?.values.min() ?? 0
    let stripes = random.uniform() < 0.08 ? Self.planes(side: side, sigma: sigma, random: &random) : nil
    for index in image.values.indices {
      var value = image.values[index] * thickness.values[index] + Float(background)
      if let layer { value += Float(contamination) * (layer.values[index] - lowest) }
      if let film { value += Float(texture) * film.values[index] }
      if let stripes { value += stripes.values[index] }
      image.values[index] = max(0, value)
    }
    return image
  }

  /// What the detector gives: noise, blur by resampling, streaks of lines, spikes and burned-in marks.
  func detected(_ clean: Raster<Float>, random: inout RandomSource) -> Raster<Float> {
    let deviation = constantVariance.squareRoot()
    var image = clean.map { value in
      let mean = counts * Double(value)
      let counted = isPoisson ? random.poisson(mean) : mean
      return Float(deviation > 0 ? counted + deviation * random.gaussian() : counted)
    }
    if random.uniform() < 0.3 { image = GaussianFilter.smoothed(image, sigma: 0.4 + 0.8 * random.uniform()) }
    let spread = Float(Statistics.deviation(image.values))
    if random.uniform() < 0.15 {
      let streak = 0.3 * spread * Float(random.uniform())
      for y in 0..<side {
        let offset = streak * Float(random.gaussian())
        for x in 0..<side { image[x, y] += offset }
      }
    }
    if random.uniform() < 0.05 {
      for _ in 0..<random.index(below: 12) {
        image[random.index(below: side), random.index(below: side)] += spread * Float(5 + 20 * random.uniform())
      }
    }
    if random.uniform() < 0.06 { burnMark(into: &image, random: &random) }
    return image
  }

  /// Bars and strokes in the brightest grey, like those of a scale bar and its number.
  private func burnMark(into image: inout Raster<Float>, random: inout RandomSource) {
    let brightest = image.values.max() ?? 0
    let (left, top) = (random.index(below: side), random.index(below: side))
    for _ in 0...random.index(below: 6) {
      let (x, y) = (left + random.index(below: side / 3), top + random.index(below: side / 4))
      let isFlat = random.uniform() < 0.5
      let (long, thin) = (3 + random.index(below: side / 4), 1 + random.index(below: 5))
      guard x < side, y < side else { continue }
      for v in y..<min(side, y + (isFlat ? thin : long)) {
        for u in x..<min(side, x + (isFlat ? long : thin)) { image[u, v] = brightest }
      }
    }
  }

  /// Lattice planes without columns: a wave along one direction.
  private static func planes(side: Int, sigma: Double, random: inout RandomSource) -> Raster<Float> {
    let direction = 2 * Double.pi * random.uniform()
    let vector = Point(cos(direction), sin(direction)) * (2 * Double.pi / (sigma * (3 + 3 * random.uniform())))
    let (height, phase) = (0.5 * random.uniform(), 2 * Double.pi * random.uniform())
    var image = Raster<Float>(width: side, height: side, filling: 0)
    for y in 0..<side {
      for x in 0..<side {
        image[x, y] = Float(height * (1 + cos(vector.dot(Point(Double(x), Double(y))) + phase)))
      }
    }
    return image
  }

  /// White noise seen through a Gaussian, of mean 0 and standard deviation 1.
  private static func landscape(side: Int, width: Double, random: inout RandomSource) -> Raster<Float> {
    var noise = Raster<Float>(width: side, height: side, filling: 0)
    for index in noise.values.indices { noise.values[index] = Float(random.gaussian()) }
    let smooth =
      width > 8 ? GaussianFilter.broadlySmoothed(noise, sigma: width) : GaussianFilter.smoothed(noise, sigma: width)
    let mean = Float(Statistics.mean(smooth.values))
    let spread = Float(Statistics.deviation(smooth.values))
    return smooth.map { spread > 0 ? ($0 - mean) / spread : 0 }
  }
}
