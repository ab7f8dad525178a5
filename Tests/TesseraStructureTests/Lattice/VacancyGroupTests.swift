import TesseraNumerics
import TesseraStructure
import Testing

struct `Empty nodes of a hexagonal lattice` {
  private let u = Point(20, 0)
  private let v = Point(10, 17.32)

  /// The number of empty nodes inside the crystal where those that a condition names are left out, in steps from the middle.
  private func found(without isMissing: (_ i: Int, _ j: Int) -> Bool) throws -> Int {
    var places: [Point] = []
    for j in -9...9 {
      for i in -20...20 where !isMissing(i, j) {
        let place = Point(160, 160) + Double(i) * u + Double(j) * v
        if (0..<320).contains(place.x), (0..<320).contains(place.y) { places.append(place) }
      }
    }
    let lattice = try #require(
      LatticeFinder().lattice(of: places, heights: places.map { _ in 1 }, width: 320, height: 320))
    return VacantNodes().nodes(
      of: Grains(lattice), positions: places, width: 320, height: 320,
      isMeasured: Raster(width: 320, height: 320, filling: true)
    ).count
  }

  /// Two of the four have three empty nodes beside them.
  @Test func `are four where four hang together`() throws {
    #expect(try found { (0...1).contains($0) && (0...1).contains($1) } == 4)
  }

  @Test func `are a hole where there are many, of which most count for nothing`() throws {
    #expect(try found { (-2...2).contains($0) && (-2...2).contains($1) } < 5)
  }
}
