import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSegmentation
import TesseraSimulation
import Testing

/// Parts of one large specimen, each with noise of its own: frames between which the specimen drifts.
private struct Series {
  let pixels: Raster<Float>
  let labels: Raster<UInt16>

  init(_ name: String = "two-lattices", seed: UInt64 = 1) throws {
    var options = SimulationOptions()
    (options.width, options.height, options.seed) = (768, 512, seed)
    options.counts = .infinity
    let made = try Simulation(specimen: name, options: options).run()
    (pixels, labels) = (made.micrograph.pixels, try #require(made.scene.labels))
  }

  /// The part that begins at column `x`, with noise of a share of the range of intensities.
  func frame(x: Int, noise: Double, seed: UInt64) -> (pixels: Raster<Float>, labels: Raster<UInt16>) {
    var random = RandomSource(seed: seed)
    let range = Double(pixels.values.max()! - pixels.values.min()!)
    let part = pixels.cropped(x: x, y: 0, width: 448, height: 512)
      .map { $0 + Float(noise * range * random.gaussian()) }
    return (part, labels.cropped(x: x, y: 0, width: 448, height: 512))
  }
}

/// Distance of each pixel to the nearest line between labels.
private func distances(_ truth: Raster<UInt16>) -> Raster<Float> {
  var isEdge = truth.map { _ in false }
  for y in 1..<truth.height {
    for x in 1..<truth.width {
      isEdge[x, y] = truth[x - 1, y] != truth[x, y] || truth[x, y - 1] != truth[x, y]
    }
  }
  return DistanceTransform.distances(toWhere: isEdge)
}

/// Which label of a segmentation most pixels of each label of the truth have.
private func names(_ found: Raster<UInt16>, _ truth: Raster<UInt16>) -> [UInt16: UInt16] {
  var counts: [UInt16: [UInt16: Int]] = [:]
  for index in truth.values.indices { counts[truth.values[index], default: [:]][found.values[index], default: 0] += 1 }
  return counts.mapValues { $0.max { ($0.value, $1.key) < ($1.value, $0.key) }!.key }
}

struct `Patterns of another image` {
  /// Labels keep their meaning, whatever is the largest in a frame, and where noise is stronger.
  @Test(.slow, arguments: [(60, 0.1), (120, 0.1), (300, 0.15)])
  func `divide other frames of the specimen`(x: Int, noise: Double) throws {
    let series = try Series()
    let first = series.frame(x: 100, noise: 0.1, seed: 1)
    let own = try Segmenter().segmentation(of: first.pixels, spacing: 22)
    #expect(own.patterns.count == 2 && own.unknownFraction == 0)
    let meaning = names(own.labels, first.labels)
    let other = series.frame(x: x, noise: noise, seed: UInt64(x))
    let found = try Segmenter().segmentation(of: other.pixels, by: own.model)
    let distance = distances(other.labels)
    let inside = other.labels.values.indices.filter { distance.values[$0] > 66 }
    let right = inside.count { meaning[other.labels.values[$0]] == found.labels.values[$0] }
    #expect(Double(right) > 0.98 * Double(inside.count))
    #expect(found.unknownFraction < 0.05 && found.mergedPatterns.isEmpty)
    #expect(found.model == own.model && found.patterns.map(\.label) == [1, 2])
  }

  @Test(.slow) func `give the image that they are of the labels that it has`() throws {
    let first = try Series().frame(x: 100, noise: 0.1, seed: 1)
    let own = try Segmenter().segmentation(of: first.pixels, spacing: 22)
    let again = try Segmenter().segmentation(of: first.pixels, by: own.model)
    let same = zip(own.labels.values, again.labels.values).count { $0 == $1 }
    #expect(Double(same) > 0.99 * Double(own.labels.count) && abs(again.gain - 1) < 0.1)
  }

  /// The null: what has none of the patterns is none of them, and what noise hides is not told apart.
  @Test(.slow) func `are not seen where they are not`() throws {
    let series = try Series()
    let own = try Segmenter().segmentation(of: series.frame(x: 100, noise: 0.1, seed: 1).pixels, spacing: 22)
    var random = RandomSource(seed: 9)
    let noise = Raster(
      width: 448, height: 512, values: (0..<448 * 512).map { _ in Float(100 + 10 * random.gaussian()) })
    #expect(try Segmenter().segmentation(of: noise, by: own.model).unknownFraction > 0.95)
    let other = try Series(seed: 2).frame(x: 100, noise: 0.1, seed: 1)
    #expect(try Segmenter().segmentation(of: other.pixels, by: own.model).unknownFraction > 0.9)
    let hidden = series.frame(x: 100, noise: 1.5, seed: 2)
    #expect(try Segmenter().segmentation(of: hidden.pixels, by: own.model).unknownFraction > 0.9)
  }

  /// A crystal is not the amorphous pattern of a model, whatever its descriptor is nearest to, and neither is noise a lattice.
  @Test(.slow) func `are not those of what has another order`() throws {
    let made = try simulated("amorphous-crystal", seed: 53)
    let own = try Segmenter().segmentation(of: made.micrograph.pixels, spacing: 22)
    try #require(Set(own.patterns.map(\.order)) == [.lattice, .none])
    for name in ["square", "hexagonal"] {
      let other = try simulated(name, seed: 4).micrograph.pixels
      let found = try Segmenter().segmentation(of: other, by: own.model)
      for (pattern, known) in zip(found.patterns, own.patterns)
      where Double(pattern.pixels) > 0.02 * Double(other.count) {
        #expect(pattern.order == known.order, "\(name)")
      }
    }
  }

  /// Labels and probabilities follow one rule, and the labels right, where noise is ten times as strong, too.
  @Test(.slow, arguments: [0.1, 0.5, 1.0]) func `have the labels that are most probable`(noise: Double) throws {
    let series = try Series()
    let first = series.frame(x: 100, noise: 0.1, seed: 1)
    let own = try Segmenter().segmentation(of: first.pixels, spacing: 22)
    let meaning = names(own.labels, first.labels)
    let other = series.frame(x: 200, noise: noise, seed: 5)
    let found = try Segmenter().segmentation(of: other.pixels, by: own.model)
    let maps = found.probabilities.maps()
    let distance = distances(other.labels)
    let labelled = found.labels.values.indices.filter { found.labels.values[$0] > 0 && distance.values[$0] > 66 }
    let same = labelled.count { index in
      maps.indices.max { maps[$0].values[index] < maps[$1].values[index] }! + 1 == Int(found.labels.values[index])
    }
    #expect(Double(same) > 0.98 * Double(labelled.count))
    let right = labelled.count { meaning[other.labels.values[$0]] == found.labels.values[$0] }
    #expect(Double(right) > 0.97 * Double(labelled.count))
    #expect(noise > 0.9 || found.unknownFraction < 0.05, "\(found.unknownFraction), gain \(found.gain)")
  }

  @Test(.slow) func `that are missing have no pixels`() throws {
    let series = try Series()
    let first = series.frame(x: 100, noise: 0.1, seed: 1)
    let own = try Segmenter().segmentation(of: first.pixels, spacing: 22)
    // The largest square of one label, about the point that is farthest from all lines and borders.
    let distance = distances(series.labels)
    func room(_ index: Int) -> Int {
      let (x, y) = (index % 768, index / 768)
      return min(Int(distance.values[index] / 1.5), x, y, 767 - x, 511 - y)
    }
    let middle = try #require(series.labels.values.indices.max { room($0) < room($1) })
    let half = room(middle)
    try #require(half > 60)
    let label = series.labels.values[middle]
    let part = series.pixels.cropped(
      x: middle % 768 - half, y: middle / 768 - half, width: 2 * half, height: 2 * half)
    let found = try Segmenter().segmentation(of: part, by: own.model)
    let present = try #require(names(own.labels, first.labels)[label])
    #expect(found.patterns.map { $0.pixels > 0 } == [present == 1, present == 2])
  }

  @Test(.slow) func `refuse an image smaller than a patch`() throws {
    let own = try Segmenter().segmentation(of: Series().frame(x: 100, noise: 0.1, seed: 1).pixels, spacing: 22)
    #expect(throws: DataError.self) {
      try Segmenter().segmentation(of: Raster(width: 40, height: 40, filling: 0), by: own.model)
    }
  }
}
