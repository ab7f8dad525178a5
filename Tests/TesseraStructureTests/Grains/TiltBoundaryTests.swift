import Foundation
import TesseraNumerics
import TesseraStructure
import TestSupport
import Testing

/// Two halves of a crystal turned against each other, with a rim between in which the lattice turns from one to the other.
struct `A boundary of few degrees` {
  /// A lattice that is nearly hexagonal (lengths of 13.2 to 14.1 px), its columns displaced by `noise` along each axis.
  private func bicrystal(turn: Double, rim: Double, noise: Double, seed: UInt64) -> (places: [Point], isUpper: [Bool]) {
    var random = RandomSource(seed: seed)
    let (u, v) = (Point(5.88, -11.84), Point(8.02, 11.59))
    var places: [Point] = []
    for i in -60...60 {
      for j in -60...60 {
        let place = u * Double(i) + v * Double(j)
        let depth = max(-1, min(1, 2 * place.y / max(rim, 1e-9)))
        let centre = Point(0, depth < 0 ? -rim / 2 : rim / 2)
        let turned = centre + (place - centre).rotated(by: depth * turn / 2)
        let seen = Point(256, 256) + turned + Point(random.gaussian(), random.gaussian()) * noise
        guard seen.x > 0, seen.y > 0, seen.x < 512, seen.y < 512 else { continue }
        // Near the boundary columns of both sides run into each other; the image shows one of them.
        if abs(place.y) < rim, places.contains(where: { ($0 - seen).length < 9 }) { continue }
        places.append(seen)
      }
    }
    return (places, places.map { $0.y < 256 })
  }

  @Test(.slow, arguments: [8.0, 10, 14], [1, 2] as [UInt64]) func `parts two grains`(degrees: Double, seed: UInt64) {
    let made = bicrystal(turn: degrees * .pi / 180, rim: 70, noise: 0.5, seed: seed)
    let found = GrainFinder().grains(of: made.places, heights: made.places.map { _ in 1 }, width: 512, height: 512)
    #expect(found.grains.count == 2)
    guard found.grains.count == 2 else { return }
    #expect(abs(found.grains[0].misorientation(to: found.grains[1]) - degrees) < 1)
    let upper = zip(found.labels, made.isUpper).filter { $0.1 && $0.0 > 0 }.map(\.0)
    let lower = zip(found.labels, made.isUpper).filter { !$0.1 && $0.0 > 0 }.map(\.0)
    for labels in [upper, lower] {
      let usual = Statistics.median(labels.map(Double.init))
      #expect(Double(labels.count { Double($0) == usual }) > 0.9 * Double(labels.count))
    }
    #expect(found.grains.allSatisfy { $0.lattice.isSound && $0.lattice.basis.count == 1 })
  }

  @Test(arguments: [1, 2] as [UInt64]) func `is not seen in one crystal`(seed: UInt64) {
    let made = bicrystal(turn: 0, rim: 70, noise: 0.5, seed: seed)
    let found = GrainFinder().grains(of: made.places, heights: made.places.map { _ in 1 }, width: 512, height: 512)
    #expect(found.grains.count == 1)
  }

  /// A crystal that bends by ten degrees over forty columns is one.
  @Test func `is not a bend`() {
    var random = RandomSource(seed: 4)
    var places: [Point] = []
    for i in 0..<38 {
      for j in 0..<38 {
        let (x, y) = (13.0 * Double(i), 13.0 * Double(j))
        let radius = 500 / (10 * Double.pi / 180)
        let angle = (x - 250) / radius
        places.append(
          Point(250 + (radius + y - 250) * sin(angle), 250 + radius - (radius + 250 - y) * cos(angle))
            + Point(random.gaussian(), random.gaussian()) * 0.3)
      }
    }
    let found = GrainFinder().grains(of: places, heights: places.map { _ in 1 }, width: 512, height: 512)
    #expect(found.grains.count == 1)
    #expect(found.indexedShare > 0.9)
  }
}

struct `A lattice that is off by half a spacing` {
  /// Nodes that are so far from the columns belong to other columns as well.
  @Test func `is no lattice`() throws {
    var places: [Point] = []
    for i in 0..<40 {
      for j in 0..<40 { places.append(Point(12 * Double(i), 12 * Double(j) + 25 * sin(Double(i) / 6))) }
    }
    let lattice = try #require(
      LatticeIndexer(u: Point(12, 0), v: Point(0, 12), tolerance: 0.45)
        .lattice(of: places, heights: places.map { _ in 1 }))
    #expect(lattice.deviation > 6 && !lattice.isSound)
    #expect(
      LatticeFinder().lattice(of: places, heights: places.map { _ in 1 }, width: 480, height: 480) == nil)
  }
}

struct `Layers of different materials` {
  /// A stack of two cubic materials, the heights of both sublattices of one of them three times those of the other.
  @Test func `share a lattice if their columns do`() throws {
    var random = RandomSource(seed: 8)
    var (places, heights) = ([Point](), [Double]())
    for j in 0..<10 {
      for i in 0..<50 {
        let factor = j < 6 ? 1.0 : 2.6
        let corner = Point(12 + 24 * Double(i), 12 + 24 * Double(j))
        for (offset, height) in [(Point.zero, 1.0), (Point(12, 12), 0.5)] {
          places.append(corner + offset + Point(random.gaussian(), random.gaussian()) * 0.3)
          heights.append(height * factor * (1 + 0.05 * random.gaussian()))
        }
      }
    }
    let lattice = try #require(LatticeFinder().lattice(of: places, heights: heights, width: 1220, height: 260))
    #expect(lattice.basis.count == 2 && lattice.indexedShare > 0.97)
    #expect(abs(lattice.grid.area - 576) < 3)
  }
}
