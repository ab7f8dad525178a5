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
    let profile = LineProfile(from: Point(-3, 10), to: Point(20, 10))
    let samples = try profile.samples(of: holed)
    #expect(samples[0].mean.isNaN && samples[0].count == 0)
    #expect(samples[13].mean.isNaN && !samples[15].mean.isNaN)
    // Three places before the first pixel; the hole is inside.
    let warning = profile.warning(of: samples, in: holed)
    #expect(warning?.hasPrefix("3 of 24 samples lie outside the image of 40 x 30 pixels") == true)
    #expect(profile.warning(of: Array(samples[3...]), in: holed) == nil)
  }

  @Test(arguments: [Point(150, 30), Point(150, 30.5), Point(150, 90.5), Point(110.5, 135)])
  func `have errors that hold, although samples share pixels`(end: Point) throws {
    var pulls: [Double] = []
    for seed in 1...20 as ClosedRange<UInt64> {
      var random = RandomSource(seed: seed)
      let noise = Raster<Float>(width: 160, height: 160, values: (0..<25_600).map { _ in Float(random.gaussian()) })
      let profile = LineProfile(from: Point(20, end.y == 30.5 ? 30.5 : 30), to: end, width: 30)
      pulls += try profile.samples(of: noise).filter { $0.count == 30 }.map { $0.mean / $0.error }
    }
    // Neighbouring samples share pixels too, so that some 800 of them are independent; by Student's law for 30, 1.04.
    #expect(abs(Statistics.deviation(pulls) - 1.04) < 0.08, "\(Statistics.deviation(pulls))")
  }

  @Test func `say where a part of the band has no value`() throws {
    for (width, isWhole) in [(5.0, true), (9, false)] {
      let profile = LineProfile(from: Point(5, 2), to: Point(20, 2), width: width)
      let warning = try profile.warning(of: profile.samples(of: slope), in: slope)
      #expect(isWhole ? warning == nil : warning?.hasPrefix("16 of 16 samples are means of a part of the band") == true)
    }
  }

  @Test func `need two ends and a width`() {
    #expect(throws: ParameterError.self) { try LineProfile(from: .zero, to: .zero).samples(of: slope) }
    #expect(throws: ParameterError.self) { try LineProfile(from: .zero, to: Point(3, 3), width: 0).samples(of: slope) }
  }
}
