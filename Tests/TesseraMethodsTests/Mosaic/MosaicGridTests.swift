import TesseraMethods
import Testing

@Suite struct `Tiles of an image` {
  @Test(arguments: [(1000, 700, 256), (256, 256, 256), (4096, 300, 2048), (5000, 5000, 700)])
  func `cover it once, each place in one core`(width: Int, height: Int, side: Int) {
    let grid = MosaicGrid(width: width, height: height, side: side, halo: 40)
    var counts = [Int](repeating: 0, count: width * height)
    for row in 0..<grid.rows {
      for tile in grid.tiles(inRow: row) {
        #expect(tile.x.count >= min(width, side / 2) && tile.x.count <= 2 * side)
        #expect(
          tile.outerX.lowerBound == max(0, tile.x.lowerBound - 40)
            && tile.outerX.upperBound == min(width, tile.x.upperBound + 40))
        #expect(
          tile.outerY.lowerBound >= grid.lines(ofRow: row).lowerBound
            && tile.outerY.upperBound <= grid.lines(ofRow: row).upperBound)
        for y in tile.y { for x in tile.x { counts[y * width + x] += 1 } }
        // A core ends between two pixels.
        for (x, y) in [(tile.x.lowerBound, tile.y.lowerBound), (tile.x.upperBound - 1, tile.y.upperBound - 1)] {
          for shift in [-0.499, 0, 0.499] {
            #expect(grid.owner(x: Double(x) + shift, y: Double(y) + shift) == tile.index)
          }
        }
      }
    }
    #expect(counts.allSatisfy { $0 == 1 })
    #expect(
      grid.owner(x: -3, y: -3) == 0
        && grid.owner(x: Double(width + 3), y: Double(height + 3)) == grid.rows * grid.columns - 1)
    #expect(
      grid.owner(x: -.infinity, y: .nan) == 0 && grid.owner(x: 1e300, y: .infinity) == grid.rows * grid.columns - 1)
  }
}
