import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure
import Testing

struct `Faint columns that stand alone` {
  /// Maxima of white noise seen through a Gaussian, counted.
  @Test func `are as many in noise as Adler says`() {
    var random = RandomSource(seed: 5)
    let (side, sigma) = (768, 3.0)
    let white = Raster(width: side, height: side, values: (0..<side * side).map { _ in Float(random.gaussian()) })
    let smooth = GaussianFilter.smoothed(white, sigma: sigma)
    let deviation = Statistics.deviation(smooth.values.map(Double.init))
    let maxima = LocalMaxima.indices(in: smooth, reach: 1).map { Double(smooth.values[$0]) / deviation }
    let noise = NoiseMaxima(area: Double(side * side), throughGaussian: sigma)
    for height in [2.5, 3.0] {
      let expected = noise.expectedCount(above: height)
      #expect(
        abs(Double(maxima.count { $0 > height }) - expected) < 4 * expected.squareRoot(), "\(height): \(expected)")
    }
    #expect(abs(noise.expectedCount(above: noise.height(exceededBy: 7)) - 7) < 1e-6)
  }

  /// A lattice of 10 x 10 columns, 20 pixels apart, and faint places far from it.
  @Test func `are left out unless there are more of them than noise gives`() {
    let lattice = (0..<100).map { Point(400 + 20 * Double($0 % 10), 400 + 20 * Double($0 / 10)) }
    var random = RandomSource(seed: 6)
    func faint(_ count: Int) -> [Point] {
      (0..<count).map { _ in
        Point(600 + 1400 * Double.random(in: 0...1, using: &random), 2000 * .random(in: 0...1, using: &random))
      }
    }
    let test = LoneColumns(width: 2000, height: 2000, sigma: 4, spacing: 20)
    // Columns of the lattice are as faint as the rest, which is 3.2 to 3.6 deviations high.
    func heights(_ count: Int) -> [Double] { (0..<count).map { 3.2 + 0.4 * Double($0 % 10) / 10 } }
    let few = faint(40)
    let chance = test.areChance(lattice + few, evidence: heights(140))
    #expect(chance.prefix(100).allSatisfy { !$0 })
    #expect(chance.dropFirst(100).count { $0 } >= 38)
    // Noise has some 150 of them, so 900 are something else; and what is high stands.
    #expect(test.areChance(faint(900), evidence: heights(900)).allSatisfy { !$0 })
    #expect(test.areChance(few, evidence: few.map { _ in 6 }).allSatisfy { !$0 })
  }

  /// Seventeen columns in 1,200 x 1,200 pixels of noise. Few maxima of noise are so high that they stand by their height, or seem to be the rim of the
  /// crystal; without the test there were up to 152 in one image.
  @Test(.slow) func `of mostly empty images are few`() throws {
    var count = 0
    for seed in 7...10 as ClosedRange<UInt64> {
      var random = RandomSource(seed: seed)
      let side = 1200
      let noise = (0..<side * side).map { _ in Float(0.03 * random.gaussian()) }
      var image = Raster(width: side, height: side, values: noise)
      for index in 0..<17 {
        let (x, y) = (300 + 40 * (index % 4), 300 + 40 * (index / 4))
        for v in y - 20...y + 20 {
          for u in x - 20...x + 20 { image[u, v] += Float(exp(-Double((u - x) * (u - x) + (v - y) * (v - y)) / 32)) }
        }
      }
      let prepared = try Preparation().prepared(Micrograph(name: "island", pixels: image))
      count += try ColumnFinder().found(in: prepared, name: "island").sites.columnCount
    }
    #expect((4 * 17...4 * 17 + 8).contains(count), "\(count)")
  }
}
