import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure
import Testing

struct `Scattering cross-sections` {
  /// A staircase of overlapping columns, three rows a thickness, on a constant background.
  private func staircase(noise: Double, seed: UInt64 = 1) -> (image: Raster<Float>, sites: Sites, atoms: [Int]) {
    var random = RandomSource(seed: seed)
    var places: [(place: Point, atoms: Int)] = []
    for j in 0..<14 { for i in 0..<18 { places.append((Point(6 + 14 * Double(i), 7 + 14 * Double(j)), 1 + i / 3)) } }
    var values = [Float](repeating: 0, count: 256 * 196)
    for y in 0..<196 {
      for x in 0..<256 {
        var value = 5.0
        for (place, atoms) in places {
          let d = (place - Point(Double(x), Double(y))).squaredLength
          if d < 900 { value += 10 * Double(atoms) * exp(-d / 32) }
        }
        values[y * 256 + x] = Float(value + noise * random.gaussian())
      }
    }
    // Widths as a fit with a background of its own might have them: too narrow.
    let sites = places.map { Site(position: $0.place, sigmaMajor: 3.7, sigmaMinor: 3.6) }
    return (Raster(width: 256, height: 196, values: values), Sites(sites), places.map(\.atoms))
  }

  @Test func `grow evenly with the atoms, though columns overlap and thickness changes`() throws {
    let made = staircase(noise: 0)
    let result = try #require(try ColumnIntensities().result(of: made.image, sites: made.sites))
    #expect(abs(result.width - 4) < 0.01 && abs(result.background - 5) < 0.05)
    for (value, atoms) in zip(result.values, made.atoms) {
      #expect(abs(value / (320 * .pi * Double(atoms)) - 1) < 0.01)
    }
  }

  @Test func `scatter as their errors say`() throws {
    let made = staircase(noise: 2)
    let result = try #require(try ColumnIntensities().result(of: made.image, sites: made.sites))
    let deviations = zip(zip(result.values, result.errors), made.atoms).map {
      ($0.0 - 320 * .pi * Double($1)) / $0.1
    }
    let scatter = (deviations.reduce(0.0) { $0 + $1 * $1 } / Double(deviations.count)).squareRoot()
    // 252 columns: three standard errors are 13 %; what overlap adds is left out of the errors.
    #expect((0.85...1.25).contains(scatter))
  }

  @Test func `need a width to start from, and bounds that make sense`() throws {
    let made = staircase(noise: 0)
    let unknown = Sites(made.sites.positions.map { Site(position: $0) })
    #expect(try ColumnIntensities().result(of: made.image, sites: unknown) == nil)
    var bad = ColumnIntensities()
    bad.largestFactor = 0.5
    #expect(throws: ParameterError.self) { try bad.result(of: made.image, sites: made.sites) }
  }
}
