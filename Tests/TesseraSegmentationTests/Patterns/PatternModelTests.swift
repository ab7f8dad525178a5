import Foundation
import TesseraNumerics
import TesseraSegmentation
import TesseraSimulation
import Testing

private func simulated(_ name: String, seed: UInt64, counts: Double = 20) throws -> SimulatedMicrograph {
  var options = SimulationOptions()
  (options.width, options.height, options.seed) = (512, 512, seed)
  options.counts = counts
  return try Simulation(specimen: name, options: options).run()
}

/// Share of the pixels farther than two patches from a boundary of the truth whose label is that of the truth, once labels are renamed
/// as `names` says.
private func accuracy(_ found: Raster<UInt16>, _ truth: Raster<UInt16>, names: [UInt16: UInt16]) -> Double {
  var isEdge = truth.map { _ in false }
  for y in 1..<truth.height {
    for x in 1..<truth.width {
      isEdge[x, y] = truth[x - 1, y] != truth[x, y] || truth[x, y - 1] != truth[x, y]
    }
  }
  let distance = DistanceTransform.distances(toWhere: isEdge)
  let inside = truth.values.indices.filter { distance.values[$0] > 60 }
  return Double(inside.count { names[truth.values[$0]] == found.values[$0] }) / Double(inside.count)
}

/// Which label of a segmentation most pixels of each label of the truth have.
private func names(_ found: Raster<UInt16>, _ truth: Raster<UInt16>) -> [UInt16: UInt16] {
  var counts: [UInt16: [UInt16: Int]] = [:]
  for index in truth.values.indices { counts[truth.values[index], default: [:]][found.values[index], default: 0] += 1 }
  return counts.mapValues { $0.max { ($0.value, $1.key) < ($1.value, $0.key) }!.key }
}

struct `Patterns of another image` {
  /// Labels keep their meaning, whatever is the largest in an image.
  @Test(.slow, arguments: [2, 3, 4] as [UInt64]) func `divide images of the same specimen`(seed: UInt64) throws {
    let first = try simulated("two-lattices", seed: 1)
    let own = try Segmenter().segmentation(of: first.micrograph.pixels, spacing: 22)
    #expect(own.patterns.count == 2 && own.unknownFraction == 0)
    let meaning = names(own.labels, try #require(first.scene.labels))
    let other = try simulated("two-lattices", seed: seed, counts: 15)
    let found = try Segmenter().segmentation(of: other.micrograph.pixels, by: own.model)
    #expect(accuracy(found.labels, try #require(other.scene.labels), names: meaning) > 0.98)
    #expect(found.unknownFraction < 0.02)
    #expect(found.model == own.model && found.patterns.map(\.label) == [1, 2])
  }

  @Test func `give the image that they are of the labels that it has`() throws {
    let first = try simulated("two-lattices", seed: 1)
    let own = try Segmenter().segmentation(of: first.micrograph.pixels, spacing: 22)
    let again = try Segmenter().segmentation(of: first.micrograph.pixels, by: own.model)
    let same = zip(own.labels.values, again.labels.values).count { $0 == $1 }
    #expect(Double(same) > 0.99 * Double(own.labels.count))
  }

  /// The null: an image without any of the patterns is none of them.
  @Test(arguments: [1, 2] as [UInt64]) func `are not seen in noise`(seed: UInt64) throws {
    let first = try simulated("two-lattices", seed: 1)
    let own = try Segmenter().segmentation(of: first.micrograph.pixels, spacing: 22)
    var random = RandomSource(seed: seed)
    let noise = Raster(
      width: 512, height: 512, values: (0..<512 * 512).map { _ in Float(100 + 10 * random.gaussian()) })
    let found = try Segmenter().segmentation(of: noise, by: own.model)
    #expect(found.unknownFraction > 0.95)
  }

  @Test func `that are missing have no pixels`() throws {
    let first = try simulated("two-lattices", seed: 1)
    let own = try Segmenter().segmentation(of: first.micrograph.pixels, spacing: 22)
    let truth = try #require(first.scene.labels)
    // The left edge of the image is one lattice in this specimen or the other; the image of one part is cut from it.
    let label = truth[0, 0]
    let width = (0..<truth.width).first { x in (0..<truth.height).contains { truth[x, $0] != label } } ?? 512
    try #require(width > 150)
    let part = first.micrograph.pixels.cropped(x: 0, y: 0, width: width - 20, height: 512)
    let found = try Segmenter().segmentation(of: part, by: own.model)
    let present = try #require(names(own.labels, truth)[label])
    #expect(found.patterns.map { $0.pixels > 0 } == [present == 1, present == 2])
  }

  @Test func `refuse an image smaller than a patch`() throws {
    let first = try simulated("two-lattices", seed: 1)
    let own = try Segmenter().segmentation(of: first.micrograph.pixels, spacing: 22)
    #expect(throws: DataError.self) {
      try Segmenter().segmentation(of: Raster(width: 40, height: 40, filling: 0), by: own.model)
    }
  }
}
