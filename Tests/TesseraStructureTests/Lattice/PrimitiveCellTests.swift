import TesseraNumerics
import TesseraStructure
import Testing

struct `The cell of a small field` {
  /// Metal and chalcogen columns of a honeycomb in 256 x 256 pixels, places and heights scattered by noise.
  /// - Parameters:
  ///   - share: of the chalcogen columns hold half, at random.
  ///   - brighter: by how much one metal column in three is higher, in order.
  private func lattice(seed: UInt64, share: Double, brighter: Double = 0) -> Lattice? {
    var random = RandomSource(seed: seed)
    let (u, v) = (Point(12.0, 20.78), Point(-12.0, 20.78))
    var (places, heights): ([Point], [Double]) = ([], [])
    for i in -20...20 {
      for j in -20...20 {
        for basis in 0...1 {
          let third = Double(basis) / 3
          let at =
            u * (Double(i) + third) + v * (Double(j) + third)
            + Point(130 + 0.2 * random.gaussian(), 7 + 0.2 * random.gaussian())
          guard at.x > 0, at.y > 0, at.x < 255, at.y < 255 else { continue }
          let isThird = (((i - j) % 3) + 3) % 3 == 0
          let full = basis == 0 ? 19.5 * (isThird ? 1 + brighter : 1) : 14.2 * (random.uniform() < share ? 0.5 : 1)
          places.append(at)
          heights.append(full * (1 + 0.02 * random.gaussian()))
        }
      }
    }
    return LatticeFinder().lattice(of: places, heights: heights, width: 256, height: 256)
  }

  /// Heights of the few, more or fewer along one vector than along another by chance, made cells of six and eight columns.
  @Test func `is no multiple where some columns hold less at random`() throws {
    for seed in UInt64(1)...40 {
      let found = try #require(lattice(seed: seed, share: 0.08))
      #expect(found.basis.count == 2, "seed \(seed): \(found.basis.count) columns per cell")
    }
  }

  @Test(arguments: [0.1, 0.3]) func `is a multiple where columns differ in order`(brighter: Double) throws {
    for seed in UInt64(1)...10 {
      let found = try #require(lattice(seed: seed, share: 0.02, brighter: brighter))
      #expect(found.basis.count == 6, "seed \(seed): \(found.basis.count) columns per cell")
    }
  }
}
