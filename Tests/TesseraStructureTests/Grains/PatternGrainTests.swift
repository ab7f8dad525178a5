import TesseraNumerics
import TesseraStructure
import Testing

/// Two patterns side by side in an image of 600 x 600 pixels, with a boundary at x = 300.
struct `Lattices of patterns` {
  private static let side = 600

  /// The columns of a cell with this basis, on one side of the boundary, scattered by a tenth of a pixel.
  private func columns(u: Point, v: Point, basis: [(place: Point, height: Double)], left: Bool, seed: UInt64) -> [(
    Point, Double
  )] {
    var random = RandomSource(seed: seed)
    var found: [(Point, Double)] = []
    for i in -60...60 {
      for j in -60...60 {
        for (place, height) in basis {
          let node = u * (Double(i) + place.x) + v * (Double(j) + place.y)
          let at = node + Point(0.1 * random.gaussian(), 0.1 * random.gaussian())
          let isInside = at.y > 2 && at.y < 597 && (left ? at.x > 2 && at.x < 298 : at.x > 304 && at.x < 597)
          if isInside { found.append((at, height * (1 + 0.02 * random.gaussian()))) }
        }
      }
    }
    return found
  }

  private func crystals(_ columns: [(Point, Double)], patterns: [Int]) -> Grains? {
    GrainFinder().crystals(
      of: columns.map(\.0), heights: columns.map(\.1), patterns: patterns, width: Self.side, height: Self.side)
  }

  /// A phase of seven columns per cell, and one of a single column whose places a large cell nearly holds too.
  @Test func `are each its own where patterns share none`() throws {
    let places = [(0.0, 0.0), (0.42, 0.23), (0.83, 0.46), (0.24, 0.63), (0.59, 0.82), (0.11, 0.33), (0.74, 0.14)]
    let basis = places.enumerated().map { (place: Point($1.0, $1.1), height: [1, 0.6][$0 % 2]) }
    let large = columns(u: Point(4.7, 44.6), v: Point(-45.2, 2.7), basis: basis, left: true, seed: 1)
    let small = columns(
      u: Point(13.0, -5.2), v: Point(5.8, 13.1), basis: [(Point(0, 0), 0.5)], left: false, seed: 2)
    let all = large + small
    let patterns = large.map { _ in 1 } + small.map { _ in 2 }
    let grains = try #require(crystals(all, patterns: patterns))
    #expect(grains.grains.map(\.lattice.basis.count).sorted() == [1, 7])
    #expect(grains.indexedShare > 0.97)
    // Each column is in the grain of its pattern, and grains hold the numbers of all columns of the image.
    for (number, grain) in grains.grains.enumerated() {
      #expect(Set(grain.sites.map { patterns[$0] }).count == 1)
      #expect(grain.sites.allSatisfy { grains.labels[$0] == number + 1 && grain.lattice.nodes[$0] != nil })
      #expect(grain.lattice.deviation < 0.3)
    }
    // A column whose pattern is not known has that of its neighbours.
    var some = patterns
    for k in stride(from: 0, to: some.count, by: 5) where abs(all[k].0.x - 300) > 30 { some[k] = 0 }
    #expect(try #require(crystals(all, patterns: some)).labels == grains.labels)
  }

  /// Patterns may differ in what stands at the nodes.
  @Test func `are that of all columns where patterns share one`() throws {
    let (u, v) = (Point(20.0, 1), Point(-1, 20.0))
    let left = columns(u: u, v: v, basis: [(Point(0, 0), 1), (Point(0.5, 0.5), 0.5)], left: true, seed: 3)
    let right = columns(u: u, v: v, basis: [(Point(0, 0), 0.5), (Point(0.5, 0.5), 1)], left: false, seed: 4)
    let all = left + right
    let patterns = left.map { _ in 1 } + right.map { _ in 2 }
    let (told, untold) = (crystals(all, patterns: patterns), crystals(all, patterns: all.map { _ in 0 }))
    #expect(told?.labels == untold?.labels && told?.grains.count == untold?.grains.count)
  }
}
