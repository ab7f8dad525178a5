import Foundation
import TesseraNumerics
import Testing

@Suite struct `Places` {
  @Test func `in a polygon are told by the even-odd rule`() {
    let square = [Point(0, 0), Point(4, 0), Point(4, 4), Point(0, 4)]
    #expect(Point(1, 3).isInside(polygon: square) && !Point(5, 3).isInside(polygon: square))
    #expect(!Point(.nan, 1).isInside(polygon: square) && !Point(1, 1).isInside(polygon: []))
    // A star of one stroke leaves its middle out.
    let star = (0..<5).map { Point(0, -1).rotated(by: 4 * .pi * Double($0) / 5) }
    #expect(!Point(0, 0).isInside(polygon: star) && Point(0, -0.8).isInside(polygon: star))
  }

  @Test func `between pixels have values between theirs, and beyond the border those of the nearest`() {
    let raster = Raster<Float>(width: 2, height: 2, values: [0, 1, 2, 3])
    #expect(raster.bilinear(at: Point(0.5, 0.5)) == 1.5 && raster.bilinear(at: Point(0.25, 1)) == 2.25)
    #expect(raster.bilinear(at: Point(1, 1)) == 3 && raster.bilinear(at: Point(-7, 0.5)) == 1)
    #expect(raster.bilinear(at: Point(1e30, 1e30)) == 3)
  }

  @Test func `of a minimum are found by few values`() {
    var count = 0
    let found = GoldenSection(-3...8, tolerance: 1e-6).minimum { x in
      count += 1
      return (x - 1.25) * (x - 1.25)
    }
    #expect(abs(found - 1.25) < 1e-6 && count == 2 + Int((log(1e-6 / 11) / log(0.618034)).rounded(.up)))
  }
}
