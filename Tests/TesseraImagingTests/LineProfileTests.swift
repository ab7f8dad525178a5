import TesseraImaging
import TesseraNumerics
import Testing

struct `Line profiles` {
  private let slope = Raster<Float>(
    width: 40, height: 30, values: (0..<1200).map { 2 * Float($0 % 40) + 5 * Float($0 / 40) })

  @Test func `of a plane are straight lines`() throws {
    let profile = LineProfile(from: Point(5, 6), to: Point(29, 13), width: 5)
    let samples = try profile.samples(of: slope)
    #expect(samples.count == 26)
    for sample in samples {
      // Bilinear interpolation is exact on a plane, and the band is symmetric; pixels are single precision.
      #expect(abs(sample.mean - (2 * sample.place.x + 5 * sample.place.y)) < 1e-4 && sample.count == 5)
    }
    #expect(samples[3].distance == 3)
  }

  @Test func `leave out what is outside or unknown`() throws {
    var holed = slope
    holed[10, 10] = .nan
    let samples = try LineProfile(from: Point(-3, 10), to: Point(20, 10)).samples(of: holed)
    #expect(samples[0].mean.isNaN && samples[0].count == 0)
    #expect(samples[13].mean.isNaN && !samples[15].mean.isNaN)
    // Three places before the first pixel; the hole is inside.
    let warning = LineProfile.warning(of: samples, in: holed)
    #expect(warning?.hasPrefix("3 of 24 samples lie outside the image of 40 x 30 pixels") == true)
    #expect(LineProfile.warning(of: Array(samples[3...]), in: holed) == nil)
  }

  @Test func `need two ends and a width`() {
    #expect(throws: ParameterError.self) { try LineProfile(from: .zero, to: .zero).samples(of: slope) }
    #expect(throws: ParameterError.self) { try LineProfile(from: .zero, to: Point(3, 3), width: 0).samples(of: slope) }
  }
}
