import Foundation
import TesseraImaging
import TesseraNumerics
import Testing

struct `Jumps of a scan` {
  private let width = 240
  private let height = 200

  /// Columns 14 pixels apart in rows 14 pixels apart, at the heights 7, 21, ..., shifted line by line; noise of a tenth of their height.
  private func image(seed: UInt64, shift: (Double) -> Double) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    var image = Raster<Float>(width: width, height: height, filling: 0)
    for y in 0..<height {
      for x in 0..<width {
        let place = Double(x) - shift(Double(y))
        let (dx, dy) = (place - 14 * (place / 14).rounded(), Double(y) - 7 - 14 * ((Double(y) - 7) / 14).rounded())
        image[x, y] = Float(exp(-(dx * dx + dy * dy) / 18) + 0.1 * random.gaussian())
      }
    }
    return image
  }

  @Test(arguments: [(118, 3.0), (118, -4.0), (121, 2.5), (63, 3.0)])
  func `through columns are found where they are`(line: Int, shift: Double) {
    let jumps = ScanJumps(of: image(seed: 1) { $0 >= Double(line) ? shift : 0 }).jumps
    #expect(jumps.map(\.line) == [line])
    #expect(jumps.allSatisfy { abs($0.shift - shift) < 0.4 })
  }

  @Test func `are taken back`() {
    let jumps = ScanJumps(of: image(seed: 1) { $0 >= 118 ? 3 : 0 })
    let whole = jumps.straightened(image(seed: 1) { $0 >= 118 ? 3 : 0 }, empty: .nan)
    let without = image(seed: 1) { _ in 0 }
    // Columns at the same places; noise of their own in each pixel, which moved with the lines.
    for y in [63, 117, 119, 175] {
      let pairs = (20..<200).map { (whole[$0, y], without[$0, y]) }
      #expect(Statistics.deviation(pairs.map { $0.0 - $0.1 }) < 0.2)
      #expect(pairs.allSatisfy { $0.0.isFinite })
    }
    #expect(whole[239, 150].isNaN && whole[239, 50].isFinite)
    #expect(jumps.straightened(Point(50, 150)) == Point(47, 150) && jumps.straightened(Point(50, 50)) == Point(50, 50))
  }

  @Test(arguments: 2...6 as ClosedRange<UInt64>) func `are none in a crystal, in noise, or where a crystal leans`(
    seed: UInt64
  ) {
    #expect(ScanJumps(of: image(seed: seed) { _ in 0 }).jumps.isEmpty)
    #expect(ScanJumps(of: image(seed: seed) { 0.3 * $0 }).jumps.isEmpty)
    var random = RandomSource(seed: seed)
    let noise = Raster(
      width: width, height: height, values: (0..<width * height).map { _ in Float(random.gaussian()) })
    #expect(ScanJumps(of: noise).jumps.isEmpty)
  }

  @Test func `are none where all lines jitter`() {
    var random = RandomSource(seed: 7)
    let shifts = (0..<height).map { _ in 2 * random.gaussian() }
    #expect(ScanJumps(of: image(seed: 8) { shifts[Int($0)] }).jumps.isEmpty)
  }

  @Test func `are none in images without lines to compare`() {
    #expect(ScanJumps(of: Raster<Float>(width: 20, height: 200, filling: 1)).jumps.isEmpty)
    #expect(ScanJumps(of: Raster<Float>(width: 200, height: 200, filling: 1)).jumps.isEmpty)
  }
}
