import TesseraNumerics
import TesseraStructure
import Testing

struct `The lattice of a film` {
  /// Rows of 17 columns, 16 px apart.
  private func film(rows: Int) -> [Point] {
    (0..<17 * rows).map { Point(Double($0 % 17) * 16, 100 + Double($0 / 17) * 16) }
  }

  private func lattice(_ positions: [Point]) -> Lattice? {
    LatticeFinder().filmLattice(
      of: positions, heights: positions.map { _ in 1 }, width: 272, height: 256)
  }

  @Test(arguments: [3, 4]) func `is found from three rows on`(rows: Int) throws {
    let found = try #require(lattice(film(rows: rows)))
    #expect(found.nodes.allSatisfy { $0 != nil })
    #expect(abs(found.grid.u.length - 16) < 1e-6 && abs(found.grid.v.length - 16) < 1e-6)
  }

  @Test func `is not found of two rows`() {
    let found = lattice(film(rows: 2))
    #expect(found == nil)
  }
}
