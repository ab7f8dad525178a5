import Foundation
import TesseraNumerics
import TesseraStructure
import TestSupport
import Testing

private func moments(of patch: Raster<Float>, order: Int = 10) -> ZernikeMoments {
  let basis = ZernikeBasis(side: patch.width, order: order, coversSites: false)
  let row = Matrix(rows: 1, columns: patch.count, values: patch.values)
  return ZernikeMoments(side: patch.width, order: order, values: basis.moments(ofRows: row))
}

struct `Symmetry scores` {
  @Test(arguments: [3, 4, 5, 6, 7]) func `are one for the axis of a polygon`(corners: Int) {
    var scores = SymmetryScores()
    scores.folds = [corners, corners + 1]
    let found = scores.rotations(of: moments(of: motif(side: 65, corners: corners, turned: 0.3)))
    // Square pixels break the symmetry a little: 1e-3 of the energy.
    #expect(abs(found[0, 0] - 1) < 2e-3)
    #expect(found[0, 1] < 0.2)
  }

  @Test func `of noise are about zero and never below their bound`() {
    let basis = ZernikeBasis(side: 31, order: 10, coversSites: false)
    let noise = whiteNoise(rows: 2000, columns: 31 * 31, seed: 4)
    let found = SymmetryScores().rotations(
      of: ZernikeMoments(side: 31, order: 10, values: basis.moments(ofRows: noise)))
    for (column, fold) in SymmetryScores().folds.enumerated() {
      let values = (0..<found.rows).map { found[$0, column] }
      #expect(values.allSatisfy { $0 >= -1 / Float(fold - 1) - 1e-6 && $0 <= 1 })
      // Shares of the 25 pairs of terms with q >= 2: 15 have even q, 8 have q = 3, 6 or 9, and so on.
      let expected = [15.0 / 25 - 10.0 / 25, 8.0 / 25 - 17.0 / 50, 6.0 / 25 - 19.0 / 75, 3.0 / 25 - 22.0 / 125][column]
      #expect(abs(Statistics.mean(values) - expected) < 0.03)
    }
  }

  @Test(arguments: [0.0, 0.4, 1.3, 2.9]) func `find the mirror line of an arrow`(direction: Double) throws {
    let columns = [Point.zero, Point(12, 0), Point(5, 6), Point(5, -6)]
    let arrow = image(side: 49, of: columns.map { $0.rotated(by: direction) + Point(24, 24) }, sigma: 3)
    let mirror = try #require(SymmetryScores().mirrors(of: moments(of: arrow))[0])
    #expect(mirror.score > 0.995)
    let difference = (mirror.axis - direction).remainder(dividingBy: .pi)
    #expect(abs(difference) < 0.01)
  }

  @Test func `see no mirror line in a pinwheel`() throws {
    let columns = (0..<3).flatMap { k in
      [Point(14, 0), Point(7, 5)].map { $0.rotated(by: 2 * .pi * Double(k) / 3) + Point(24, 24) }
    }
    let mirror = try #require(SymmetryScores().mirrors(of: moments(of: image(side: 49, of: columns, sigma: 2)))[0])
    #expect(mirror.score < 0.9)
  }
}

struct `Symmetry maps` {
  @Test func `equal the scores at single sites`() throws {
    let noise = whiteNoise(rows: 64, columns: 75, seed: 11)
    let scene = Raster(width: 75, height: 64, values: noise.values.map { $0 + 100 })
    let maps = try DenseSymmetry(side: 21).maps(of: scene)
    for (x, y) in [(10, 10), (33, 20), (64, 53)] {
      let scores = SymmetryScores().rotations(
        of: moments(of: scene.cropped(x: x - 10, y: y - 10, width: 21, height: 21)))
      for column in 0..<4 { #expect(abs(scores[0, column] - maps.scores[column][x, y]) < 1e-4) }
    }
    #expect(maps.scores[0][9, 30].isNaN && maps.contrast[65, 30].isNaN && maps.contrast[64, 30] > 0)
  }

  @Test func `peak at the centre of a hexagon`() throws {
    let scene = motif(side: 81, corners: 6, centre: Point(40, 38), extent: 40)
    let map = try DenseSymmetry(side: 31).maps(of: scene).scores[3]
    let best = map.values.indices.filter { !map.values[$0].isNaN }.max { map.values[$0] < map.values[$1] }
    #expect(best == 38 * 81 + 40)
  }
}

struct `Automatic order` {
  private func choice(noise: Double, corners: Int = 6) throws -> AutomaticOrder.Choice {
    var source = RandomSource(seed: 2)
    var columns: [Point] = []
    for row in 0..<6 { for column in 0..<6 { columns.append(Point(30 + 40 * Double(column), 30 + 40 * Double(row))) } }
    var scene = image(
      side: 260,
      of: columns.flatMap { c in
        [c] + (0..<corners).map { c + Point(9, 0).rotated(by: 2 * .pi * Double($0) / Double(corners)) }
      }, sigma: 2.5)
    for index in scene.values.indices { scene.values[index] += Float(noise * source.gaussian()) }
    let patches = Patches(of: scene, around: columns, side: 37)
    return try #require(try AutomaticOrder().choice(for: patches, by: ZernikeDescriptor()))
  }

  @Test(.slow) func `falls as noise rises`() throws {
    // A clean hexagon holds its last signal in p = 14, whose energy noise of 0.58 equals, then in p = 12 (0.88).
    #expect(try choice(noise: 0).order == 14)
    #expect(try choice(noise: 0.7).order == 12)
    let strong = try choice(noise: 3)
    #expect(strong.order == AutomaticOrder().smallest)
    // The median of 7e4 correlated differences, and columns that add a little.
    #expect(abs(strong.noise / 3 - 1) < 0.05)
  }
}
