import TesseraNetworks
import TesseraNumerics
import Testing

struct `The normalisation of an image for a network` {
  @Test func `brings its numbers to 0 ... 1`() throws {
    let image = randomImage(width: 40, height: 30).map { 300 + 50 * $0 }
    let result = try InputNormalization().normalized(image)
    #expect(result.values.min() == 0 && result.values.max() == 1)
    let (low, high) = (image.values.min()!, image.values.max()!)
    let wanted = image.values.map { ($0 - low) / (high - low) }
    #expect(largestDifference(result.values, wanted) < 1e-5)
  }

  @Test func `takes spikes away, in corners too, and no other pixel`() throws {
    let clean = randomImage(width: 40, height: 30)
    var image = clean
    for (x, y) in [(0, 0), (39, 29), (20, 10), (0, 15)] { image[x, y] = 50 }
    let result = try InputNormalization().normalized(image)
    // What remains is stretched by less than the range that the clean image lacks of 0 ... 1.
    #expect(largestDifference(result.values, clean.values) < 1)
    for (x, y) in [(0, 0), (39, 29), (20, 10), (0, 15)] { #expect((0.05...0.95).contains(result[x, y])) }
    let others = zip(result.values, clean.values).filter { abs($0 - $1) > 0.01 }.count
    #expect(others <= 4)
    var keeping = InputNormalization()
    keeping.spikeLimit = nil
    #expect(try keeping.normalized(image)[5, 5] < 0.03)
  }

  @Test func `refuses images without a range`() {
    let flat = Raster(width: 5, height: 5, filling: Float(3))
    #expect(throws: DataError.self) { try InputNormalization().normalized(flat) }
    var broken = randomImage(width: 5, height: 5)
    broken[2, 2] = .nan
    #expect(throws: DataError.self) { try InputNormalization().normalized(broken) }
    #expect(throws: DataError.self) { try InputNormalization().normalized(randomImage(width: 1, height: 9)) }
    var setting = InputNormalization()
    setting.spikeLimit = -1
    #expect(throws: ParameterError.self) { try setting.normalized(randomImage(width: 5, height: 5)) }
  }
}
