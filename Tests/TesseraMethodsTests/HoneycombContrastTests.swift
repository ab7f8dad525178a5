import Foundation
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraStructure
import Testing

/// The middles of a honeycomb's rings stand out as its columns do, the other way.
struct `Columns of a honeycomb` {
  /// 256 x 256 pixels with sites 13 pixels apart and noise.
  private func honeycomb(height: Double, seed: UInt64) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    let (side, bond) = (256, 13.0)
    var image = Raster(
      width: side, height: side, values: (0..<side * side).map { _ in Float(100 + 2 * random.gaussian()) })
    let (a, b) = (Point(bond * 3.0.squareRoot(), 0), Point(bond * 3.0.squareRoot() / 2, 1.5 * bond))
    for i in -20...20 {
      for j in -5...20 {
        for offset in [Point.zero, Point(0, bond)] {
          let place = a * Double(i) + b * Double(j) + offset
          guard (-10...266).contains(place.x), (-10...266).contains(place.y) else { continue }
          for y in max(0, Int(place.y) - 14)..<min(side, Int(place.y) + 15) {
            for x in max(0, Int(place.x) - 14)..<min(side, Int(place.x) + 15) {
              image[x, y] += Float(height * exp(-(Point(Double(x), Double(y)) - place).squaredLength / (2 * 3.6 * 3.6)))
            }
          }
        }
      }
    }
    return image
  }

  @Test(arguments: [20.0, -20.0]) func `are bright or dark, whichever explains the image better`(height: Double) throws
  {
    let micrograph = Micrograph(name: "honeycomb", pixels: honeycomb(height: height, seed: 3))
    var prepared = try Preparation().prepared(micrograph)
    #expect(prepared.isContrastOpen == (height < 0))
    let found = try ColumnFinder().columns(of: MethodInput(micrograph), in: &prepared)
    #expect(prepared.isInverted == (height < 0))
    #expect(prepared.warnings.contains { $0.contains("look dark") } == (height < 0))
    // Two sites in each cell of 3 √3 / 2 bonds squared; the rings have one middle.
    let expected = 2 * 256.0 * 256 / (1.5 * 3.0.squareRoot() * 13 * 13)
    #expect(
      abs(Double(found.sites.columnCount) - expected) < 0.15 * expected, "\(found.sites.columnCount) of \(expected)")
  }

  @Test func `that are said to be bright are so`() throws {
    let micrograph = Micrograph(name: "honeycomb", pixels: honeycomb(height: -20, seed: 4))
    var preparation = Preparation()
    preparation.contrast = .bright
    var prepared = try preparation.prepared(micrograph)
    _ = try ColumnFinder().columns(of: MethodInput(micrograph), in: &prepared)
    #expect(!prepared.isInverted && !prepared.isContrastOpen)
  }
}
