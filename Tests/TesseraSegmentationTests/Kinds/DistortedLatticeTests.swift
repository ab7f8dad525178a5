import TesseraImaging
import TesseraNumerics
import TesseraSegmentation
import TesseraSimulation
import Testing

struct `One lattice that the scan has distorted` {
  /// A crystal whose right half is stretched: a gap lies between the descriptors, and there is one pattern up to 3 % and two above.
  @Test(.slow, arguments: [(2.5, 1), (5, 2), (6, 2)] as [(Double, Int)])
  func `is one pattern, up to its limit`(percent: Double, patterns: Int) throws {
    let whole = try simulated("square", seed: 3) { ($0.width, $0.height) = (1000, 768) }.micrograph.pixels
    var image = Raster<Float>(width: 768, height: 768, filling: 0)
    for y in 0..<768 {
      for x in 0..<768 {
        // Along x from the middle on.
        let u = x < 384 ? Double(x) : 384 + Double(x - 384) * (1 + percent / 100)
        let left = Int(u)
        let share = Float(u - Double(left))
        image[x, y] = whole[left, y] * (1 - share) + whole[left + 1, y] * share
      }
    }
    let found = try Segmenter().segmentation(of: image, spacing: 24)
    #expect(found.patterns.count == patterns && found.joins.allSatisfy { $0.strain < 0.04 })
  }

  /// The null: another lattice is another pattern, however its autocorrelation is distorted.
  @Test(.slow) func `is not what another lattice is`() throws {
    for (name, seed) in [("two-lattices", 33), ("twin", 61), ("grains", 34)] as [(String, UInt64)] {
      #expect(
        try Segmenter().segmentation(of: simulated(name, seed: seed).micrograph.pixels, spacing: 22).patterns.count == 2
      )
    }
  }
}
