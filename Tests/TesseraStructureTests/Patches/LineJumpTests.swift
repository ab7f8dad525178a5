import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure
import TestSupport
import Testing

struct `A jump of the scan` {
  private static let spacing = 24.0

  /// Columns of a square lattice; `height` says how high the columns of a row are, `shift` where the lines of the image come from.
  private func patches(
    height: (Int) -> Double, shift: (Double) -> Point, seed: UInt64 = 5
  ) -> (patches: Patches, rows: [[Int]]) {
    var random = RandomSource(seed: seed)
    var (places, rows) = ([Point](), [[Int]]())
    for j in 1...14 {
      rows.append([])
      for i in 1...20 {
        rows[j - 1].append(places.count)
        places.append(Point(Self.spacing * Double(i), Self.spacing * Double(j)))
      }
    }
    var image = Raster<Float>(width: 504, height: 360, filling: 0)
    for y in 0..<360 {
      for x in 0..<504 {
        let from = Point(Double(x), Double(y)) - shift(Double(y))
        let (i, j) = ((from.x / Self.spacing).rounded(), (from.y / Self.spacing).rounded())
        let square = (from - Point(i, j) * Self.spacing).squaredLength
        image[x, y] = Float(100 * height(Int(j)) * exp(-square / 50) + 3 * random.gaussian())
      }
    }
    // Every column where the image shows its middle.
    let seen = places.map { $0 + shift($0.y) }
    return (Patches(of: image, around: seen, side: 41), rows)
  }

  @Test func `cuts the patches of a row in two`() throws {
    let jump = Point(2.5, -1.5)
    let made = patches(height: { _ in 1 }, shift: { $0 < 172 ? .zero : jump })
    let found = try #require(
      LineJump(in: made.rows[6], from: made.rows[2] + made.rows[11], patches: made.patches, spacing: Self.spacing))
    #expect(found.explained > 0.85)
    #expect((found.jump - jump).length < 0.5)
    // The seventh row stands on line 168.
    #expect(abs(found.line - 4) <= 1)
  }

  /// A layer of other atoms, and one like all others, are no jumps.
  @Test(arguments: [1.4, 0.6, 1]) func `does not explain other atoms`(height: Double) throws {
    let made = patches(height: { $0 == 7 ? height : 1 }, shift: { _ in .zero })
    let found = try #require(
      LineJump(in: made.rows[6], from: made.rows[2] + made.rows[11], patches: made.patches, spacing: Self.spacing))
    #expect(found.explained < 0.4)
  }
}
