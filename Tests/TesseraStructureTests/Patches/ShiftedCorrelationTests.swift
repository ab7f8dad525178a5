import Foundation
import TesseraNumerics
import TesseraStructure
import Testing

struct `Correlation of shifted patches` {
  /// Columns on a lattice with some of them missing, cut at a place.
  private func cut(at place: Point, missing: [[Int]] = [], spacing: Double = 11, side: Int = 40) -> Raster<Float> {
    var patch = Raster<Float>(width: side, height: side, filling: 0)
    for i in -2...8 {
      for j in -2...8 where !missing.contains([i, j]) {
        let centre = Point(spacing * Double(i), spacing * Double(j)) - place
        for y in 0..<side {
          for x in 0..<side { patch[x, y] += Float(exp(-(Point(Double(x), Double(y)) - centre).squaredLength / 12)) }
        }
      }
    }
    return patch
  }

  @Test func `is one for what was cut elsewhere, also between pixels`() {
    let patches = [
      cut(at: Point(0, 0)), cut(at: Point(3, 5)), cut(at: Point(4.5, 2.5)),
      cut(at: Point(7.3, 9.6)).map { 5 * $0 - 100 },
    ]
    let values = ShiftedCorrelation(patches).values(of: [(0, 1), (0, 2), (0, 3), (2, 3), (1, 1)])
    #expect(abs(values[0] - 1) < 1e-3 && abs(values[4] - 1) < 1e-3, "whole pixels: \(values)")
    // Shifts by half a pixel along both axes take up to half a per cent: the summit is interpolated.
    #expect(values.allSatisfy { $0 > 0.995 && $0 < 1.003 }, "\(values)")
  }

  @Test func `is less for what is another motif`() {
    let patches = [cut(at: Point(0, 0)), cut(at: Point(3, 5), missing: [[2, 2]]), cut(at: Point(2, 1), spacing: 14)]
    let values = ShiftedCorrelation(patches).values(of: [(0, 1), (0, 2), (1, 0)])
    #expect(values[0] < 0.97 && values[1] < 0.8, "\(values)")
    #expect(abs(values[0] - values[2]) < 1e-4)
  }

  @Test func `joins the pixels of large patches`() {
    let large = [cut(at: Point(0, 0), spacing: 20, side: 150), cut(at: Point(8, 4), spacing: 20, side: 150)]
    #expect(ShiftedCorrelation(large).values(of: [(0, 1)])[0] > 0.99)
  }
}
