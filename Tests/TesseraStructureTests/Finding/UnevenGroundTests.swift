import Foundation
import TesseraFitting
import TesseraImaging
import TesseraNumerics
import TesseraStructure
import Testing

/// Columns of one width at some places, with heights and a background of their own, in counts.
private func drawn(
  _ columns: [(place: Point, height: Double)], side: Int, sigma: Double, background: (Point) -> Double, seed: UInt64
) -> Raster<Float> {
  var mean = (0..<side * side).map { background(Point(Double($0 % side), Double($0 / side))) }
  let reach = Int(5 * sigma) + 1
  for (place, height) in columns {
    for y in stride(from: max(0, Int(place.y) - reach), through: min(side - 1, Int(place.y) + reach), by: 1) {
      for x in stride(from: max(0, Int(place.x) - reach), through: min(side - 1, Int(place.x) + reach), by: 1) {
        let square = (Point(Double(x), Double(y)) - place).squaredLength
        mean[y * side + x] += height * exp(-square / (2 * sigma * sigma))
      }
    }
  }
  var random = RandomSource(seed: seed)
  return Raster(width: side, height: side, values: mean.map { Float(random.poisson($0)) })
}

private func found(_ image: Raster<Float>) throws -> ColumnFinder.Found {
  try ColumnFinder().found(in: try Preparation().prepared(Micrograph(name: "test", pixels: image)), name: "test")
}

/// Places of a hexagonal lattice, those just outside the image too.
private func hexagonal(_ spacing: Double, side: Int) -> [Point] {
  let rise = spacing * 3.0.squareRoot() / 2
  return (-1...Int(Double(side) / rise) + 1).flatMap { j in
    (-1...Int(Double(side) / spacing) + 1).map { i in
      Point(3 + spacing * (Double(i) + (j.isMultiple(of: 2) ? 0 : 0.5)), 5 + rise * Double(j))
    }
  }
}

struct `Uneven ground` {
  /// From one material to another, background and heights rise over less than a spacing, and columns are pulled by up to half a pixel.
  @Test func `at an interface is told by flags and errors`() throws {
    let side = 360
    func step(_ x: Double) -> Double { 0.5 * (1 + erf((x - 180) / (2.0.squareRoot() * 16))) }
    let columns = hexagonal(20, side: side).map { (place: $0, height: 80 + 160 * step($0.x)) }
    let truth = PlanarIndex(columns.map(\.place))
    var pulls: [Double] = []
    for seed in 1...2 as ClosedRange<UInt64> {
      let image = drawn(columns, side: side, sigma: 3.8, background: { 30 + 200 * step($0.x) }, seed: seed)
      let result = try found(image)
      for (site, accuracy) in zip(result.sites.sites, result.accuracies) where accuracy.flag != .border {
        guard let own = truth.nearest(1, to: site.position).first else { continue }
        pulls.append((site.position.x - truth.points[own].x) / accuracy.position.x)
        if abs(site.position.x - 180) < 20 { #expect(accuracy.flag == .background) }
        if abs(site.position.x - 180) > 80 { #expect(accuracy.flag == nil) }
      }
    }
    #expect(pulls.count > 400 && Statistics.deviation(pulls) < 2)
  }

  @Test func `is not seen where there is none`() throws {
    let columns = hexagonal(20, side: 300).map { (place: $0, height: 200.0) }
    let result = try found(drawn(columns, side: 300, sigma: 3.8, background: { _ in 40 }, seed: 3))
    #expect(result.accuracies.allSatisfy { $0.flag != .background })
  }
}

struct `A faint sublattice` {
  /// A Laplacian answers a column of an eighth of its neighbours' height with less than a sixteenth of theirs.
  @Test(arguments: [6.0, 8]) func `is found between strong columns`(_ ratio: Double) throws {
    var columns: [(place: Point, height: Double)] = []
    for j in -1..<13 {
      for i in -1..<13 {
        let corner = Point(5 + 26 * Double(i), 5 + 26 * Double(j))
        columns += [(corner, 400), (corner + Point(13, 13), 400 / ratio)]
      }
    }
    let result = try found(drawn(columns, side: 300, sigma: 3.8, background: { _ in 20 }, seed: 8))
    let index = PlanarIndex(result.sites.positions)
    let inside = columns.filter { min($0.place.x, $0.place.y) > 6 && max($0.place.x, $0.place.y) < 293 }
    let missed = inside.count { index.neighbours(of: $0.place, within: 2).isEmpty }
    #expect(missed == 0)
    let truth = PlanarIndex(columns.map(\.place))
    let listed = result.sites.positions.filter { min($0.x, $0.y) > 6 && max($0.x, $0.y) < 293 }
    #expect(listed.allSatisfy { !truth.neighbours(of: $0, within: 2).isEmpty })
  }

  @Test func `is not seen where there is none`() throws {
    let columns = hexagonal(26, side: 300).map { (place: $0, height: 400.0) }
    let result = try found(drawn(columns, side: 300, sigma: 3.8, background: { _ in 20 }, seed: 9))
    let truth = PlanarIndex(columns.map(\.place))
    #expect(result.sites.positions.allSatisfy { !truth.neighbours(of: $0, within: 2).isEmpty })
  }
}

struct `Columns beside a masked bar` {
  /// Those under the bar reach out of it: without them, the background beside the bar rose by a fifth.
  @Test func `stand on the ground of the others`() throws {
    let columns = hexagonal(20, side: 300).map { (place: $0, height: 150.0) }
    var image = drawn(columns, side: 300, sigma: 3.8, background: { _ in 40 }, seed: 5)
    for y in 262..<300 { for x in 0..<300 { image[x, y] = x % 7 == 0 ? 255 : 0 } }
    let result = try found(image)
    let near = result.sites.sites.filter { $0.position.y > 225 && $0.position.y < 252 }.map(\.background)
    let far = result.sites.sites.filter { $0.position.y > 60 && $0.position.y < 200 }.map(\.background)
    #expect(near.count > 20 && abs(Statistics.mean(near) - Statistics.mean(far)) < 2)
    #expect(result.sites.positions.allSatisfy { $0.y < 268 })
  }
}
