import Foundation
import TesseraImaging
import TesseraNumerics
import Testing

/// An image of independent normal values.
private func whiteNoise(_ width: Int, _ height: Int, deviation: Double = 1, seed: UInt64 = 1) -> Raster<Float> {
  var source = RandomSource(seed: seed)
  return Raster(
    width: width, height: height, values: (0..<width * height).map { _ in Float(deviation * source.gaussian()) })
}

/// A Gaussian of unit height.
private func blob(_ size: Int, sigma: Double, at centre: Point) -> Raster<Float> {
  var image = Raster<Float>(width: size, height: size, filling: 0)
  for y in 0..<size {
    for x in 0..<size {
      image[x, y] = Float(exp(-(Point(Double(x), Double(y)) - centre).squaredLength / (2 * sigma * sigma)))
    }
  }
  return image
}

struct `Gaussian filters` {
  @Test func `keep a constant and the sum of an image`() {
    let flat = GaussianFilter.smoothed(Raster(width: 20, height: 30, filling: 7), sigma: 2.5)
    #expect(flat.values.allSatisfy { abs($0 - 7) < 1e-4 })
    #expect(GaussianFilter.blobResponse(flat, sigma: 2).values.allSatisfy { abs($0) < 1e-3 })
  }

  /// Smoothing adds variances: a blob of sigma 3 smoothed by 4 has sigma 5 and 9 / 25 of its height.
  @Test func `add variances`() {
    let smooth = GaussianFilter.smoothed(blob(81, sigma: 3, at: Point(40, 40)), sigma: 4)
    #expect(abs(smooth[40, 40] - 9 / 25) < 0.002)
    #expect(abs(Double(smooth[45, 40]) - 9 / 25 * exp(-0.5)) < 0.002)
  }

  /// The scale-normalised response of a blob of sigma s at scale t is 2 s² t² / (s² + t²)²: 1/2 at t = s, its maximum.
  @Test(arguments: [2.0, 3, 5]) func `answer to a blob as theory says`(scale: Double) {
    let response = GaussianFilter.blobResponse(blob(101, sigma: 3, at: Point(50, 50)), sigma: scale)
    let expected = 2 * 9 * scale * scale / pow(9 + scale * scale, 2)
    #expect(abs(Double(response[50, 50]) - expected) < 0.01)
  }

  @Test(arguments: [1.5, 3, 6]) func `answer to white noise as theory says`(scale: Double) {
    let response = GaussianFilter.blobResponse(whiteNoise(256, 256), sigma: scale)
    let deviation = Statistics.deviation(response.values)
    // 256² pixels hold about 256² / (4 pi scale²) independent values.
    let error = scale * (4 * Double.pi).squareRoot() / 256
    #expect(abs(deviation / GaussianFilter.blobResponseNoise(sigma: scale) - 1) < 4 * error + 0.02)
  }

  @Test func `smooth widely at little cost and little error`() {
    var image = Raster<Float>(width: 200, height: 160, filling: 0)
    for y in 0..<160 { for x in 0..<200 { image[x, y] = Float(sin(Double(x) / 40) + cos(Double(y) / 50)) } }
    let (exact, fast) = (
      GaussianFilter.smoothed(image, sigma: 16), GaussianFilter.broadlySmoothed(image, sigma: 16)
    )
    #expect(zip(exact.values, fast.values).allSatisfy { abs($0 - $1) < 0.05 })
  }
}

struct `Local maxima` {
  @Test func `are found once each, on plateaus too`() {
    var image = Raster<Float>(width: 12, height: 10, filling: 0)
    image[3, 4] = 2
    image[8, 5] = 1
    image[9, 5] = 1
    #expect(LocalMaxima.indices(in: image, reach: 2) == [4 * 12 + 3, 5 * 12 + 8])
    #expect(LocalMaxima.indices(in: Raster(width: 9, height: 9, filling: 3), reach: 2).isEmpty)
  }

  @Test func `are refined to the summit of a blob`() {
    let image = blob(21, sigma: 4, at: Point(10.3, 9.8))
    let place = LocalMaxima.subpixel(in: image, x: 10, y: 10)
    #expect((place - Point(10.3, 9.8)).length < 0.02)
  }
}

struct `Noise` {
  @Test func `is measured through smooth content`() {
    var image = whiteNoise(200, 200, deviation: 3)
    for y in 0..<200 { for x in 0..<200 { image[x, y] += Float(50 * sin(Double(x) / 15) * cos(Double(y) / 12)) } }
    #expect(abs(noiseLevel(of: image) / 3 - 1) < 0.03)
  }

  @Test func `of counts grows with their mean`() {
    var source = RandomSource(seed: 4)
    var image = Raster<Float>(width: 300, height: 300, filling: 0)
    for y in 0..<300 { for x in 0..<300 { image[x, y] = Float(source.poisson(20 + 15 * sin(Double(x) / 20))) } }
    let model = NoiseModel(of: image)
    #expect(abs(model.gain - 1) < 0.15)
    #expect(abs(model.variance(at: 20) / 20 - 1) < 0.1)
  }
}

struct `Preparation of micrographs` {
  private func prepared(_ image: Raster<Float>, name: String = "test") throws -> Preparation.Prepared {
    try Preparation().prepared(Micrograph(name: name, pixels: image))
  }

  @Test func `refuses what cannot be analysed`() {
    #expect(throws: DataError.self) { try prepared(Raster(width: 1, height: 1, filling: 1)) }
    #expect(throws: DataError.self) { try prepared(Raster(width: 64, height: 64, filling: 1)) }
    #expect(throws: DataError.self) { try prepared(Raster(width: 64, height: 64, filling: .nan)) }
  }

  @Test func `fills what was not measured`() throws {
    var image = whiteNoise(64, 64)
    image[5, 6] = .nan
    image[50, 20] = .infinity
    let result = try prepared(image)
    #expect(result.image.values.allSatisfy { $0.isFinite })
    #expect(!result.isMeasured[5, 6] && !result.isMeasured[50, 20])
    #expect(result.isMeasured.values.count { !$0 } == 2)
    #expect(!result.warnings.isEmpty)
  }

  @Test func `masks a scale bar and its caption`() throws {
    var image = whiteNoise(256, 256, deviation: 10)
    for y in 230..<236 { for x in 20..<90 { image[x, y] = 255 } }
    for y in 212..<224 { for x in 30..<33 { image[x, y] = 255 } }
    let result = try prepared(image)
    #expect(result.labels.count == 1)
    #expect(!result.isMeasured[50, 233] && !result.isMeasured[31, 218])
    #expect(result.isMeasured[200, 50])
    #expect(try prepared(whiteNoise(256, 256)).labels.isEmpty)
  }

  @Test func `removes lone spikes and keeps columns`() throws {
    var image = blob(64, sigma: 3, at: Point(20, 20)).map { 100 * $0 }
    let noise = whiteNoise(64, 64)
    for i in image.values.indices { image.values[i] += noise.values[i] }
    image[45, 45] = 500
    let result = try prepared(image)
    #expect(result.image[45, 45] < 10)
    #expect(result.image[20, 20] == image[20, 20])
  }

  @Test func `takes no few counts among none for spikes`() throws {
    // Columns of three counts at the summit: most pixels hold none, and a lone pixel of three is chance.
    var random = RandomSource(seed: 3)
    var image = Raster<Float>(width: 256, height: 256, filling: 0)
    for y in 0..<256 {
      for x in 0..<256 {
        let (dx, dy) = (Double(x % 24) - 12, Double(y % 24) - 12)
        image[x, y] = Float(random.poisson(0.02 + 3 * exp(-(dx * dx + dy * dy) / 18)))
      }
    }
    var preparation = Preparation()
    (preparation.contrast, preparation.masksLabels) = (.bright, false)
    let result = try preparation.prepared(Micrograph(name: "counts", pixels: image))
    #expect(result.image == image)
    // An X-ray among them goes nevertheless.
    image[128, 132] = 60
    let cleaned = try preparation.prepared(Micrograph(name: "counts", pixels: image))
    #expect(cleaned.image[128, 132] < 10)
  }

  @Test func `turns dark columns bright, by name or by look`() throws {
    var image = Raster<Float>(width: 120, height: 120, filling: 0)
    for y in 0..<120 {
      for x in 0..<120 {
        let d = Point(Double(x % 20) - 10, Double(y % 20) - 10).squaredLength
        image[x, y] = Float(-exp(-d / 18))
      }
    }
    #expect(try prepared(image).isInverted)
    #expect(try !prepared(image.map { -$0 }).isInverted)
    #expect(try !prepared(image, name: "scan HAADF").isInverted)
  }

  @Test func `lets the detector decide, and a name only where the image does not contradict`() throws {
    var bright = Raster<Float>(width: 120, height: 120, filling: 0)
    for y in 0..<120 {
      for x in 0..<120 {
        let d = Point(Double(x % 20) - 10, Double(y % 20) - 10).squaredLength
        bright[x, y] = Float(exp(-d / 18))
      }
    }
    func isInverted(_ image: Raster<Float>, _ facts: [String: String], name: String = "scan.emd") throws -> Bool {
      try Preparation().prepared(Micrograph(name: name, pixels: image, metadata: facts)).isInverted
    }
    // BiFeO3, a thin film, and the specimen or the user of that name.
    #expect(try !isInverted(bright, [:], name: "BFO-bf-film.dm4"))
    #expect(try !isInverted(bright, ["dataset": "BF", "specimen": "ABF", "operator": "BF"]))
    #expect(try isInverted(bright, ["detector": "BF-S"], name: "HAADF.emd"))
    #expect(try !isInverted(bright.map { -$0 }, ["detector": "DF4"], name: "abf.emd"))
    #expect(try isInverted(bright.map { -$0 }, ["detector": "Ceta"], name: "abf.emd"))
    #expect(try !isInverted(bright, ["detector": "Bright Field, HAADF"]))
  }
}

struct `Patch denoising` {
  @Test func `brings a noisy lattice nearer to the clean one`() {
    var clean = Raster<Float>(width: 160, height: 160, filling: 0)
    for y in 0..<160 {
      for x in 0..<160 { clean[x, y] = Float(cos(2 * .pi * Double(x) / 14) + cos(2 * .pi * Double(y) / 14)) }
    }
    let noise = whiteNoise(160, 160, deviation: 1.5)
    let noisy = Raster(width: 160, height: 160, values: zip(clean.values, noise.values).map { $0 + $1 })
    let result = PatchDenoiser(side: 16).denoised(noisy)
    func error(_ image: Raster<Float>) -> Double {
      Statistics.mean(zip(image.values, clean.values).map { ($0 - $1) * ($0 - $1) })
    }
    #expect(error(result) < 0.1 * error(noisy))
  }

  @Test func `a median is that of the sorted window, and follows a step`() {
    var random = RandomSource(seed: 5)
    let image = Raster(width: 40, height: 30, values: (0..<1200).map { _ in Float(random.gaussian()) })
    let weights = image.map { $0 < 1.5 ? Float(1) : 0 }
    let found = MedianFilter.filtered(image, weights: weights, reach: 4)
    for (x, y) in [(0, 0), (20, 15), (39, 29), (3, 25)] {
      var window: [Float] = []
      for v in max(0, y - 4)...min(29, y + 4) {
        for u in max(0, x - 4)...min(39, x + 4) where weights[u, v] > 0 { window.append(image[u, v]) }
      }
      // Levels are as fine as a thousandth of all values.
      #expect(abs(found[x, y] - window.sorted()[window.count / 2]) < 0.01)
    }
    let step = Raster(width: 200, height: 50, values: (0..<10_000).map { Float($0 % 200 < 100 ? 1 : 7) })
    let broad = MedianFilter.broadlyFiltered(step, reach: 24)
    let blurred = broad.values.indices.count { abs(broad.values[$0] - step.values[$0]) > 0.1 }
    #expect(blurred <= 50 * 6, "no more than a block on both sides")
  }
}
