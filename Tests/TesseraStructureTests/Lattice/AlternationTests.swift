import TesseraNumerics
import TesseraStructure
import Testing

struct `Columns that stand off in turns` {
  /// Rows of columns 16 px apart, every second of which is displaced along y, with noise.
  private func columns(displaced: Double, noise: Double = 0.1, stretch: Double = 0) -> [Point] {
    var random = RandomSource(seed: 3)
    return (0..<16 * 16).map { index in
      let (i, j) = (Double(index % 16), Double(index / 16))
      let side = index % 2 == 0 ? -displaced : displaced
      return Point(
        8 + 16 * i * (1 + stretch * i) + noise * random.gaussian(), 8 + 16 * j + side + noise * random.gaussian())
    }
  }

  private func cell(_ positions: [Point]) throws -> [Double] {
    let lattice = try #require(
      LatticeFinder().lattice(of: positions, heights: positions.map { _ in 1 }, width: 272, height: 272))
    return [lattice.grid.u.length, lattice.grid.v.length].sorted()
  }

  @Test func `have a cell of twice the length`() throws {
    let found = try cell(columns(displaced: 0.8))
    #expect(abs(found[0] - 16) < 0.1 && abs(found[1] - 32) < 0.1, "\(found)")
  }

  @Test(arguments: [0, 0.002]) func `are not seen in noise or in strain`(stretch: Double) throws {
    let found = try cell(columns(displaced: 0, noise: 0.4, stretch: stretch))
    #expect(found.allSatisfy { abs($0 - 16) < 1 }, "\(found)")
  }
}
