import TesseraImaging
import TesseraNumerics
import Testing

struct `Offsets of scan lines` {
  private let width = 200
  private let height = 120

  private func residual(seed: UInt64, _ systematic: (Int, Int) -> Double) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    var image = Raster<Float>(width: width, height: height, filling: 0)
    for y in 0..<height { for x in 0..<width { image[x, y] = Float(systematic(x, y) + 10 * random.gaussian()) } }
    return image
  }

  private func isColumn(_ x: Int, _ y: Int) -> Bool { (x / 10 + y / 10).isMultiple(of: 2) }

  /// Columns stand in every other block of ten pixels along both directions.
  private var rise: Raster<Float> {
    var rise = Raster<Float>(width: width, height: height, filling: 0)
    for y in 0..<height { for x in 0..<width where isColumn(x, y) { rise[x, y] = 1 } }
    return rise
  }

  @Test func `are measured between the columns`() throws {
    var random = RandomSource(seed: 2)
    let truth = (0..<height).map { _ in 6 * random.gaussian() }
    let image = residual(seed: 3) { x, y in isColumn(x, y) ? -50 : truth[y] }
    let offsets = try #require(LineOffsets(of: image, rise: rise))
    // The median of a hundred pixels of deviation 10.
    let errors = truth.indices.map { Double(offsets.values[$0]) - truth[$0] }
    #expect(Statistics.deviation(errors) < 1.5)
    #expect(abs(offsets.deviation - 6) < 1)
    let rest = offsets.removed(from: image)
    #expect(LineOffsets(of: rest, rise: rise) == nil)
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>) func `are none in noise`(seed: UInt64) {
    #expect(LineOffsets(of: residual(seed: seed) { _, _ in 0 }, rise: rise) == nil)
  }

  @Test func `are measured where the model rises least if it rises everywhere`() throws {
    var random = RandomSource(seed: 6)
    let truth = (0..<height).map { _ in 12 * random.gaussian() }
    var steep = rise
    for index in steep.values.indices { steep.values[index] = 0.2 + 0.6 * steep.values[index] }
    let image = residual(seed: 7) { x, y in isColumn(x, y) ? -50 : truth[y] }
    let offsets = try #require(LineOffsets(of: image, rise: steep))
    #expect(Statistics.deviation(truth.indices.map { Double(offsets.values[$0]) - truth[$0] }) < 2.5)
  }

  @Test func `are none where a model lacks something of the columns`() {
    let rows = residual(seed: 4) { _, y in 5 * (Double(y % 20) / 10 - 1).magnitude }
    #expect(LineOffsets(of: rows, rise: rise) == nil)
    let both = residual(seed: 5) { x, y in 8 * Double((x * 7) % 3 + (y * 7) % 3) }
    #expect(LineOffsets(of: both, rise: rise) == nil)
  }
}
