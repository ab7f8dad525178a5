import Foundation
import TesseraImaging
import TesseraNumerics
import Testing

/// A square lattice of Gaussian spots.
private func lattice(
  _ size: Int, spacing: Double, sigma: Double, height: Double = 400, background: Double = 10, seed: UInt64 = 1,
  shift: (Int) -> Double = { _ in 0 }
) -> Raster<Float> {
  var source = RandomSource(seed: seed)
  var values: [Float] = []
  for y in 0..<size {
    for x in 0..<size {
      let place = Point(Double(x) - shift(y), Double(y))
      let cell = Point((place.x / spacing).rounded(), (place.y / spacing).rounded()) * spacing
      var mean = background
      for dy in -1...1 {
        for dx in -1...1 {
          let d = place - cell - Point(Double(dx), Double(dy)) * spacing
          mean += height * exp(-d.squaredLength / (2 * sigma * sigma))
        }
      }
      values.append(Float(source.poisson(mean)))
    }
  }
  return Raster(width: size, height: size, values: values)
}

private func prepared(_ image: Raster<Float>) throws -> Preparation.Prepared {
  try Preparation().prepared(Micrograph(name: "scan", pixels: image))
}

struct `Bright or dark` {
  @Test(arguments: [(5.0, 1.0), (4, 0.8), (20, 3.8), (30, 5)])
  func `columns are bright at any sampling`(_ spacing: Double, _ sigma: Double) throws {
    let image = lattice(160, spacing: spacing, sigma: sigma)
    #expect(try prepared(image).isInverted == false)
    let dark = image.map { 900 - $0 }
    #expect(try prepared(dark).isInverted)
  }

  @Test func `columns that are cut off at the top stay bright, holes in a saturated sea stay dark`() throws {
    let image = lattice(160, spacing: 20, sigma: 5)
    let cut = image.map { min($0, 150) }
    let found = try prepared(cut)
    #expect(!found.isInverted && found.saturation?.value == 150)
    #expect(found.warnings.contains { $0.contains("% of the pixels have the largest value, 150") })
    let sea = image.map { min(420 - $0, 250) }
    #expect(try prepared(sea).isInverted)
    #expect(try prepared(image).saturation == nil)
    // At few counts many pixels share each value, and none is a limit.
    #expect(try prepared(lattice(160, spacing: 20, sigma: 5, height: 3, background: 0.2)).saturation == nil)
  }
}

struct `Bars of information` {
  @Test func `are left out below and above the image`() throws {
    for isBelow in [true, false] {
      var image = lattice(160, spacing: 20, sigma: 4)
      let lines = isBelow ? 130..<160 : 0..<30
      for y in lines { for x in 0..<160 { image[x, y] = x > 30 && x < 60 && y % 10 < 5 ? 400 : 0 } }
      let found = try prepared(image)
      #expect(lines.allSatisfy { y in (0..<160).allSatisfy { !found.isMeasured[$0, y] } })
      #expect(found.isMeasured[80, 80] && found.warnings.contains { $0.contains("bar of information") })
    }
  }

  @Test func `are not seen in images without, even of few counts`() throws {
    for height in [400, 20, 0.5] {
      let image = lattice(160, spacing: 20, sigma: 4, height: height, background: height / 40)
      #expect(InformationBar.rows(in: image) == nil, "\(height)")
    }
    #expect(InformationBar.rows(in: Raster(width: 64, height: 16, filling: 1)) == nil)
  }
}

struct `Labels drawn into an image` {
  /// A scale bar of one value; lossy compression spreads it over a few.
  @Test(arguments: [0.0, 0.02]) func `are left out, compressed or not`(_ spread: Double) throws {
    var image = lattice(200, spacing: 20, sigma: 4, height: 100)
    var random = RandomSource(seed: 4)
    for y in 180..<186 { for x in 20..<80 { image[x, y] = Float(255 * (1 - spread * random.uniform())) } }
    let found = try prepared(image)
    #expect(found.labels.count == 1 && !found.isMeasured[50, 183] && found.isMeasured[150, 183])
    #expect(try prepared(lattice(200, spacing: 20, sigma: 4, height: 100)).labels.isEmpty)
  }

  /// Five letters T, whose strokes are two pixels wide and have soft edges.
  private static func captioned(_ image: Raster<Float>, x: Int, y: Int) -> Raster<Float> {
    var image = image
    for letter in 0..<5 {
      for v in 0..<10 {
        for u in 0..<8 where v < 2 || u == 3 || u == 4 {
          image[x + 10 * letter + u, y + v] = u == 0 || u == 7 || v == 9 ? 180 : 255
        }
      }
    }
    return image
  }

  @Test func `without a bar are left out where they are a line of letters`() throws {
    let crystal = lattice(200, spacing: 20, sigma: 4, height: 100)
    let found = try prepared(Self.captioned(crystal, x: 120, y: 180))
    #expect(found.labels.count == 1 && !found.isMeasured[123, 183] && !found.isMeasured[163, 186])
    #expect(found.isMeasured[100, 183] && found.isMeasured[140, 170])
    // Columns as bright as letters: nothing tells which are letters.
    #expect(
      try prepared(Self.captioned(lattice(200, spacing: 20, sigma: 4, height: 255), x: 120, y: 180)).labels.isEmpty)
    // A row of bright columns has no value twice.
    var bright = crystal
    for x in 60..<140 { for y in 92..<109 { bright[x, y] *= 2 } }
    #expect(try prepared(bright).labels.isEmpty)
  }

  @Test func `beside a bar are left out whole, however thin their strokes`() throws {
    var image = lattice(200, spacing: 20, sigma: 4, height: 100)
    for y in 190..<194 { for x in 60..<140 { image[x, y] = 255 } }
    for x in stride(from: 70, to: 130, by: 4) { for y in 183..<186 { image[x, y] = 255 } }
    let found = try prepared(image)
    #expect(found.labels.count == 1 && !found.isMeasured[126, 184] && !found.isMeasured[70, 184])
  }

  @Test func `in colour are left out with what is beside them, unless labels are kept`() throws {
    let image = lattice(160, spacing: 20, sigma: 4)
    var micrograph = Micrograph(name: "scan", pixels: image)
    micrograph.drawn = Raster(
      width: 160, height: 160, values: image.values.indices.map { $0 / 160 > 140 && $0 % 160 < 40 })
    let found = try Preparation().prepared(micrograph)
    #expect(!found.isMeasured[20, 150] && found.isMeasured[60, 150])
    #expect(found.warnings.contains { $0.contains("760 pixels that were drawn into the grey picture in colour") })
    var keeping = Preparation()
    keeping.masksLabels = false
    #expect(try keeping.prepared(micrograph).isMeasured[20, 150])
  }
}

struct `Shifted scan lines` {
  @Test func `jitter is measured, and its absence is`() {
    var source = RandomSource(seed: 5)
    let offsets = (0..<200).map { _ in 0.7 * source.gaussian() }
    let shaken = LineShifts(of: lattice(200, spacing: 20, sigma: 3.8) { offsets[$0] })
    // A line against the one above: the difference of two shifts.
    #expect(abs(shaken.jitter / (0.7 * 2.0.squareRoot()) - 1) < 0.25 && shaken.agreement > 0.7)
    let calm = LineShifts(of: lattice(200, spacing: 20, sigma: 3.8))
    #expect(calm.agreement < LineShifts.leastAgreement && calm.jitter < 0.1)
  }
}

struct `Blank areas` {
  /// The image turned by 17 degrees about its middle, with nothing where it does not reach.
  private func turned(_ image: Raster<Float>) -> Raster<Float> {
    var result = Raster<Float>(width: image.width, height: image.height, filling: 0)
    let (c, s) = (cos(0.3), sin(0.3))
    let middle = Double(image.width - 1) / 2
    for y in 0..<image.height {
      for x in 0..<image.width {
        let (dx, dy) = (Double(x) - middle, Double(y) - middle)
        let (u, v) = (Int((middle + c * dx - s * dy).rounded()), Int((middle + s * dx + c * dy).rounded()))
        if image.contains(x: u, y: v) { result[x, y] = image[u, v] }
      }
    }
    return result
  }

  @Test func `of an image that was turned hold no measurement, and are no bar`() throws {
    let image = turned(lattice(256, spacing: 20, sigma: 4))
    let found = try prepared(image)
    let blank = Double(image.values.count { $0 == 0 }) / Double(image.count)
    #expect(abs(1 - found.measuredShare - blank) < 0.002)
    #expect(found.warnings.count == 1 && found.warnings[0].contains("of the pixels are blank, of the value 0.0"))
  }

  @Test func `are left out where a part was masked, black or white`() throws {
    for value in [Float(0), 3000] {
      var image = lattice(256, spacing: 20, sigma: 4)
      for y in 0..<100 { for x in 0..<90 { image[x, y] = value } }
      #expect(try prepared(image).isMeasured.values.count { !$0 } == 9000)
    }
  }

  /// What is cut out need not be convex; what fades away is not cut out.
  @Test func `are left out around an aperture and in a frame, but not where a background was cut off`() throws {
    let image = lattice(256, spacing: 20, sigma: 4)
    var aperture = image
    var frame = image
    var cutOff = image.map { max(0, $0 - 60) }
    for y in 0..<256 {
      for x in 0..<256 {
        let r = Point(Double(x) - 127.5, Double(y) - 127.5).length
        if r > 115 { aperture[x, y] = 0 }
        if x < 12 || y < 24 || y > 245 { frame[x, y] = 0 }
        if r > 60 { cutOff[x, y] = max(0, (cutOff[x, y] * Float(max(0, 1 - (r - 60) / 15))).rounded(.down)) }
      }
    }
    for masked in [aperture, frame] {
      let found = try prepared(masked)
      #expect(abs(found.measuredShare - Double(masked.values.count { $0 > 0 }) / 65536) < 0.002)
      #expect(found.warnings.count == 1 && found.warnings[0].contains("are blank, of the value 0.0"))
    }
    #expect(try prepared(cutOff).measuredShare == 1)
  }

  @Test func `are none where pixels have one value for another reason`() throws {
    // Few counts on nothing.
    let sparse = try prepared(lattice(256, spacing: 40, sigma: 3, height: 4, background: 0.002))
    #expect(sparse.measuredShare == 1)
    // A particle in vacuum, of so few counts that most of its pixels are 0, too.
    var random = RandomSource(seed: 8)
    let few = Raster<Float>(
      width: 256, height: 256,
      values: (0..<65536).map { index in
        let (x, y) = (Double(index % 256), Double(index / 256))
        let d = Point(x - 20 * (x / 20).rounded(), y - 20 * (y / 20).rounded())
        let r = Point(x - 127.5, y - 127.5).length
        return Float(random.poisson(0.0005 + 0.6 * exp(-d.squaredLength / 40) / (1 + exp((r - 70) / 8))))
      })
    #expect(try prepared(few).measuredShare == 1)
    // Without noise.
    var clean = lattice(256, spacing: 64, sigma: 3)
    for y in 0..<256 {
      for x in 0..<256 {
        let place = Point(Double(x), Double(y))
        let d = place - Point((place.x / 64).rounded(), (place.y / 64).rounded()) * 64
        clean[x, y] = d.length < 20 ? Float(100 * exp(-d.squaredLength / 18)) : 0
      }
    }
    #expect(try prepared(clean).measuredShare == 1)
    // Saturated.
    let particle = lattice(256, spacing: 20, sigma: 4).map { $0 }
    var bright = particle
    for y in 100..<150 { for x in 100..<150 { bright[x, y] = 5000 } }
    #expect(try prepared(bright).measuredShare == 1)
  }
}

struct `Dead lines` {
  @Test func `that are single get what the lines beside them tell, others are left out`() throws {
    let image = lattice(256, spacing: 20, sigma: 4)
    var dead = image
    for place in 0..<256 { for x in [40, 170] { dead[x, place] = 0 } }
    for place in 0..<256 { for y in 90..<94 { dead[place, y] = 7 } }
    let found = try prepared(dead)
    #expect(found.isMeasured.values.count { !$0 } == 4 * 256)
    #expect(
      found.warnings == [
        "4 lines (90, 91, 92, 93, counted from 0) hold one value throughout, which no measurement does: they were left out",
        "2 columns of pixels (40, 170, counted from 0) hold one value throughout, which no measurement does: they were replaced by what "
          + "the lines beside tell",
      ])
    // The mean of the noise, √(164 / 256) of which the interpolation has.
    let errors = (0..<256).filter { !(88..<96).contains($0) }.map { Double(found.image[40, $0] - image[40, $0]) }
    #expect(abs(Statistics.mean(errors)) < 4)
  }

  @Test func `of an image that is sharper than they are wide are left out`() throws {
    var dead = lattice(256, spacing: 7, sigma: 1, height: 4000)
    for place in 0..<256 { dead[place, 70] = 0 }
    let found = try prepared(dead)
    #expect(found.isMeasured.values.count { !$0 } == 256 && found.warnings.count == 1)
  }

  @Test func `between rows of columns are dead where no other line is as empty`() throws {
    // Few counts, of which hardly any stand between the rows.
    let image = lattice(256, spacing: 16, sigma: 2.5, height: 20, background: 0.4)
    for first in 60..<76 {
      var dead = image
      for place in 0..<256 { for y in first..<first + 4 { dead[place, y] = 0 } }
      #expect(try prepared(dead).isMeasured.values.count { !$0 } == 4 * 256)
    }
  }

  @Test func `at the edge of the image are a frame`() throws {
    let image = lattice(256, spacing: 16, sigma: 2.5)
    var framed = image
    for y in 0..<256 { for x in 0..<256 where min(x, y) < 4 || max(x, y) > 250 { framed[x, y] = 0 } }
    #expect(try prepared(framed).isMeasured.values.count { $0 } == 247 * 247)
  }

  @Test func `are none where nothing stands in a line`() throws {
    // Rows of columns with nothing between them, few counts or a background that was cut off.
    let cutOff = lattice(256, spacing: 32, sigma: 3).map { max(0, $0 - 40) }
    let sparse = lattice(256, spacing: 32, sigma: 3, height: 10, background: 0)
    for image in [cutOff, sparse] {
      #expect(image.values.indices.contains { $0 % 256 == 0 && image.values[$0..<$0 + 256].allSatisfy { $0 == 0 } })
      let found = try prepared(image)
      #expect(found.measuredShare == 1 && !found.warnings.contains { $0.contains("one value throughout") })
    }
  }
}

struct `Blocks of equal pixels` {
  @Test(arguments: [2, 3]) func `of a magnified image are interpolated`(factor: Int) throws {
    let image = lattice(128, spacing: 9, sigma: 1.8)
    let size = 128 * factor
    var magnified = Raster<Float>(width: size, height: size, filling: 0)
    for y in 0..<size { for x in 0..<size { magnified[x, y] = image[x / factor, y / factor] } }
    let found = try prepared(magnified)
    #expect(found.warnings.count == 1 && found.warnings[0].contains("\(factor) x \(factor) on average"))
    #expect(found.measuredShare == 1)
    // The middles of the blocks, which odd ones have, keep their values.
    if factor == 3 { for k in 0..<128 { #expect(found.image[3 * k + 1, 3 * k + 1] == image[k, k]) } }
    #expect(try prepared(image).warnings.isEmpty)
  }
}
