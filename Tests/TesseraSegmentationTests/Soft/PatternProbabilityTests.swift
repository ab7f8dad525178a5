import TesseraImaging
import TesseraNumerics
import TesseraSegmentation
import TesseraSimulation
import Testing

/// Mean of the largest probability, and share of the pixels whose most probable pattern is the true one, over some pixels.
private func reliability(
  _ maps: [Raster<Float>], _ truth: Raster<UInt16>, where isChosen: (Int) -> Bool
) -> (stated: Double, right: Double) {
  let count = maps.count
  let best = truth.values.indices.map { index in
    (0..<count).reduce(0) { maps[$1].values[index] > maps[$0].values[index] ? $1 : $0 }
  }
  var overlaps = [[Int]](repeating: [Int](repeating: 0, count: count + 1), count: count)
  for index in best.indices { overlaps[best[index]][Int(truth.values[index])] += 1 }
  let names = overlaps.map { row in row.indices.max { row[$0] < row[$1] }! }
  let places = best.indices.filter(isChosen)
  return (
    places.reduce(0.0) { $0 + Double(maps[best[$1]].values[$1]) } / Double(places.count),
    Double(places.count { names[best[$0]] == Int(truth.values[$0]) }) / Double(places.count)
  )
}

struct `Probabilities of patterns` {
  @Test(
    .slow, arguments: [("two-lattices", 51), ("three-phases", 52), ("amorphous-crystal", 53)] as [(String, UInt64)])
  func `are the shares of right pixels, near boundaries and away from them`(name: String, seed: UInt64) throws {
    let made = try simulated(name, seed: seed)
    let found = try Segmenter().segmentation(of: made.micrograph.pixels, spacing: 22)
    let truth = try #require(made.scene.labels)
    let maps = found.probabilities.maps()
    #expect(maps.count == found.patterns.count)
    for index in stride(from: 0, to: truth.count, by: 97) {
      #expect(abs(maps.reduce(0) { $0 + $1.values[index] } - 1) < 1e-4)
    }
    let distance = distanceToBoundary(of: truth)
    let near = reliability(maps, truth) { distance.values[$0] <= 24 }
    #expect(near.stated > 0.7 && near.stated < 0.98 && abs(near.stated - near.right) < 0.07, "\(near)")
    let far = reliability(maps, truth) { distance.values[$0] > 72 }
    #expect(far.stated > 0.99 && far.right > 0.99, "\(far)")
    let entropy = found.probabilities.entropy()
    #expect(entropy.width == found.field.grid.columns && entropy.values.allSatisfy { $0 >= 0 && $0 < 2 })
  }

  /// The null: two halves of one crystal are patterns of which neither is probable.
  @Test(.slow) func `of a division that no gap speaks for are low`() throws {
    var segmenter = Segmenter()
    segmenter.finder.count = 2
    let image = try simulated("hexagonal", seed: 1).micrograph.pixels
    let maps = try segmenter.segmentation(of: image, spacing: 21).probabilities.maps()
    let largest = maps[0].values.indices.map { max(maps[0].values[$0], maps[1].values[$0]) }
    #expect(Statistics.mean(largest) < 0.9)
  }

  @Test(.slow) func `of what is none of the patterns sum to less than one`() throws {
    let own = try Segmenter().segmentation(of: try simulated("two-lattices", seed: 51).micrograph.pixels, spacing: 22)
    let other = try simulated("two-lattices", seed: 2).micrograph.pixels
    let found = try Segmenter().segmentation(of: other, by: own.model)
    let sums = found.probabilities.maps().reduce([Float](repeating: 0, count: other.count)) {
      zip($0, $1.values).map(+)
    }
    #expect(found.unknownFraction > 0.9 && Statistics.mean(sums) < 0.2)
  }
}
