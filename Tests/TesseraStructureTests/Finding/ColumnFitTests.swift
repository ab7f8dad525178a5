import Foundation
import TesseraFitting
import TesseraImaging
import TesseraNumerics
import TesseraStructure
import Testing

/// An image of round Gaussians on a constant background, with Poisson noise unless `seed` is nil.
private func drawn(
  _ places: [Point], counts: Double, sigma: Double, background: Double, side: Int, seed: UInt64?
) -> Raster<Float> {
  var mean = [Double](repeating: background, count: side * side)
  let height = counts / (2 * .pi * sigma * sigma)
  let reach = Int(6 * sigma) + 1
  for place in places {
    for y in max(0, Int(place.y) - reach)...min(side - 1, Int(place.y) + reach) {
      for x in max(0, Int(place.x) - reach)...min(side - 1, Int(place.x) + reach) {
        let (dx, dy) = (Double(x) - place.x, Double(y) - place.y)
        mean[y * side + x] += height * exp(-(dx * dx + dy * dy) / (2 * sigma * sigma))
      }
    }
  }
  var random = RandomSource(seed: seed ?? 1)
  return Raster(width: side, height: side, values: mean.map { Float(seed == nil ? $0 : Double(random.poisson($0))) })
}

private func fit(
  _ image: Raster<Float>, at places: [Point], shape: ColumnFit.Shape, noise: ColumnFit.Noise = .poisson,
  background: ColumnFit.Background = .constant
) throws -> ColumnFinder.Found {
  var preparation = Preparation()
  (preparation.contrast, preparation.masksLabels, preparation.spikeThreshold) = (.bright, false, 0)
  var finder = ColumnFinder()
  (finder.fit.shape, finder.fit.noise, finder.fit.background) = (shape, noise, background)
  return try finder.fitted(
    at: places, in: preparation.prepared(Micrograph(name: "test", pixels: image)), name: "test")
}

/// Places on a square grid, each off by up to half a pixel.
private func grid(_ across: Int, spacing: Double, seed: UInt64) -> [Point] {
  var random = RandomSource(seed: seed)
  return (0..<across * across).map { k in
    Point(
      (Double(k % across) + 0.5) * spacing + random.uniform() - 0.5,
      (Double(k / across) + 0.5) * spacing + random.uniform() - 0.5)
  }
}

/// The covariance of the unknowns (x, y, height of each column, then the background) by a dense Fisher matrix.
private func denseCovariance(
  _ places: [Point], counts: Double, sigma: Double, background: Double, side: Int
) -> [[Double]] {
  let height = counts / (2 * .pi * sigma * sigma)
  let n = 3 * places.count + 1
  var matrix = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
  for y in 0..<side {
    for x in 0..<side {
      var (slopes, mean) = ([Double](), background)
      for place in places {
        let (dx, dy) = (Double(x) - place.x, Double(y) - place.y)
        let g = height * exp(-(dx * dx + dy * dy) / (2 * sigma * sigma))
        mean += g
        slopes += [g * dx / (sigma * sigma), g * dy / (sigma * sigma), g / height]
      }
      slopes.append(1)
      for a in 0..<n { for b in 0..<n { matrix[a][b] += slopes[a] * slopes[b] / mean } }
    }
  }
  // Gauss and Jordan.
  var inverse = (0..<n).map { i in (0..<n).map { $0 == i ? 1.0 : 0 } }
  for i in 0..<n {
    let pivot = matrix[i][i]
    for j in 0..<n { (matrix[i][j], inverse[i][j]) = (matrix[i][j] / pivot, inverse[i][j] / pivot) }
    for k in 0..<n where k != i {
      let factor = matrix[k][i]
      for j in 0..<n {
        matrix[k][j] -= factor * matrix[i][j]
        inverse[k][j] -= factor * inverse[i][j]
      }
    }
  }
  return inverse
}

struct `Column fit` {
  @Test func `knows a lone column as well as its counts allow`() throws {
    // Without background each of N counts tells the place with standard deviation sigma: sigma / sqrt(N) together.
    let (counts, sigma) = (20_000.0, 4.0)
    let place = Point(40.3, 39.6)
    let found = try fit(
      drawn([place], counts: counts, sigma: sigma, background: 0, side: 80, seed: 3), at: [Point(41, 39)],
      shape: .shared)
    let limit = sigma / counts.squareRoot()
    // Weights stop growing in the tails, at a hundredth of the summit, which holds 5 % of the information.
    #expect(abs(found.positionErrors[0].x / limit - 1) < 0.06)
    #expect(abs(found.positionErrors[0].y / limit - 1) < 0.06)
    #expect((found.sites[0].position - place).length < 4 * limit)
    #expect(abs(found.sites[0].intensity / counts - 1) < 0.04)
  }

  @Test func `recovers columns without noise`() throws {
    let places = [Point(30.2, 30.4), Point(34.9, 31.1), Point(60, 58.5)]
    for shape in ColumnFit.Shape.allCases {
      let image = drawn(places, counts: 10_000, sigma: 3, background: 4, side: 90, seed: nil)
      let found = try fit(image, at: places.map { $0 + Point(0.6, -0.5) }, shape: shape)
      for (site, place) in zip(found.sites.sites, places) {
        // Windows end at four standard deviations, where 3e-4 of the height is left.
        #expect((site.position - place).length < 2e-3, "\(shape)")
        #expect(abs(site.sigmaMajor - 3) < 0.01 && abs(site.sigmaMinor - 3) < 0.01, "\(shape)")
        #expect(abs(site.intensity / 10_000 - 1) < 5e-3, "\(shape)")
      }
    }
  }

  @Test func `marginalises overlapping neighbours and the background`() throws {
    let places = [Point(38.2, 40.1), Point(42.6, 41.3)]  // 1.5 standard deviations apart.
    let (counts, sigma, background) = (20_000.0, 3.0, 30.0)
    let image = drawn(places, counts: counts, sigma: sigma, background: background, side: 80, seed: nil)
    let found = try fit(image, at: places, shape: .shared)
    let dense = denseCovariance(places, counts: counts, sigma: sigma, background: background, side: 80)
    for k in 0..<2 {
      let accuracy = found.accuracies[k]
      // The common width, which two columns must tell too, adds to the height and along the pair.
      #expect(abs(accuracy.position.x / dense[3 * k][3 * k].squareRoot() - 1) < 0.12)
      #expect(abs(accuracy.position.y / dense[3 * k + 1][3 * k + 1].squareRoot() - 1) < 0.05)
      #expect(accuracy.amplitude > 0.98 * dense[3 * k + 2][3 * k + 2].squareRoot())
      // Alone, the place would be known to sigma / sqrt(N) and a little: the neighbour costs far more.
      #expect(accuracy.position.x > 1.3 * sigma / counts.squareRoot())
    }
  }

  @Test(arguments: [(ColumnFit.Shape.shared, 300.0), (.round, 1000.0), (.elliptical, 3000.0)])
  func `has errors of the size it states`(shape: ColumnFit.Shape, counts: Double) throws {
    let sigma = 2.5
    let places = grid(18, spacing: 20, seed: 7)
    let image = drawn(
      places, counts: counts, sigma: sigma, background: 0.1 * counts / (2 * .pi * sigma * sigma), side: 360, seed: 11)
    for (noise, background) in [(ColumnFit.Noise.poisson, ColumnFit.Background.constant), (.auto, .smooth)] {
      let found = try fit(
        image, at: places.map { $0 + Point(0.4, -0.3) }, shape: shape, noise: noise, background: background)
      var (moved, heights, sums): ([Double], [Double], [Double]) = ([], [], [])
      for (k, place) in places.enumerated() {
        let (site, accuracy) = (found.sites[k], found.accuracies[k])
        let offset = site.position - place
        moved += [offset.x / accuracy.position.x, offset.y / accuracy.position.y]
        heights.append((site.amplitude - counts / (2 * .pi * sigma * sigma)) / accuracy.amplitude)
        sums.append((site.intensity - counts) / accuracy.intensity)
      }
      // 648 pulls of places and 324 of the others: a standard error of 3 and 4 %.
      #expect(abs(Statistics.deviation(moved) - 1) < 0.1, "\(shape) \(noise)")
      #expect(abs(Statistics.deviation(heights) - 1) < 0.13, "\(shape) \(noise)")
      #expect(abs(Statistics.deviation(sums) - 1) < 0.13, "\(shape) \(noise)")
      #expect(abs(Statistics.median(found.accuracies.map(\.quality)) - 1) < 0.05)
    }
  }

  @Test func `solves pairs one and a half deviations apart, across tiles too`() throws {
    var random = RandomSource(seed: 4)
    let (counts, sigma) = (3000.0, 3.0)
    let places = grid(14, spacing: 30, seed: 2).flatMap { centre -> [Point] in
      let angle = 2 * Double.pi * random.uniform()
      let half = Point(cos(angle), sin(angle)) * (0.75 * sigma)
      return [centre - half, centre + half]
    }
    let image = drawn(places, counts: counts, sigma: sigma, background: 5, side: 420, seed: 5)
    let found = try fit(image, at: places, shape: .shared)
    let pulls = places.indices.flatMap { k -> [Double] in
      let offset = found.sites[k].position - places[k]
      return [offset.x / found.positionErrors[k].x, offset.y / found.positionErrors[k].y]
    }
    #expect(abs(Statistics.deviation(pulls) - 1) < 0.1)
    #expect(abs(Statistics.mean(pulls)) < 0.12)
  }

  @Test func `flags what is no Gaussian, and nothing else`() throws {
    let places = grid(8, spacing: 30, seed: 3)
    let (counts, sigma) = (5000.0, 3.0)
    // One place holds two columns that are fitted as one.
    let image = drawn(
      places + [places[27] + Point(4, 3)], counts: counts, sigma: sigma, background: 5, side: 240, seed: 9)
    let found = try fit(image, at: places, shape: .round)
    #expect(found.accuracies[27].flag == .misfit)
    #expect(found.accuracies[27].quality > 3)
    #expect(found.accuracies.indices.filter { $0 != 27 }.allSatisfy { found.accuracies[$0].flag == nil })
  }

  @Test func `says the same on any number of threads`() throws {
    let places = grid(12, spacing: 14, seed: 6)
    let image = drawn(places, counts: 500, sigma: 3, background: 1, side: 170, seed: 8)
    let one = try Workers.$limit.withValue(1) { try fit(image, at: places, shape: .round) }
    let three = try Workers.$limit.withValue(3) { try fit(image, at: places, shape: .round) }
    #expect(one.sites == three.sites && one.accuracies == three.accuracies)
  }

  @Test func `says so when no place lies in the image`() {
    let image = drawn([Point(20, 20)], counts: 500, sigma: 3, background: 1, side: 40, seed: 8)
    #expect(throws: DataError.self) { try fit(image, at: [Point(400, 20)], shape: .round) }
    #expect(throws: DataError.self) { try fit(image, at: [], shape: .round) }
    // Too far for whole numbers, and for a table of tiles.
    for place in [Point(1e300, 20), Point(20, -1e9), Point(.nan, 20)] {
      #expect(throws: DataError.self) { try fit(image, at: [Point(20, 20), place], shape: .round) }
    }
  }
}
