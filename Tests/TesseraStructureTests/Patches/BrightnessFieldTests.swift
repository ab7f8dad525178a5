import Foundation
import TesseraNumerics
import TesseraStructure
import Testing

/// Columns of two sublattices, one half as high as the other, brighter by `ratio` along the diagonal; some are dopants.
private struct UnevenSheet {
  var columns = Sites([])
  var sublattices: [Int] = []
  var truth: [Double] = []

  init(ratio: Double, scatter: Double, dopants: Double = 0) {
    var random = RandomSource(seed: 4)
    var sites: [Site] = []
    for k in 0..<2 * 26 * 26 {
      let (i, j, basis) = (k / 2 % 26, k / 52, k % 2)
      let place = Point(8 + 18 * Double(i) + 9 * Double(basis), 8 + 18 * Double(j) + 9 * Double(basis))
      let factor = pow(ratio, (place.x + place.y) / 980 - 0.5)
      let share = random.uniform() < dopants ? 1.5 : 1
      let height = (basis == 0 ? 100 : 50) * factor * share * (1 + scatter * random.gaussian())
      sites.append(Site(position: place, amplitude: height, sigmaMajor: 4, sigmaMinor: 4))
      sublattices.append(basis)
      truth.append(factor)
    }
    columns = Sites(sites)
  }

  var field: BrightnessField? { BrightnessField(of: columns, sublattices: sublattices, width: 490, height: 490) }
}

struct `The brightness of an image` {
  @Test(arguments: [0, 0.1]) func `is found across sublattices and dopants`(dopants: Double) throws {
    let sheet = UnevenSheet(ratio: 3, scatter: 0.05, dopants: dopants)
    let field = try #require(sheet.field)
    let errors = zip(sheet.columns.positions, sheet.truth).map { log(field.factor(at: $0) / $1) }
    // A plane through 100 columns at a scatter of 0.05 is known to about 0.01 at the border, and dopants pull it a little.
    #expect(Statistics.deviation(errors) < 0.015 && abs(Statistics.mean(errors)) < 0.02)
    #expect(field.steepness < 0.1)
    // Nine tenths of the columns lie within 0.68 of the whole change, as the sum of two uniform numbers does.
    #expect(abs(log(field.ratio) / log(3) - 0.68) < 0.05)
  }

  @Test func `is even where nothing changes`() throws {
    let field = try #require(UnevenSheet(ratio: 1, scatter: 0.1, dopants: 0.05).field)
    #expect(field.ratio < 1.1)
  }

  @Test func `is told from a step`() throws {
    var sheet = UnevenSheet(ratio: 1, scatter: 0.05)
    for k in sheet.columns.sites.indices where sheet.columns[k].position.x > 240 {
      sheet.columns.sites[k].amplitude *= 2
    }
    let field = try #require(sheet.field)
    #expect(field.ratio > 1.8 && field.steepness > 0.25)
  }

  @Test func `is taken out of an image and put back`() throws {
    let field = try #require(UnevenSheet(ratio: 2, scatter: 0.02).field)
    let flat = Raster<Float>(width: 490, height: 490, filling: 7)
    let back = field.levelled(field.applied(to: flat))
    #expect(back.values.allSatisfy { abs($0 - 7) < 1e-4 })
    #expect(field.applied(to: flat)[480, 480] > 1.8 * field.applied(to: flat)[10, 10])
  }

  @Test func `is unknown where the columns share no lattice, or are few`() {
    var sheet = UnevenSheet(ratio: 2, scatter: 0.02)
    sheet.sublattices = sheet.sublattices.map { _ in -1 }
    #expect(sheet.field == nil)
    sheet = UnevenSheet(ratio: 2, scatter: 0.02)
    sheet.sublattices = sheet.sublattices.indices.map { $0 < 99 ? 0 : -1 }
    #expect(sheet.field == nil)
  }
}
