import TesseraNumerics
import TesseraStructure
import Testing

struct `Texture of a support` {
  /// Columns of a square lattice in x < 300, a tenth as high from there to 600, and beyond a disordered support as faint.
  private func scene(seed: UInt64) -> (places: [Point], heights: [Double], columns: Int) {
    var random = RandomSource(seed: seed)
    var places: [Point] = []
    for row in 0..<60 {
      for column in 0..<60 { places.append(Point(5 + 10 * Double(column), 5 + 10 * Double(row))) }
    }
    let columns = places.count
    for _ in 0..<20000 {
      let place = Point(607 + 293 * random.uniform(), 600 * random.uniform())
      // Maxima of noise keep a distance, too.
      let room = places.suffix(from: columns).allSatisfy { ($0 - place).length > 7 }
      if room { places.append(place) }
    }
    let heights = places.indices.map { k in
      (k < columns && places[k].x < 300 ? 1 : 0.1) * (1 + 0.2 * random.gaussian())
    }
    return (places, heights, columns)
  }

  private func separation(of places: [Point], heights: [Double]) -> SupportTexture.Separation {
    SupportTexture().separation(
      of: places, heights: heights, strengths: ColumnFinder.localStrength(places, heights), width: 900, height: 600)
  }

  @Test(arguments: 1...3) func `is told from thin parts of the crystal, which are as faint`(seed: Int) {
    let scene = scene(seed: UInt64(seed))
    let isTexture = separation(of: scene.places, heights: scene.heights).isTexture
    let support = isTexture.suffix(from: scene.columns)
    #expect(support.count > 1000)
    #expect(Double(support.count { $0 }) > 0.95 * Double(support.count))
    // A row or two of the crystal's thin edge has mostly texture around it.
    #expect(isTexture.prefix(scene.columns).count { $0 } < 40)
  }

  @Test func `is not seen where everything is as high`() {
    let scene = scene(seed: 4)
    let alike = scene.places.map { _ in 1.0 }
    let separation = separation(of: scene.places, heights: alike)
    #expect(!separation.isTexture.contains(true) && separation.limit == 0)
    #expect(self.separation(of: [], heights: []).isTexture.isEmpty)
  }
}
