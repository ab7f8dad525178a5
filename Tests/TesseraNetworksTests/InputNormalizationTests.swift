import Foundation
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

  /// Columns under a slope, beside a particle that is a hundred times as bright.
  private func scene(brightness: Float = 1, offset: Float = 0) -> Raster<Float> {
    var image = Raster<Float>(width: 256, height: 256, filling: 0)
    for y in 0..<256 {
      for x in 0..<256 {
        let (u, v) = (Float(x % 16) - 8, Float(y % 16) - 8)
        let particle: Float = x > 200 && y > 200 ? 100 : 0
        image[x, y] = offset + brightness * (exp(-(u * u + v * v) / 18) + 0.05 * Float(x) + particle)
      }
    }
    return image
  }

  @Test func `by the surroundings depends on neither brightness nor offset`() throws {
    let first = try InputNormalization.local.normalized(scene())
    let second = try InputNormalization.local.normalized(scene(brightness: 40, offset: -500))
    #expect(largestDifference(first.values, second.values) < 0.02)
  }

  @Test func `by the surroundings keeps the contrast beside what is bright`() throws {
    let result = try InputNormalization.local.normalized(scene())
    // A column and the place between four of them, in the middle of the field: at least two deviations of the surroundings apart.
    #expect(result[104, 104] - result[112, 112] > 2)
    let whole = try InputNormalization().normalized(scene())
    #expect(whole[104, 104] - whole[112, 112] < 0.02)
    #expect(result.values.allSatisfy { $0 >= -6 && $0 <= 12 })
  }

  @Test func `by the surroundings holds for any image that has a range`() throws {
    var dot = Raster<Float>(width: 64, height: 64, filling: 0)
    dot[30, 30] = 1
    let result = try InputNormalization.local.normalized(dot)
    #expect(result.values.allSatisfy { $0.isFinite } && result[30, 30] > 1)
    var far = InputNormalization.local
    for width in [0, 0.5, 1001, Double.nan] {
      far.surroundings = width
      #expect(throws: ParameterError.self) { try far.normalized(dot) }
    }
  }
}
