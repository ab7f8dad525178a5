import TesseraNumerics
import TesseraServer
import Testing

struct `The pyramid of an image` {
  @Test func `spans the values of the image`() {
    let image = Raster<Float>(width: 2, height: 1, values: [-2, 6])
    let pyramid = TilePyramid<UInt16>(image)
    #expect(pyramid.low == -2 && pyramid.high == 6)
    #expect(pyramid.levels.count == 1)
    #expect(pyramid.tile(level: 0, x: 0, y: 0) == [0, 65_535])
  }

  @Test func `takes what is no number for the smallest sample`() {
    let image = Raster<Float>(width: 3, height: 1, values: [.nan, 1, .infinity])
    #expect(TilePyramid<UInt16>(image).tile(level: 0, x: 0, y: 0) == [0, 0, 0])
  }

  @Test func `keeps a range that is given`() {
    let image = Raster<Float>(width: 3, height: 1, values: [-1, 0.5, 2])
    #expect(TilePyramid<UInt8>(image, range: 0...1).tile(level: 0, x: 0, y: 0) == [0, 128, 255])
  }

  @Test func `halves each level and cuts it into tiles`() throws {
    let image = Raster<Float>(width: 1025, height: 600, values: (0..<1025 * 600).map { Float($0 % 1025) })
    let pyramid = TilePyramid<UInt16>(image)
    #expect(pyramid.levels.map(\.width) == [1025, 513, 257])
    #expect(pyramid.levels.map(\.height) == [600, 300, 150])
    let corner = try #require(pyramid.tile(level: 0, x: 2, y: 1))
    #expect(corner.count == 1 * 88)
    #expect(corner.allSatisfy { $0 == 65_535 })
    for place in [(0, 3, 0), (0, 0, 2), (3, 0, 0), (-1, 0, 0), (0, -1, 0)] {
      #expect(pyramid.tile(level: place.0, x: place.1, y: place.2) == nil)
    }
    // The mean of 2 x 2 pixels; at the odd edge, of what is there.
    let half = pyramid.levels[1]
    #expect(abs(Int(half[0, 0]) - 32) <= 1 && half[512, 0] == 65_535)
  }
}
